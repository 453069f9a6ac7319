#include "cli/commands/graph_validate.h"

#include "cli/display_text.h"
#include "cli/fixes.h"
#include "cli/quantities.h"
#include "cli/replace_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace dynamo {
namespace {

/// The reason why the edited text could not be put into the file's place.
std::optional<std::string> write(const std::string& path, const EditedFile& file, const Environment& environment) {
  const std::filesystem::path place = environment.current_dir / path;
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(place, unknown)) return fmt::format("cannot write `{}`: no regular file", path);
  const auto now = environment.files->read(path);
  if (now.has_error()) return now.error().message();
  if (*now != file.before) return fmt::format("`{}` was changed meanwhile; run --fix again", path);
  const auto written = replace_file(place.string(), file.after);
  if (written.has_error()) return Failure("write `" + path + "`", written.error().error).message();
  return std::nullopt;
}

/// What is left after everything that is certain was mended, or why a file could not be written.
std::variant<Loading, Refusal> fix(const LoadRequest& request, const Environment& environment) {
  Fixing fixing = fix_mistakes(request, *environment.files);
  const Style style = environment.style(environment.err);
  for (const auto& [path, file] : fixing.files) {
    if (auto reason = write(path, file, environment)) return Refusal{ExitCode::CouldNot, std::move(*reason)};
    for (const std::string& edit : file.edits) {
      environment.complain(fmt::format("{} {}\n", style.strong(Ink::Green, "fixed"), edit));
    }
  }
  for (const std::string& reason : fixing.left_out) {
    environment.complain(fmt::format("{} {}\n", style.strong(Ink::Yellow, "not fixed"), reason));
  }
  if (fixing.fixed > 0) {
    environment.complain(fmt::format("{}: {} fixed in {}\n", visible(fixing.loading.file),
                                     count_words(fixing.fixed, "mistake"), count_words(fixing.files.size(), "file")));
  } else if (fixing.left_out.empty() && !fixing.loading.diagnostics.empty()) {
    environment.complain(fmt::format("{}: nothing fixed, because nothing here has a fix that is certain\n",
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
  const auto answer =
      options.fix ? fix(question, environment) : std::variant<Loading, Refusal>(validate(question, *environment.files));
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
