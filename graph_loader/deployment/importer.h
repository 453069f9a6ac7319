#pragma once
// Deployments -> the graph file that says the same. Several deployments share interfaces, and components that are
// equal; components of one name that are not get the name of their deployment in front (DG0913).

#include "graph_loader/deployment/graph_file.h"
#include "graph_loader/deployment/parts.h"

#include <vector>

namespace dynamo::deployment {

GraphFile make_graph_file(std::vector<GraphParts> graphs, Value others, DiagnosticSink& sink);

}  // namespace dynamo::deployment
