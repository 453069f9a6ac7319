#pragma once
// `--env-file`: lines of NAME=VALUE. Blank lines and lines that start with `#` are skipped, `export ` in front
// is allowed, and quotes around a whole value are removed ("..." knows \n, \t, \" and \\; '...' is literal).

#include <map>
#include <string>
#include <string_view>

namespace dynamo {

struct EnvFile {
  std::map<std::string, std::string> variables;  ///< of two lines with one name the later counts
  int bad_line = 0;                              ///< the first line that is none of the above; 0: all are well
};

EnvFile parse_env_file(std::string_view text);

}  // namespace dynamo
