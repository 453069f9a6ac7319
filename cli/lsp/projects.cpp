#include "cli/lsp/projects.h"

#include "cli/lsp/uris.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace dynamo::lsp {
namespace {

/// A part that so many roots do not read has none that does.
constexpr std::size_t most_roots = 8;
/// So far up a base is looked for while no folder is open.
constexpr int most_folders = 4;
constexpr std::string_view usual_name = "graph.yaml";

bool holds(const std::vector<std::string>& list, const std::string& path) {
  return std::find(list.begin(), list.end(), path) != list.end();
}

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

std::string name_of(const std::string& path) { return std::filesystem::path(path).filename().string(); }

bool may_be_overlay(const FileFacts& facts) { return !facts.overlay_of.empty() || !facts.changes.empty(); }

}  // namespace

void Projects::set_folders(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) folders_.push_back(real_path(folder));
}

void Projects::changed(const std::string& path) {
  looked_ = false;
  if (in_workspace(path)) met_.insert(path);
  std::erase_if(known_, [&](const auto& one) { return one.second.files.contains(path); });
}

void Projects::disk_changed() {
  looked_ = searched_ = false;
  known_.clear();
  guessed_.clear();
}

void Projects::add(const std::string& path, const FileFacts& facts, bool broken) {
  if (!files_.try_emplace(path, File{&facts, broken}).second) return;
  for (const std::string& import : facts.imports) importers_[import].push_back(path);
}

void Projects::look() {
  documents_.settle();
  if (looked_) return;
  if (!searched_) on_disk_.search(folders_);
  searched_ = looked_ = true;
  files_.clear();
  importers_.clear();
  bases_.clear();
  for (const auto& [path, document] : documents_.all()) add(path, document.facts, document.is_broken());
  for (const auto& [path, file] : on_disk_.found()) add(path, file->facts, file->broken);
  for (const std::string& path : met_) {
    if (files_.contains(path)) continue;
    if (const DiskFile* file = on_disk_.look_at(path)) add(path, file->facts, file->broken);
  }
}

const std::vector<std::string>& Projects::importers(const std::string& path) const {
  static const std::vector<std::string> none;
  const auto found = importers_.find(path);
  return found == importers_.end() ? none : found->second;
}

std::vector<std::string> Projects::with_importers(std::vector<std::string> paths) const {
  std::set<std::string> seen(paths.begin(), paths.end());
  for (std::size_t next = 0; next < paths.size(); ++next) {
    for (const std::string& importer : importers(paths[next])) {
      if (seen.insert(importer).second) paths.push_back(importer);
    }
  }
  return paths;
}

std::vector<Root> Projects::roots_of(const std::string& path) {
  look();
  if (const auto& base = base_of(path)) return {{*base, path}};
  std::vector<Root> roots;
  for (const std::string& one : with_importers({path})) {
    if (importers(one).empty()) roots.push_back({one});
  }
  // Files that import each other in a circle have no top.
  if (roots.empty()) roots.push_back({path});
  std::stable_partition(roots.begin(), roots.end(),
                        [&](const Root& root) { return documents_.find(root.file) != nullptr; });
  return roots;
}

const std::shared_ptr<const Project>& Projects::project(const Root& root) {
  const auto [place, fresh] = known_.try_emplace(root);
  if (fresh) {
    DocumentReader reader(documents_, disk_, DocumentReader::Text::Readable);
    place->second.project = make_project(root, reader);
    place->second.files = reader.asked();
  }
  return place->second.project;
}

const Project& Projects::of(const std::string& path) {
  std::vector<Root> roots = roots_of(path);
  roots.resize(std::min(roots.size(), most_roots));
  for (const Root& root : roots) {
    const Project& found = *project(root);
    if (found.analysis->scope(path) != nullptr) return found;
  }
  return *project({path});
}

