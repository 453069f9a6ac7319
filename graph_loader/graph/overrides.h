#pragma once
// Changes on the command line, `backend=FastBackend`, `backend.replicas=2`, `model=tiny`, `~router`: read
// against the target, they become a layer over it. Reports DG0802 and DG0803.

#include "graph_loader/graph/graphs.h"
#include "graph_loader/graph/override_hints.h"
#include "graph_loader/spec/spec.h"

#include <deque>
#include <string>
#include <vector>

namespace dynamo {

/// `words` are the arguments after the target; the first is line 2 of `command line`. The trees own the nodes of the
/// values.
GraphOverrides read_overrides(const std::vector<std::string>& words, const OverrideTarget& target, Sources& sources,
                              std::deque<SyntaxTree>& trees, DiagnosticSink& sink);

}  // namespace dynamo
