#pragma once
// `validate` for a path that comes from a program and not from a command line.

#include "graph_loader/load.h"

#include <string>

namespace dynamo {

/// All diagnostics of a file, whatever its path looks like.
Loading check_file(const std::string& path, FileReader& files);

}  // namespace dynamo
