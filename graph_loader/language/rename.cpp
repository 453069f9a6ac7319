#include "graph_loader/language/rename.h"

#include "graph_loader/language/check_file.h"
#include "graph_loader/spec/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace dynamo {
namespace {

FileRange range_of(const Span& span) { return {span.file->name(), span.begin, span.end}; }

/// Files with the edits made. Edits are sorted by file and place.
class EditedFiles final : public FileReader {
 public:
  EditedFiles(FileReader& files, const std::vector<FileRange>& edits, const std::string& name)
      : files_(files), edits_(edits), name_(name) {}

  Result<std::string> read(const std::string& path) override {
    auto bytes = files_.read(path);
    if (bytes.has_error()) return bytes;
    std::string text;
    std::uint32_t done = 0;
    auto edit = std::lower_bound(edits_.begin(), edits_.end(), FileRange{path, 0, 0});
    for (; edit != edits_.end() && edit->path == path && edit->end <= bytes->size(); ++edit) {
      text.append(*bytes, done, edit->begin - done);
      text += name_;
      done = edit->end;
    }
    text.append(*bytes, done);
    return text;
  }

  [[nodiscard]] std::string one_path(const std::string& path) const override { return files_.one_path(path); }

  /// Where the new name stands then.
  [[nodiscard]] std::vector<FileRange> places() const {
    std::vector<FileRange> result;
    const auto size = static_cast<std::uint32_t>(name_.size());
    std::uint32_t added = 0;
    std::uint32_t removed = 0;
    for (const FileRange& edit : edits_) {
      if (!result.empty() && result.back().path != edit.path) added = removed = 0;
      const std::uint32_t begin = edit.begin + added - removed;
      result.push_back({edit.path, begin, begin + size});
      added += size;
      removed += edit.end - edit.begin;
    }
    return result;
  }

