#include "cli/commands/graph_validate.h"

#include "cli/diagnostics/fixes.h"
#include "cli/text/display_text.h"
#include "cli/text/quantities.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>
#include <variant>

namespace dynamo {
namespace {

/// What is left after everything that is certain was mended, as far as the files could be written.
Loading fix(const LoadRequest& request, bool quiet, const Environment& environment) {
  const Style style = environment.style(environment.err);
  const auto say = [&](const std::string& line) {
    if (!quiet) environment.complain(line);
  };
  Fixing fixing = fix_mistakes(request, *environment.files, [&](const std::string& path, const EditedFile& file) {
    const std::string place = (environment.current_dir / path).string();
    return environment.replace_file(place, file.before, file.after);
  });
  for (const auto& [path, file] : fixing.files) {
    for (const std::string& edit : file.edits) {
      say(fmt::format("{} {}\n", style.strong(Ink::Green, "fixed"), edit));
    }
  }
  for (const std::string& reason : fixing.left_out) {
    say(fmt::format("{} {}\n", style.strong(Ink::Yellow, "not fixed"), reason));
  }
  Loading& left = fixing.loading;
  if (fixing.fixed > 0) {
    say(fmt::format("{}: {} fixed in {}\n", visible(left.file), count_words(fixing.fixed, "mistake"),
                    count_words(fixing.files.size(), "file")));
  } else if (fixing.left_out.empty() && fixing.unwritten.empty() && !left.diagnostics.empty()) {
    say(fmt::format("{}: nothing fixed, because nothing here has a fix that is certain\n", visible(left.file)));
  }
  if (!fixing.unwritten.empty()) {
    const bool one = fixing.unwritten.size() == 1;
    left.unreadable = fmt::format("{}; {} as {}", fmt::join(fixing.unwritten, "; "),
                                  one ? "the file is" : "these files are", one ? "it was" : "they were");
  }
  return std::move(left);
}

}  // namespace

ExitCode run_validate(const ValidateOptions& options, Environment& environment) {
  const ReportOptions& report_options = options.load.report;
  const auto request = read_load_request(options.load, environment);
  if (const auto* refusal = std::get_if<Refusal>(&request)) return report(*refusal, report_options, environment);
  const auto& question = std::get<LoadRequest>(request);
  const Loading loading =
      options.fix ? fix(question, report_options.quiet, environment) : validate(question, *environment.files);
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
