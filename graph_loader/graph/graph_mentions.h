#pragma once
// Which graph a diagnostic belongs to, in words for people. The mistake of one graph often stands in a spec or in a
// component that others share, where its reader could not tell whose it is.

#include "graph_loader/spec/spec.h"
#include "proto/diagnostic.h"

#include <string>
#include <vector>

namespace dynamo {

/// Sets `graph_words` to "graph `mock`" or "graph `mock` and 2 more". They stay empty where the text names the graph,
/// where the primary place is in the definition of one that has the mistake, and on the command line, which names the
/// target. `overlays`: the files that are laid over the definitions.
void mention_graphs(std::vector<Diagnostic>& diagnostics, const Spec& spec, const std::vector<std::string>& overlays);

}  // namespace dynamo
