#pragma once
// A folder where a graph file is wanted: what it is, and which graph files are in it.

#include "cli/environment.h"

#include <optional>
#include <string>

namespace dynamo {

/// "`examples` is a folder; the graph file in it is `examples/graph.yaml`"; none if the path is no folder.
std::optional<std::string> folder_words(const std::string& path, const Environment& environment);

}  // namespace dynamo
