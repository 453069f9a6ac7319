#pragma once
// A new name for everything that is one name, in all files that use it. The edits are tried out before they are handed
// over: if a file would have a mistake that it does not have now, a graph would be made of other parts, or the new name
// means something already where it would stand, it is refused.

#include "graph_loader/language/symbols.h"
#include "graph_loader/spec/file_reader.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// An analysis with its names.
struct Project {
  std::unique_ptr<const Analysis> analysis;
  std::unique_ptr<const Symbols> symbols;
};
using ProjectList = std::vector<std::shared_ptr<const Project>>;
std::shared_ptr<const Project> make_project(const Root& root, FileReader& files);

/// A range of bytes of a file.
struct FileRange {
  std::string path;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend auto operator<=>(const FileRange&, const FileRange&) = default;
};

struct Use {
  FileRange where;
  Role role = Role::Reference;
  bool exact = true;
};

/// Every use of the name at a place, in all projects that know the place or one that belongs to it; by file and place.
std::vector<Use> find_uses(const ProjectList& projects, std::string_view path, std::uint32_t byte);

/// Why the name at a place cannot be changed at all, as a sentence; none if it can.
std::optional<std::string> why_fixed(const Project& project, const Occurrence& occurrence);

struct Renaming {
  std::vector<FileRange> edits;        ///< what the new name replaces
  std::optional<std::string> refused;  ///< why there are none, as a sentence
};

/// `files` reads the same texts as the projects were made of; `projects.front()` is where the question was asked.
Renaming rename(const ProjectList& projects, std::string_view path, std::uint32_t byte, const std::string& new_name,
                FileReader& files);

}  // namespace dynamo
