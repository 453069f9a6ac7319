#include "cli/commands/graph_list.h"

#include "cli/graphs/definition_views.h"
#include "cli/graphs/graph_json.h"
#include "cli/graphs/graph_tables.h"

#include <fmt/format.h>

namespace dynamo {
namespace {

/// Definitions are those of a whole file. Empty if no graph is named.
std::string refuses_name(const ListOptions& options) {
  if (options.load.arguments.empty()) return {};
  const Target target = parse_target(options.load.arguments.front());
  if (!target.name) return {};
  const char* kind = options.kinds.specs ? "--specs" : options.kinds.components ? "--components" : "--interfaces";
  return fmt::format("`{}` lists what a whole file defines: `dynamo graph list {} {}`", kind, target.file, kind);
}

ExitCode run_definitions(const ListOptions& options, const LoadRequest& request, const Environment& environment) {
  const Defining defining = list_definitions(request, options.kinds, *environment.files);
  if (const auto end = report(defining, options.load.report, environment)) return *end;
  if (!defining.definitions)
    return fail(environment, ExitCode::CouldNot, "the loader gave no list and no reason (a bug)");
  const Definitions& definitions = *defining.definitions;
  if (options.output == DataFormat::Table) {
    environment.print(
        definitions_table(definitions, options.kinds, environment.out.width, environment.style(environment.out)));
  } else {
    print_data(definitions_json(definitions, options.kinds), options.output, environment);
  }
  return ExitCode::Good;
}

}  // namespace

ExitCode run_list(const ListOptions& options, Environment& environment) {
  const auto request = load_request(options.load, environment);
  if (const auto* code = std::get_if<ExitCode>(&request)) return *code;
  if (options.kinds.any()) {
    if (const std::string sentence = refuses_name(options); !sentence.empty()) {
      return fail(environment, ExitCode::WrongUsage, sentence);
    }
    return run_definitions(options, std::get<LoadRequest>(request), environment);
  }
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
