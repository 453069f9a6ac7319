#include "cli/lsp/projects.h"

#include "cli/lsp/workspace_files.h"

#include <algorithm>

namespace dynamo::lsp {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& path) {
  return std::find(list.begin(), list.end(), path) != list.end();
}

}  // namespace

void Projects::changed(const std::string& path) {
  std::erase_if(known_, [&](const auto& one) { return one.second.files.contains(path); });
}

void Projects::disk_changed() {
  on_disk_.reset();
  known_.clear();
}

void Projects::look_at_disk() {
  if (!on_disk_) on_disk_ = find_graph_files(folders_);
}

std::vector<std::string> Projects::importers(const std::string& path) const {
  std::vector<std::string> result;
  for (const auto& [importer, document] : documents_.all()) {
    if (holds(document.imports, path)) result.push_back(importer);
  }
  for (const auto& [importer, imports] : *on_disk_) {
    if (documents_.find(importer) == nullptr && holds(imports, path)) result.push_back(importer);
  }
  return result;
}

std::vector<std::string> Projects::roots_of(const std::string& path) {
  documents_.settle();
  look_at_disk();
  std::vector<std::string> roots;
  std::vector<std::string> seen = {path};
  for (std::size_t next = 0; next < seen.size(); ++next) {
    bool top = true;
    for (const std::string& importer : importers(seen[next])) {
      top = false;
      if (!holds(seen, importer)) seen.push_back(importer);
    }
    if (top) roots.push_back(seen[next]);
  }
  // Files that import each other in a circle have no top.
  if (roots.empty()) roots.push_back(path);
  std::stable_partition(roots.begin(), roots.end(),
                        [&](const std::string& root) { return documents_.find(root) != nullptr; });
  return roots;
}

const Project& Projects::of(const std::string& path) {
  const std::string root = roots_of(path).front();
  const auto [place, fresh] = known_.try_emplace(root);
  if (fresh) {
    DocumentReader reader(documents_, disk_, DocumentReader::Text::Readable);
    place->second.project = make_project(root, reader);
    place->second.files = reader.asked();
  }
  return place->second.project;
}

std::vector<Project> Projects::all(const std::string& path) {
  // What another program wrote a moment ago counts too.
  disk_changed();
  std::vector<std::string> roots = roots_of(path);
  const auto add = [&](const std::string& root) {
    // A part is looked at with the whole.
    if (!holds(roots, root) && importers(root).empty()) roots.push_back(root);
  };
  for (const auto& [root, document] : documents_.all()) add(root);
  for (const auto& [root, imports] : *on_disk_) add(root);
  std::vector<Project> result;
  for (const std::string& root : roots) {
    DocumentReader reader(documents_, disk_, DocumentReader::Text::Readable);
    result.push_back(make_project(root, reader));
  }
  return result;
}

}  // namespace dynamo::lsp
