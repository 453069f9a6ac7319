#pragma once
// Which root files there are, who imports whom, what is laid over what, and what each root means. A file that others
// import is looked at as their part, because names and types may come from there; an overlay with the file that it
// changes.

#include "cli/lsp/documents.h"
#include "cli/lsp/workspace_files.h"
#include "graph_loader/language/rename.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dynamo::lsp {

class Projects {
 public:
  Projects(Documents& documents, FileReader& disk) : documents_(documents), disk_(disk) {}

  void set_folders(const std::vector<std::string>& folders);
  /// A buffer was opened, changed or closed.
  void changed(const std::string& path);
  /// Files of the disk were written.
  void disk_changed();

  /// What a file is looked at as a part of: the files at the top that import it, directly or not, open ones first; an
  /// overlay over its base; else the file itself.
  std::vector<Root> roots_of(const std::string& path);
  /// The project in which a file is looked at: the first of its roots that can be read so far. Valid until the next
  /// change.
  const Project& of(const std::string& path);
  /// The projects of all roots, those of a file first.
  ProjectList all(const std::string& path);

  /// A file that is no YAML and imports one of some files, directly or not, is one of them, or is laid over one of
  /// them.
  std::optional<std::string> broken_user_of(const std::set<std::string>& paths);
  /// Why all() may have missed files, in a few words.
  [[nodiscard]] const std::optional<std::string>& search_ended_early() const { return on_disk_.ended_early(); }

 private:
  struct Known {
    std::shared_ptr<const Project> project;
    std::set<std::string> files;
  };
  struct File {
    const FileFacts* facts = nullptr;
    bool broken = false;
  };

  /// Brings files_ and importers_ up to date.
  void look();
  void add(const std::string& path, const FileFacts& facts, bool broken);
  [[nodiscard]] const std::vector<std::string>& importers(const std::string& path) const;
  /// Some files, and all that import them, directly or not.
  [[nodiscard]] std::vector<std::string> with_importers(std::vector<std::string> paths) const;
  /// The file that an overlay is laid over; none if a file is no overlay.
  const std::optional<std::string>& base_of(const std::string& path);
  std::optional<std::string> guess_base(const std::string& path, const FileFacts& facts);
  [[nodiscard]] std::vector<std::string> possible_bases(const std::string& path, const std::string& folder);
  [[nodiscard]] bool is_workspace_folder(const std::string& folder) const;
  [[nodiscard]] bool in_workspace(const std::string& path) const;
  const std::shared_ptr<const Project>& project(const Root& root);

  Documents& documents_;
  FileReader& disk_;
  std::vector<std::string> folders_;
  GraphFiles on_disk_;
  bool searched_ = false;              ///< on_disk_ is up to date
  bool looked_ = false;                ///< and so is what follows
  std::map<std::string, File> files_;  ///< buffers and graph files of the disk
  std::map<std::string, std::vector<std::string>> importers_;
  std::map<std::string, std::optional<std::string>> bases_;
  std::map<std::string, std::string> guessed_;  ///< bases that stay guessed until a file is written
  std::set<std::string> met_;                   ///< paths of all buffers that there were
  std::map<Root, Known> known_;
};

}  // namespace dynamo::lsp
