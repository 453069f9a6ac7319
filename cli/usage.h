#pragma once
// What is wrong with the words of a command line, and what to write instead. The parser (app.cpp) only finds out that
// something is wrong.

#include "cli/completion/command_model.h"

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// A command line that the parser refused.
struct WrongUsage {
  std::vector<std::string> typed;       ///< without the program's name
  std::string command;                  ///< "graph plan"; "graph" or empty where none was reached
  const CommandLineModel& model;        ///< of all commands
  std::vector<std::string> unexpected;  ///< words that the command has no use for
  std::string_view kind;                ///< of the parser's error: "RequiredError"
  std::string sentence;                 ///< of the parser
};

/// "there is no command `dynamo validate`; did you mean `dynamo graph validate`?"
std::string unknown_command_words(const std::vector<std::string>& typed);

/// A sentence for each mistake, in the order in which they were typed, each once.
std::vector<std::string> usage_words(const WrongUsage& wrong);

}  // namespace dynamo
