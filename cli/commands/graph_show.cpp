#include "cli/commands/graph_show.h"

#include "cli/graphs/graph_json.h"
#include "cli/graphs/graph_tables.h"

namespace dynamo {

ExitCode run_show(const ShowOptions& options, Environment& environment) {
  auto request = load_request(options.load, environment);
  if (const auto* code = std::get_if<ExitCode>(&request)) return *code;
  std::get<LoadRequest>(request).origins = options.origins;
  const Showing showing = show(std::get<LoadRequest>(request), *environment.files);
  if (const auto end = report(showing, options.load.report, environment)) return *end;
  if (!showing.graph) return fail(environment, ExitCode::CouldNot, "the loader gave no graph and no reason (a bug)");
  if (options.output == DataFormat::Table) {
    environment.print(show_table(*showing.graph, environment.out.width, environment.style(environment.out)));
  } else {
    print_data(show_json(*showing.graph), options.output, environment);
  }
  return ExitCode::Good;
}

}  // namespace dynamo
