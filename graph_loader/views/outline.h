#pragma once
// What can be named on the command line, for completion: the graphs and specs of a file, and of one of them its slots,
// sidecars and params. Mistakes elsewhere in the file do not matter, and nothing is reported.

#include "graph_loader/load.h"
#include "graph_loader/views/definitions.h"

#include <string>
#include <vector>

namespace dynamo {

/// A slot or sidecar, and what its binding can tune.
struct OutlinePlace {
  std::string name;
  std::string type;  ///< "optional Router"
  bool sidecar = false;
  bool may_be_empty = false;
  std::vector<std::string> fitting;  ///< components
  std::vector<ParamSummary> params;
  std::vector<std::string> env;
  std::vector<std::string> endpoints;
  std::vector<std::string> ports;
};

/// Of a graph or spec.
struct Outline {
  std::vector<OutlinePlace> places;
  std::vector<ParamSummary> params;
};

/// Of the target of a request, without its overrides. Empty if the file cannot be read.
Outline outline_of(const LoadRequest& request, FileReader& files);

struct TargetNames {
  std::vector<std::string> graphs;  ///< of the file and its imports
  std::vector<std::string> specs;
  std::size_t own_graphs = 0;  ///< of the file alone: with exactly one the file itself is a target
};

/// Without a look at the components, which are most of a large file, if it can be read without them. Empty if it cannot
/// be read at all.
TargetNames target_names(const std::string& file, FileReader& files);

}  // namespace dynamo
