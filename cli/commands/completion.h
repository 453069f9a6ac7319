#pragma once
// `dynamo completion SHELL`, and what its script calls: `dynamo __complete WORD...` and `dynamo __complete_line LINE`.

#include "cli/completion/complete.h"
#include "cli/completion/scripts.h"
#include "cli/environment.h"
#include "cli/exit_code.h"

#include <optional>
#include <string>
#include <vector>

namespace dynamo {

struct CompletionOptions {
  std::string shell;
};

ExitCode run_completion(const CompletionOptions& options, Environment& environment);

/// A line for each candidate: the word, a tab, what it means. The last of `words` is being typed.
ExitCode run_complete(std::vector<std::string> words, const CommandLineModel& model, Environment& environment);

/// The same for the line of a shell up to the cursor. `end`: what the shell replaces at the end of the line, if that is
/// not the whole word; candidates are cut to fit there. CouldNot: a file of the shell's own is to follow, as behind
/// `>`.
ExitCode run_complete_line(const std::string& line, const std::optional<std::string>& end,
                           const CommandLineModel& model, Environment& environment);

}  // namespace dynamo
