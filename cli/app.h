#pragma once
// The command line: words in, one command run, its exit code out.

#include "cli/environment.h"
#include "cli/exit_code.h"

#include <string>
#include <vector>

namespace dynamo {

/// `arguments` without the program's name. Throws nothing: an internal error is a sentence and exit code 3.
ExitCode run_cli(const std::vector<std::string>& arguments, Environment& environment);

/// Whether these words start processes, so that main() has to put the guardian in front of everything else.
bool needs_guardian(int count, const char* const* words);

}  // namespace dynamo
