#pragma once
// What a shell has to read once so that it asks this program for candidates (commands/completion.h).

#include "proto/words.h"

#include <string>

namespace dynamo {

enum class Shell { Bash, Zsh, Fish };
DYNAMO_WORDS(Shell, "bash", "zsh", "fish");

/// `program`: the file to ask; empty: the `dynamo` of PATH.
std::string completion_script(Shell shell, const std::string& program);

}  // namespace dynamo
