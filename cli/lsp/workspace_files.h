#pragma once
// The graph files in the folders that the editor has open: they may import what is edited.

#include "graph_loader/language/completion.h"

#include <map>
#include <string>
#include <vector>

namespace dynamo::lsp {

/// Paths of the graph files below some folders, each with the paths that it imports. Hidden folders, `build` and
/// `node_modules` are left out; so is what is very deep, very large or very much.
std::map<std::string, std::vector<std::string>> find_graph_files(const std::vector<std::string>& folders);

/// Folders of the disk.
class DiskFolders final : public FolderReader {
 public:
  std::vector<std::string> list(const std::string& folder) override;
};

}  // namespace dynamo::lsp
