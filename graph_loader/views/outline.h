#pragma once
// What can be named after a target on the command line, for completion: graphs and specs of a file, and of one of them
// its slots, sidecars and params. Mistakes elsewhere in the file do not matter, and nothing is reported.

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

struct Outline {
  std::vector<std::string> graphs;
  std::vector<std::string> specs;
  // Of the graph or spec that the target names:
  std::vector<OutlinePlace> places;
  std::vector<ParamSummary> params;
};

/// Of the target of a request, without its overrides. Empty if the file cannot be read.
Outline outline_of(const LoadRequest& request, FileReader& files);

}  // namespace dynamo
