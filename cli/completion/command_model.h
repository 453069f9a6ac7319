#pragma once
// The command line as data, made from the parser: what completion and the manual page know about it.

#include "cli/help/help_text.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct OptionModel {
  std::vector<std::string> names;  ///< "-o", "--output"
  std::string value;               ///< "FORMAT"; empty for a flag
  std::string does;
  std::vector<std::string> words;  ///< if its value is one of a closed list
};

struct CommandModel {
  std::string name;  ///< "graph plan"; empty for `dynamo` itself
  std::vector<OptionModel> options;
};

using CommandLineModel = std::vector<CommandModel>;

}  // namespace dynamo
