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

/// Files with the edits made.
class EditedFiles final : public FileReader {
 public:
  EditedFiles(FileReader& files, const std::vector<FileRange>& edits, const std::string& text)
      : files_(files), edits_(edits), text_(text) {}

  Result<std::string> read(const std::string& path) override {
    auto bytes = files_.read(path);
    if (bytes.has_error()) return bytes;
    for (auto edit = edits_.rbegin(); edit != edits_.rend(); ++edit) {
      if (edit->path == path && edit->end <= bytes->size()) {
        bytes->replace(edit->begin, edit->end - edit->begin, text_);
      }
    }
    return bytes;
  }

 private:
  FileReader& files_;
  const std::vector<FileRange>& edits_;
  const std::string& text_;
};

using Counts = std::map<std::pair<std::string, int>, int>;

Counts count(const std::vector<Diagnostic>& diagnostics) {
  Counts result;
  for (const Diagnostic& one : diagnostics) ++result[{one.primary.where.file->name(), one.code.number}];
  return result;
}

/// Who provides what in every graph, by position: names may differ, connections may not.
std::vector<std::vector<std::size_t>> connections_of(const Analysis& analysis) {
  std::vector<std::vector<std::size_t>> result;
  for (std::size_t index = 0; index < analysis.spec().graphs.size(); ++index) {
    const CheckedGraph* graph = analysis.graph(index);
    if (graph == nullptr) continue;
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

/// What would be wrong with the edits made that is not wrong now.
std::optional<std::string> what_breaks(const std::vector<Project>& projects, const std::set<std::string>& touched,
                                       FileReader& files, FileReader& edited) {
  for (const Project& project : projects) {
    const auto& sources = project.analysis->sources().files();
    const bool concerned = std::any_of(sources.begin(), sources.end(),
                                       [&](const SourceFile& file) { return touched.contains(file.name()); });
    if (!concerned) continue;
    const std::string& root = project.analysis->root();
    const Loading before = check_file(root, files);
    const Loading after = check_file(root, edited);
    Counts known = count(before.diagnostics);
    for (const Diagnostic& one : after.diagnostics) {
      if (--known[{one.primary.where.file->name(), one.code.number}] >= 0) continue;
      return fmt::format("{} ({} {})", one.message, place_of(one.primary.where).text(), one.code.text());
    }
    if (connections_of(*project.analysis) != connections_of(Analysis(root, edited))) {
      return "a client would find another provider by that name";
    }
  }
  return std::nullopt;
}

}  // namespace

Project make_project(const std::string& root, FileReader& files) {
  Project project;
  project.analysis = std::make_unique<Analysis>(root, files);
  project.symbols = std::make_unique<Symbols>(*project.analysis);
  return project;
}

std::vector<Use> find_uses(const std::vector<Project>& projects, std::string_view path, std::uint32_t byte) {
  std::vector<Use> result;
  std::set<FileRange> known;
  std::set<std::pair<const Project*, std::size_t>> seen;  ///< families that were looked at
  std::vector<FileRange> open = {{std::string(path), byte, byte}};
  while (!open.empty()) {
    const FileRange place = open.back();
    open.pop_back();
    for (const Project& project : projects) {
      const Occurrence* here = project.symbols->at(place.path, place.begin);
      if (here == nullptr || !seen.emplace(&project, project.symbols->family_of(here->symbol)).second) continue;
      for (const Occurrence& one : project.symbols->family(here->symbol)) {
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

Renaming rename(const std::vector<Project>& projects, std::string_view path, std::uint32_t byte,
                const std::string& new_name, FileReader& files) {
  Renaming result;
  const Project& asked = projects.front();
  const Occurrence* here = asked.symbols->at(path, byte);
  if (here == nullptr) {
    result.refused = "there is no name here";
    return result;
  }
  const Symbol& symbol = (*asked.symbols)[here->symbol];
  result.refused = why_fixed(asked, *here);
  if (!result.refused) result.refused = why_not_a_name(symbol, new_name);
  if (result.refused || new_name == symbol.name) return result;

  std::set<std::string> touched;
  for (const Use& use : find_uses(projects, path, byte)) {
    if (!use.exact) {
      auto bytes = files.read(use.where.path);
      const SourceFile file(use.where.path, bytes.has_value() ? *bytes : "");
      result.refused = fmt::format("`{}` is written with escapes at {}; change that by hand first", symbol.name,
                                   place_of({&file, use.where.begin, use.where.end}).text());
      return result;
    }
    result.edits.push_back(use.where);
    touched.insert(use.where.path);
  }
  EditedFiles edited(files, result.edits, new_name);
  if (const auto breaks = what_breaks(projects, touched, files, edited)) {
    result.refused = fmt::format("{} `{}` cannot become `{}`: {}", word(symbol.kind), symbol.name, new_name, *breaks);
    result.edits.clear();
  }
  return result;
}

}  // namespace dynamo
