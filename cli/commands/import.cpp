#include "cli/commands/import.h"

#include "graph_loader/import.h"

namespace dynamo {

ExitCode run_import(const ImportOptions& options, Environment& environment) {
  Importing importing = import_deployments(options.file, *environment.files);
  // stdout is the graph file: whatever is said about it, JSON too, goes beside it.
  Environment beside = environment;
  beside.out = environment.err;
  const bool quiet = options.report.quiet && !options.report.strict && importing.count(Severity::Error) == 0;
  if (quiet) importing.diagnostics.clear();
  if (const auto end = report(importing, options.report, beside, !importing.unreadable)) return *end;
  if (!importing.text) return fail(environment, ExitCode::CouldNot, "the importer gave no text and no reason (a bug)");
  environment.print(*importing.text);
  return ExitCode::Good;
}

}  // namespace dynamo
