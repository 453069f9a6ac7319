#include "cli/commands/graph_validate.h"

#include "cli/display_text.h"
#include "cli/quantities.h"

#include <fmt/format.h>

namespace dynamo {

ExitCode run_validate(const ValidateOptions& options, Environment& environment) {
  const auto request = load_request(options.load, environment);
  if (const auto* code = std::get_if<ExitCode>(&request)) return *code;
  const Loading loading = validate(std::get<LoadRequest>(request), *environment.files);
  const ReportOptions& report_options = options.load.report;
  if (const auto end = report(loading, report_options, environment, true)) return *end;
  // Silence would leave a person in doubt whether anything was looked at; a script gets its exit code or JSON.
  if (report_options.format == DiagnosticFormat::Human && !report_options.quiet && loading.diagnostics.empty()) {
    const std::string good = environment.style(environment.err).strong(Ink::Green, "valid");
    environment.complain(
        fmt::format("{}: {} · {}\n", visible(loading.file), good, count_words(loading.graphs_checked, "graph")));
  }
  return ExitCode::Good;
}

}  // namespace dynamo
