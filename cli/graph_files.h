#pragma once
// The graph files in a folder.

#include "graph_loader/spec/file_reader.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dynamo {

bool is_yaml_path(const std::filesystem::path& path);

/// It is called like YAML, can be read, and says in `apiVersion` that it is a graph file.
bool is_graph_file(const std::filesystem::path& path, FileReader& files);

/// A folder that is not looked into: it is hidden, or holds what programs make.
bool is_left_out(const std::string& folder_name);

/// Paths of the files below the folder that say in `apiVersion` that they are graph files, sorted.
Result<std::vector<std::string>> graph_files_below(const std::string& folder, FileReader& files);

}  // namespace dynamo
