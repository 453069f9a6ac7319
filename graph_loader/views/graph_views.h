#pragma once
// A checked graph as `graph list` and `graph show` print it.

#include "graph_loader/graph/graph.h"
#include "graph_loader/workspace.h"

namespace dynamo {

/// It runs as it stands: every slot has a default or may be empty, and every param is set.
bool servable(const SpecModel& spec, const Catalog& catalog);

/// The graphs that were checked, and the specs. `only`: the graph or spec that was asked for, and nothing else.
GraphList list_graphs(const Workspace& workspace, const NamedDefinition* only = nullptr);
GraphView show_graph(const CheckedGraph& graph, const Workspace& workspace);

}  // namespace dynamo