 private:
  FileReader& files_;
  const std::vector<FileRange>& edits_;
  const std::string& name_;
};

using Counts = std::map<std::pair<std::string, int>, int>;

Counts count(const std::vector<Diagnostic>& diagnostics) {
  Counts result;
  for (const Diagnostic& one : diagnostics) ++result[{one.primary.where.file->name(), one.code.number}];
  return result;
}

/// What every graph is made of, and who provides what in it, by position: names may differ, this may not.
std::vector<std::vector<std::size_t>> shape_of(const Analysis& analysis) {
  std::vector<std::vector<std::size_t>> result;
  for (std::size_t index = 0; index < analysis.spec().graphs.size(); ++index) {
    const CheckedGraph* graph = analysis.graph(index);
    if (graph == nullptr) continue;
    for (const auto* places : {&graph->model.slots, &graph->model.sidecars}) {
      for (const BoundSlot& place : *places) {
        std::vector<std::size_t>& one = result.emplace_back();
        one.push_back(index);
        for (const BoundItem& item : place.items) one.push_back(item.component);
      }
    }
    for (const Connection& connection : graph->wired.connections) {
      std::vector<std::size_t>& one = result.emplace_back();
      one.push_back(index);
      for (const std::string& slot : connection.slots) {
        const auto& slots = graph->model.slots;
        const auto found =
            std::find_if(slots.begin(), slots.end(), [&](const BoundSlot& other) { return other.name == slot; });
        one.push_back(static_cast<std::size_t>(found - slots.begin()));
      }
    }
  }
  return result;
}

std::size_t parts_of(const Analysis& analysis) {
  std::size_t result = 0;
  for (std::size_t index = 0; index < analysis.spec().graphs.size(); ++index) {
    const CheckedGraph* graph = analysis.graph(index);
    if (graph != nullptr) result += graph->model.slots.size() + graph->model.sidecars.size();
  }
  return result;
}

std::optional<std::string> why_not_a_name(const Symbol& symbol, const std::string& name) {
  if (!is_name(name)) {
    return fmt::format("`{}` cannot be a name: a name is a letter and up to 62 letters, digits, `_` and `-`", name);
  }
  const bool type = symbol.kind == SymbolKind::Interface || symbol.kind == SymbolKind::Component;
  if (type && name == "Any") return "`Any` is a built-in type";
  const bool place = symbol.kind == SymbolKind::Component || symbol.kind == SymbolKind::Slot;
  if (place && name == "none") return "`none` stands for an empty slot";
  return std::nullopt;
}

std::string sentence_of(const Diagnostic& one) {
  return fmt::format("{} ({} {})", one.message, place_of(one.primary.where).text(), one.code.text());
}

/// Why a check ended before it had looked at the names.
std::string why_incomplete(const Root& root, const FileCheck& check) {
  const auto& list = check.loading.diagnostics;
  if (list.empty()) return fmt::format("`{}` cannot be read", root.file);
  const auto stops = [](const Diagnostic& one) {
    return one.code.number < 100 || one.code == codes::api_version_unsupported ||
           one.code == codes::import_unreadable || one.code == codes::import_cycle;
  };
  const auto first = std::find_if(list.begin(), list.end(), stops);
  return sentence_of(first == list.end() ? list.front() : *first);
}

/// A use of the new name that would not come from the old one.
std::optional<std::string> used_already(const Symbols& after, const std::vector<FileRange>& places,
                                        const std::string& name) {
  const std::set<FileRange> renamed(places.begin(), places.end());
  std::set<std::size_t> seen;
  for (const FileRange& place : places) {
    const Occurrence* here = after.at(place.path, place.begin);
    if (here == nullptr || here->where.begin != place.begin || !seen.insert(after.family_of(here->symbol)).second) {
      continue;
    }
    for (const Occurrence& one : after.family(here->symbol)) {
      if (renamed.contains(range_of(one.where))) continue;
      return fmt::format("`{}` means something there already ({})", name, place_of(one.where).text());
    }
  }
  return std::nullopt;
}

/// What would be wrong with the edits made that is not wrong now.
std::optional<std::string> what_breaks(const ProjectList& projects, const std::set<std::string>& touched,
                                       FileReader& files, EditedFiles& edited, const std::string& name) {
  const std::vector<FileRange> places = edited.places();
  for (const auto& project : projects) {
    const auto& sources = project->analysis->sources().files();
    const bool concerned = std::any_of(sources.begin(), sources.end(),
                                       [&](const SourceFile& file) { return touched.contains(file.name()); });
    if (!concerned) continue;
    const Root& root = project->analysis->root();
    const FileCheck before = check_file(root, files);
    if (!before.complete) {
      return fmt::format("names cannot be compared while this is wrong: {}", why_incomplete(root, before));
    }
    const FileCheck after = check_file(root, edited);
    Counts known = count(before.loading.diagnostics);
    for (const Diagnostic& one : after.loading.diagnostics) {
      if (--known[{one.primary.where.file->name(), one.code.number}] < 0) return sentence_of(one);
    }
    const auto renamed = make_project(root, edited);
    if (parts_of(*project->analysis) != parts_of(*renamed->analysis)) {
      return "a graph would have other sidecars: the name of one follows from its component";
    }
    if (shape_of(*project->analysis) != shape_of(*renamed->analysis)) {
      return "a client would find another provider by that name";
    }
    if (auto used = used_already(*renamed->symbols, places, name)) return used;
  }
  return std::nullopt;
}

/// What the name at a place is: an overlay that takes it away knows least about it.
const Symbol* symbol_at(const ProjectList& projects, const FileRange& place, const std::vector<Use>& uses) {
  const Symbol* result = nullptr;
  const auto look = [&](const FileRange& where) {
    for (const auto& project : projects) {
      const Occurrence* here = project->symbols->at(where.path, where.begin);
      if (here == nullptr || (result != nullptr && !result->deleted)) continue;
      result = &(*project->symbols)[here->symbol];
    }
  };
  look(place);
  for (const Use& use : uses) {
    if (result != nullptr && result->deleted) look(use.where);
  }
  return result;
}

}  // namespace

