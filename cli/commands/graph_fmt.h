#pragma once
// `dynamo graph fmt`: graph files in canonical form, in place.

#include "cli/report.h"

#include <string>
#include <vector>

namespace dynamo {

struct FmtOptions {
  std::vector<std::string> files;  ///< or folders; none: ./graph.yaml; `-`: standard input to standard output
  bool check = false;              ///< write nothing; name the files that are not formatted
  bool diff = false;               ///< write nothing; show what would change
  bool quiet = false;
};

ExitCode run_fmt(const FmtOptions& options, Environment& environment);

}  // namespace dynamo
