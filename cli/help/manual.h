#pragma once
// The manual pages, made from what the program knows of itself: dynamo(1) from the help screens and the parser,
// dynamo-graph(5) from the grammar. As text for `man`.

#include "cli/completion/command_model.h"

#include <string>
#include <string_view>

namespace dynamo {

std::string command_manual(const CommandLineModel& model, std::string_view version);
std::string language_manual(std::string_view version);

}  // namespace dynamo
