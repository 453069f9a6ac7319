#pragma once
// The help screens: first what a command is for, then lines that work as they stand, then every option. The
// options come from the parser (app.cpp), so that none can be missing or left over.

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct Example {
  std::string_view line;
  std::string_view does;
};

struct CommandHelp {
  std::string_view name;      ///< "graph plan"
  std::string_view synopsis;  ///< behind the name: "TARGET [OVERRIDE...]"
  std::string_view summary;   ///< one line, for the list of commands
  std::string_view about;     ///< what else has to be known, lines of at most 78 columns
  std::vector<Example> examples;
};

struct OptionHelp {
  std::string names;  ///< "-o FORMAT"
  std::string does;
};

/// In the order of the first screen.
const std::vector<CommandHelp>& command_helps();
const CommandHelp& command_help(std::string_view name);

std::string command_screen(const CommandHelp& command, const std::vector<OptionHelp>& options);
/// `dynamo` without arguments, and `dynamo --help`.
std::string first_screen();
/// `dynamo graph` and `dynamo graph --help`.
std::string graph_screen();

}  // namespace dynamo
