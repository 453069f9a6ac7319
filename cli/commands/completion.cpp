#include "cli/commands/completion.h"

#include "cli/report.h"
#include "cli/text/display_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace dynamo {

ExitCode run_completion(const CompletionOptions& options, Environment& environment) {
  const auto shell = from_word<Shell>(options.shell);
  if (!shell) {
    return fail(environment, ExitCode::WrongUsage,
                fmt::format("there is no completion for `{}`; the shells are {}", options.shell,
                            fmt::join(Words<Shell>::list, ", ")));
  }
  environment.print(completion_script(*shell));
  return ExitCode::Good;
}

ExitCode run_complete(std::vector<std::string> words, const CommandLineModel& model, Environment& environment) {
  if (words.empty()) words.emplace_back();
  const CompletionRequest request{std::move(words), environment.current_dir};
  std::string lines;
  for (const Candidate& candidate : complete(request, model, *environment.files)) {
    lines += fmt::format("{}\t{}\n", visible(candidate.text), visible(candidate.does));
  }
  environment.print(lines);
  return ExitCode::Good;
}

}  // namespace dynamo
