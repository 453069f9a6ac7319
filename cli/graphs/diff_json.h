#pragma once
// `graph diff -o json`; docs/cli.md describes the keys.

#include "graph_loader/views/graph_diff.h"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace dynamo {

/// One of the two graphs of a difference, and how it was made.
struct DiffSide {
  std::string file;
  std::vector<std::string> overlays;
  std::vector<std::string> overrides;
  GraphView graph;
};

boost::json::object diff_json(const GraphDiff& diff, const DiffSide& before, const DiffSide& after);

}  // namespace dynamo
