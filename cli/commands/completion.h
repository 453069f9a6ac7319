#pragma once
// `dynamo completion SHELL`, and `dynamo __complete`, which its script calls.

#include "cli/completion/complete.h"
#include "cli/completion/scripts.h"
#include "cli/environment.h"
#include "cli/exit_code.h"

namespace dynamo {

struct CompletionOptions {
  std::string shell;
};

ExitCode run_completion(const CompletionOptions& options, Environment& environment);

/// A line for each candidate: the word, a tab, what it means.
ExitCode run_complete(std::vector<std::string> words, const CommandLineModel& model, Environment& environment);

}  // namespace dynamo
