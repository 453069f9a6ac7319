#pragma once
// The line of a shell up to the cursor, as it was typed: which words the command would get. Quotes, backslashes and
// redirections are those of sh; bash and fish share them. Nothing is expanded: `~` and `$HOME` stay as they are.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct ShellLine {
  std::vector<std::string> words;  ///< behind the command; the last one is being typed and may be empty
  bool file_of_shell = false;      ///< what is being typed is behind `>` or `<`, and no word of the command
  std::size_t kept = 0;            ///< bytes of the last word that stand before the end that the shell replaces
};

/// `replaced`: how many bytes at the end of the line the shell replaces by a candidate.
ShellLine read_shell_line(std::string_view line, std::size_t replaced);

}  // namespace dynamo
