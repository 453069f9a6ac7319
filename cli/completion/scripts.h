#pragma once
// What a shell has to read once so that it asks `dynamo __complete` for candidates.

#include "proto/words.h"

#include <string_view>

namespace dynamo {

enum class Shell { Bash, Zsh, Fish };
DYNAMO_WORDS(Shell, "bash", "zsh", "fish");

std::string_view completion_script(Shell shell);

}  // namespace dynamo