std::shared_ptr<const Project> make_project(const Root& root, FileReader& files) {
  auto project = std::make_shared<Project>();
  project->analysis = std::make_unique<const Analysis>(root, files);
  project->symbols = std::make_unique<const Symbols>(*project->analysis);
  return project;
}

std::vector<Use> find_uses(const ProjectList& projects, std::string_view path, std::uint32_t byte) {
  std::vector<Use> result;
  std::set<FileRange> known;
  std::set<std::pair<const Project*, std::size_t>> seen;  ///< families that were looked at
  std::vector<FileRange> open = {{std::string(path), byte, byte}};
  while (!open.empty()) {
    const FileRange place = open.back();
    open.pop_back();
    for (const auto& project : projects) {
      const Occurrence* here = project->symbols->at(place.path, place.begin);
      if (here == nullptr || !seen.emplace(project.get(), project->symbols->family_of(here->symbol)).second) continue;
      for (const Occurrence& one : project->symbols->family(here->symbol)) {
        if (!known.insert(range_of(one.where)).second) continue;
        result.push_back({range_of(one.where), one.role, one.exact});
        open.push_back(range_of(one.where));
      }
    }
  }
  std::sort(result.begin(), result.end(), [](const Use& left, const Use& right) { return left.where < right.where; });
  return result;
}

std::optional<std::string> why_fixed(const Project& project, const Occurrence& occurrence) {
  const Symbol& symbol = (*project.symbols)[occurrence.symbol];
  if (symbol.kind == SymbolKind::File) return "a file is renamed on the disk, not here";
  if (symbol.kind == SymbolKind::Alias && !symbol.declared) {
    return fmt::format("no import is called `{}`", symbol.name);
  }
  for (std::size_t index = 0; index < project.symbols->all().size(); ++index) {
    if ((*project.symbols)[index].implied &&
        project.symbols->family_of(index) == project.symbols->family_of(occurrence.symbol)) {
      return fmt::format("the sidecar `{}` has its name from its component; write `{{NAME: COMPONENT}}` to give it one",
                         symbol.name);
    }
  }
  return std::nullopt;
}

Renaming rename(const ProjectList& projects, std::string_view path, std::uint32_t byte, const std::string& new_name,
                FileReader& files) {
  Renaming result;
  const Project& asked = *projects.front();
  const Occurrence* here = asked.symbols->at(path, byte);
  if (here == nullptr) {
    result.refused = "there is no name here";
    return result;
  }
  const std::vector<Use> uses = find_uses(projects, path, byte);
  const Symbol& symbol = *symbol_at(projects, range_of(here->where), uses);
  result.refused = why_fixed(asked, *here);
  if (!result.refused) result.refused = why_not_a_name(symbol, new_name);
  if (result.refused || new_name == symbol.name) return result;

  std::set<std::string> touched;
  for (const Use& use : uses) {
    if (!use.exact) {
      auto bytes = files.read(use.where.path);
      const SourceFile file(use.where.path, bytes.has_value() ? *bytes : "");
      result.refused = fmt::format("`{}` is written with escapes at {}; change that by hand first", symbol.name,
                                   place_of({&file, use.where.begin, use.where.end}).text());
      result.edits.clear();
      return result;
    }
    result.edits.push_back(use.where);
    touched.insert(use.where.path);
  }
  EditedFiles edited(files, result.edits, new_name);
  if (const auto breaks = what_breaks(projects, touched, files, edited, new_name)) {
    result.refused = fmt::format("{} `{}` cannot become `{}`: {}", word(symbol.kind), symbol.name, new_name, *breaks);
    result.edits.clear();
  }
  return result;
}

}  // namespace dynamo
