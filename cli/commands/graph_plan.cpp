#include "cli/commands/graph_plan.h"

#include "cli/graphs/graph_json.h"
#include "cli/graphs/graph_tables.h"

namespace dynamo {

ExitCode run_plan(const PlanOptions& options, Environment& environment) {
  const auto made = make_plan(options.planning, environment);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  const Plan& plan = std::get<Plan>(made);
  if (options.output == DataFormat::Table) {
    environment.print(plan_table(plan, environment.out.width, environment.style(environment.out)));
  } else {
    print_data(plan_json(plan), options.output, environment);
  }
  return ExitCode::Good;
}

}  // namespace dynamo
