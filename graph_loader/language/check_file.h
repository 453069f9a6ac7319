#pragma once
// `validate` for a path that comes from a program and not from a command line.

#include "graph_loader/language/root.h"
#include "graph_loader/load.h"

namespace dynamo {

struct FileCheck {
  Loading loading;        ///< all diagnostics, whatever the path looks like
  bool complete = false;  ///< false: a file could not be read as one, and nothing else was checked
};

FileCheck check_file(const Root& root, FileReader& files);

}  // namespace dynamo
