#pragma once
// A graph file that is to be written, and its text.

#include "graph_loader/deployment/value.h"

#include <string>
#include <vector>

namespace dynamo::deployment {

/// What stands under one name.
struct NamedValue {
  std::string name;
  Value body;
};

struct GraphFile {
  std::vector<NamedValue> interfaces;
  std::vector<NamedValue> components;
  std::vector<NamedValue> specs;
  std::vector<NamedValue> graphs;
  Value kept;  ///< of the whole file
};

std::string graph_file_text(const GraphFile& file);

}  // namespace dynamo::deployment
