#pragma once
// What can be said about a YAML file at a glance: whether it is meant as a graph file, and which files it imports.

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// Whether a text is, or becomes, a graph file: it says so in `apiVersion`, or says nothing and has no key that a graph
/// file cannot have. An editor shows us every YAML file.
bool may_be_graph_file(std::string_view text);

/// Normalised paths, in the order of the file; nothing if it is no YAML.
std::vector<std::string> imports_of(const std::string& path, std::string_view text);

}  // namespace dynamo
