#include "cli/commands/graph_validate.h"

#include "cli/diagnostics/fixes.h"
#include "cli/text/display_text.h"
#include "cli/text/quantities.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

namespace dynamo {
namespace {

/// What is left after everything that is certain was mended, or why a file could not be written.
std::variant<Loading, Refusal> fix(const LoadRequest& request, bool quiet, const Environment& environment) {
  Fixing fixing = fix_mistakes(request, *environment.files);
  const Style style = environment.style(environment.err);
  const auto say = [&](const std::string& line) {
    if (!quiet) environment.complain(line);
  };
  for (const auto& [path, file] : fixing.files) {
    const std::string place = (environment.current_dir / path).string();
    if (auto reason = environment.replace_file(place, file.before, file.after)) {
      return Refusal{ExitCode::CouldNot, std::move(*reason)};
    }
    for (const std::string& edit : file.edits) {
      say(fmt::format("{} {}\n", style.strong(Ink::Green, "fixed"), edit));
    }
  }
  for (const std::string& reason : fixing.left_out) {
    say(fmt::format("{} {}\n", style.strong(Ink::Yellow, "not fixed"), reason));
  }
  if (fixing.fixed > 0) {
    say(fmt::format("{}: {} fixed in {}\n", visible(fixing.loading.file), count_words(fixing.fixed, "mistake"),
                    count_words(fixing.files.size(), "file")));
  } else if (fixing.left_out.empty() && !fixing.loading.diagnostics.empty()) {
    say(fmt::format("{}: nothing fixed, because nothing here has a fix that is certain\n",
                    visible(fixing.loading.file)));
  }
  return std::move(fixing.loading);
}

}  // namespace

ExitCode run_validate(const ValidateOptions& options, Environment& environment) {
  const ReportOptions& report_options = options.load.report;
  const auto request = read_load_request(options.load, environment);
  if (const auto* refusal = std::get_if<Refusal>(&request)) return report(*refusal, report_options, environment);
  const auto& question = std::get<LoadRequest>(request);
  const auto answer = options.fix ? fix(question, report_options.quiet, environment)
                                  : std::variant<Loading, Refusal>(validate(question, *environment.files));
  if (const auto* refusal = std::get_if<Refusal>(&answer)) return report(*refusal, report_options, environment);
  const auto& loading = std::get<Loading>(answer);
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
