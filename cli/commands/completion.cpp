#include "cli/commands/completion.h"

#include "cli/completion/shell_line.h"
#include "cli/report.h"
#include "cli/text/display_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace dynamo {
namespace {

namespace fs = std::filesystem;

/// This program, unless it is the one that `dynamo` means.
std::string program_to_ask(const Environment& environment) {
  const std::string path = environment.variable("PATH").value_or("");
  std::error_code error;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const fs::path found = fs::path(path.substr(begin, end - begin)) / "dynamo";
    if (fs::is_regular_file(found, error)) {
      return fs::equivalent(found, environment.program, error) ? "" : environment.program;
    }
    begin = end + 1;
  }
  return environment.program;
}

/// `kept`: bytes of each candidate that the shell leaves as they are.
void print_candidates(std::vector<std::string> words, std::size_t kept, const CommandLineModel& model,
                      Environment& environment) {
  const CompletionRequest request{std::move(words), environment.current_dir, environment.variables};
  std::string lines;
  for (const Candidate& candidate : complete(request, model, *environment.files)) {
    const std::string_view text = std::string_view(candidate.text).substr(std::min(kept, candidate.text.size()));
    lines += fmt::format("{}\t{}\n", visible(text), visible(candidate.does));
  }
  environment.print(lines);
}

}  // namespace

ExitCode run_completion(const CompletionOptions& options, Environment& environment) {
  const auto shell = from_word<Shell>(options.shell);
  if (!shell) {
    return fail(environment, ExitCode::WrongUsage,
                fmt::format("there is no completion for `{}`; the shells are {}", options.shell,
                            fmt::join(Words<Shell>::list, ", ")));
  }
  environment.print(completion_script(*shell, program_to_ask(environment)));
  return ExitCode::Good;
}

ExitCode run_complete(std::vector<std::string> words, const CommandLineModel& model, Environment& environment) {
  if (words.empty()) words.emplace_back();
  print_candidates(std::move(words), 0, model, environment);
  return ExitCode::Good;
}

ExitCode run_complete_line(const std::string& line, const std::optional<std::string>& end,
                           const CommandLineModel& model, Environment& environment) {
  ShellLine typed = read_shell_line(line, end ? end->size() : line.size());
  if (typed.file_of_shell) return ExitCode::CouldNot;
  print_candidates(std::move(typed.words), typed.kept, model, environment);
  return ExitCode::Good;
}

}  // namespace dynamo
