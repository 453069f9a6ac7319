#pragma once
// The graph files in the folders that the editor has open: they may import what is edited, or be laid over it.

#include "graph_loader/language/completion.h"
#include "graph_loader/language/file_facts.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dynamo::lsp {

/// A graph file of the disk.
struct DiskFile {
  FileFacts facts;
  bool broken = false;  ///< it is no YAML: what is known of it is not all that it says
};

/// Where a search ends, so that a home folder, opened by mistake, does not stop the server.
struct SearchLimits {
  std::size_t entries = 300'000;  ///< files and folders of any kind
  std::size_t files = 5'000;      ///< graph files
  int depth = 32;                 ///< folders below folders
};

/// What was said about a file is kept until its time or size changes.
class GraphFiles {
 public:
  explicit GraphFiles(SearchLimits limits = {}) : limits_(limits) {}

  /// Looks through some folders. Hidden folders are left out, and those that hold what programs made or installed:
  /// `build`, `target`, `node_modules`, `venv`, `site-packages`, `__pycache__`.
  void search(const std::vector<std::string>& folders);
  /// Looks at one file, wherever it is; nullptr if it is no graph file.
  const DiskFile* look_at(const std::string& path);

  /// What the last search found, by path.
  [[nodiscard]] const std::map<std::string, const DiskFile*>& found() const { return found_; }
  /// Why there may be more files than the last search found, in a few words; none if it went to the end.
  [[nodiscard]] const std::optional<std::string>& ended_early() const { return ended_early_; }

 private:
  struct Known {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;
    std::optional<DiskFile> file;  ///< none: it is no graph file
  };

  void search(const std::string& folder, std::size_t& entries);

  SearchLimits limits_;
  std::map<std::string, Known> known_;
  std::map<std::string, const DiskFile*> found_;
  std::optional<std::string> ended_early_;
};

/// Folders of the disk.
class DiskFolders final : public FolderReader {
 public:
  std::vector<std::string> list(const std::string& folder) override;
};

}  // namespace dynamo::lsp
