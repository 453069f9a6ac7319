#pragma once
// Which root files there are, who imports whom, and what each root means. A file that others import is looked at as
// their part, because names and types may come from there.

#include "cli/lsp/documents.h"
#include "graph_loader/language/rename.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dynamo::lsp {

class Projects {
 public:
  Projects(Documents& documents, FileReader& disk) : documents_(documents), disk_(disk) {}

  void set_folders(std::vector<std::string> folders) { folders_ = std::move(folders); }
  /// A buffer was opened, changed or closed.
  void changed(const std::string& path);
  /// Files of the disk were written.
  void disk_changed();

  /// The files at the top that import a file, directly or not, open ones first; itself if nobody does.
  std::vector<std::string> roots_of(const std::string& path);
  /// The project in which a file is looked at. Valid until the next change.
  const Project& of(const std::string& path);
  /// The projects of all files at the top, those of a file first.
  std::vector<Project> all(const std::string& path);

 private:
  struct Known {
    Project project;
    std::set<std::string> files;
  };

  void look_at_disk();
  [[nodiscard]] std::vector<std::string> importers(const std::string& path) const;

  Documents& documents_;
  FileReader& disk_;
  std::vector<std::string> folders_;
  std::optional<std::map<std::string, std::vector<std::string>>> on_disk_;
  std::map<std::string, Known> known_;
};

}  // namespace dynamo::lsp
