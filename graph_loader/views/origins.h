#pragma once
// `graph show --origins`: for every value of a graph who set it, and whom it beat, over all layers: the language, what
// a component or spec inherits, overlays, defaults, graphs and the command line.

#include "graph_loader/graph/graph.h"
#include "graph_loader/workspace.h"

namespace dynamo {

/// In the order of `graph show`: the graph itself, its slots, its sidecars.
std::vector<Origin> origins_of(const CheckedGraph& graph, const Workspace& workspace);

}  // namespace dynamo
