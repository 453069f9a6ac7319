#include "cli/commands/graph_list.h"

#include "cli/graph_json.h"
#include "cli/graph_tables.h"

namespace dynamo {

ExitCode run_list(const ListOptions& options, Environment& environment) {
  const auto request = load_request(options.load, environment);
  if (const auto* code = std::get_if<ExitCode>(&request)) return *code;
  const Listing listing = list(std::get<LoadRequest>(request), *environment.files);
  if (const auto end = report(listing, options.load.report, environment)) return *end;
  if (!listing.list) return fail(environment, ExitCode::CouldNot, "the loader gave no list and no reason (a bug)");
  if (options.output == DataFormat::Table) {
    environment.print(list_table(*listing.list, environment.out.width, environment.style(environment.out)));
  } else {
    print_data(list_json(*listing.list), options.output, environment);
  }
  return ExitCode::Good;
}

}  // namespace dynamo