ProjectList Projects::all(const std::string& path) {
  // What another program wrote a moment ago counts too.
  disk_changed();
  std::vector<Root> roots = roots_of(path);
  std::set<Root> seen(roots.begin(), roots.end());
  const auto add_root = [&](Root root) {
    if (seen.insert(root).second) roots.push_back(std::move(root));
  };
  for (const auto& [one, file] : files_) {
    if (const auto& base = base_of(one)) {
      add_root({*base, one});
    } else if (importers(one).empty()) {
      add_root({one});  // a part is looked at with the whole
    }
  }
  ProjectList result;
  bool read = false;
  for (const Root& root : roots) {
    const auto known = known_.find(root);
    DocumentReader reader(documents_, disk_, DocumentReader::Text::Readable);
    result.push_back(known != known_.end() ? known->second.project : make_project(root, reader));
    read = read || result.back()->analysis->scope(path) != nullptr;
  }
  if (!read) result.insert(result.begin(), project({path}));
  const auto first = std::find_if(result.begin(), result.end(),
                                  [&](const auto& one) { return one->analysis->scope(path) != nullptr; });
  if (first != result.end()) std::rotate(result.begin(), first, first + 1);
  return result;
}

std::optional<std::string> Projects::broken_user_of(const std::set<std::string>& paths) {
  look();
  const std::vector<std::string> users = with_importers({paths.begin(), paths.end()});
  for (const std::string& one : users) {
    const auto found = files_.find(one);
    if (found != files_.end() && found->second.broken) return one;
  }
  for (const auto& [one, file] : files_) {
    if (!file.broken) continue;
    const auto& base = base_of(one);
    if (base && holds(users, *base)) return one;
  }
  return std::nullopt;
}

// ---- overlays -------------------------------------------------------------------------------------------------

const std::optional<std::string>& Projects::base_of(const std::string& path) {
  const auto [place, fresh] = bases_.try_emplace(path);
  if (!fresh) return place->second;
  const auto file = files_.find(path);
  if (file != files_.end() && importers(path).empty()) {
    const FileFacts& facts = *file->second.facts;
    if (!facts.overlay_of.empty() && facts.overlay_of != path) {
      place->second = facts.overlay_of;
    } else if (!facts.changes.empty()) {
      // While somebody types in the base, the overlay keeps it.
      const auto guessed = guessed_.find(path);
      const bool kept = guessed != guessed_.end() &&
                        (files_.contains(guessed->second) || on_disk_.look_at(guessed->second) != nullptr);
      place->second = kept ? guessed->second : guess_base(path, facts);
      if (place->second) guessed_[path] = *place->second;
    }
  }
  return place->second;
}

bool Projects::is_workspace_folder(const std::string& folder) const { return holds(folders_, folder); }

bool Projects::in_workspace(const std::string& path) const {
  return std::any_of(folders_.begin(), folders_.end(),
                     [&](const std::string& folder) { return path.starts_with(folder + "/"); });
}

/// The nearest folder decides; in it the usual name, then the most names in common.
std::optional<std::string> Projects::guess_base(const std::string& path, const FileFacts& facts) {
  const bool inside = in_workspace(path);
  std::string folder = folder_of(path);
  for (int count = 0; inside || count < most_folders; ++count) {
    std::optional<std::string> best;
    std::pair<bool, std::size_t> value;
    for (const std::string& candidate : possible_bases(path, folder)) {
      const auto common = names_in_common(facts, project({candidate})->analysis->spec());
      if (!common) continue;
      const std::pair here(name_of(candidate) == usual_name, *common);
      if (best && here <= value) continue;
      best = candidate;
      value = here;
    }
    const std::string above = folder_of(folder);
    if (best || above == folder || above.empty() || (inside && is_workspace_folder(folder))) return best;
    folder = above;
  }
  return std::nullopt;
}

std::vector<std::string> Projects::possible_bases(const std::string& path, const std::string& folder) {
  std::vector<std::string> result;
  for (auto one = files_.lower_bound(folder + "/"); one != files_.end() && one->first.starts_with(folder + "/");
       ++one) {
    const auto& [candidate, file] = *one;
    if (candidate == path || folder_of(candidate) != folder || !importers(candidate).empty()) continue;
    if (file.facts->kind == FileFacts::Kind::Graph && !may_be_overlay(*file.facts)) result.push_back(candidate);
  }
  const std::string usual = (std::filesystem::path(folder) / usual_name).string();
  if (usual != path && !files_.contains(usual) && !in_workspace(path)) {
    const DiskFile* file = on_disk_.look_at(usual);
    if (file != nullptr && !may_be_overlay(file->facts)) result.push_back(usual);
  }
  return result;
}

}  // namespace dynamo::lsp
