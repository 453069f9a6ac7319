#include "graph_loader/views/outline.h"

#include "graph_loader/spec/files.h"
#include "graph_loader/workspace.h"

#include <fmt/format.h>

#include <algorithm>

namespace dynamo {
namespace {

OutlinePlace place_of_slot(const BoundSlot& slot, const CheckedGraph& graph, const Catalog& catalog) {
  OutlinePlace place;
  place.name = slot.name;
  place.type = slot.arity == Arity::One ? slot.type_name : fmt::format("{} {}", word(slot.arity), slot.type_name);
  place.sidecar = slot.sidecar;
  place.may_be_empty = slot.optional() || slot.sidecar;
  for (const std::string_view component : catalog.fitting(slot.type)) place.fitting.emplace_back(component);
  const auto add = [](std::vector<std::string>& list, const std::string& name) {
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
  };
  for (const Instance& instance : graph.values.of(slot)) {
    for (ParamSummary& param : summaries_of(instance.component->params)) place.params.push_back(std::move(param));
    for (const VariableDefinition& variable : instance.run.env) add(place.env, variable.name.text);
    for (const EndpointDefinition& endpoint : instance.endpoints) add(place.endpoints, endpoint.name.text);
    for (const PortDefinition& port : instance.run.ports) add(place.ports, port.name.text);
  }
  return place;
}

/// A file without the sections of its types, where their keys stand at the start of a line. What is left may be no good
/// file any more, for instance when an anchor is gone.
std::string without_types(std::string_view text) {
  std::string result;
  bool inside = false;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
    text.remove_prefix(line.size());
    const bool key = line.find_first_of(" \t\r\n#") != 0;
    if (key) inside = line.starts_with("components:") || line.starts_with("interfaces:");
    if (!inside) result += line;
  }
  return result;
}

class FilesWithoutTypes final : public FileReader {
 public:
  explicit FilesWithoutTypes(FileReader& files) : files_(files) {}
  Result<std::string> read(const std::string& path) override {
    auto text = files_.read(path);
    if (text.has_error()) return text;
    return without_types(*text);
  }

 private:
  FileReader& files_;
};

}  // namespace

Outline outline_of(const LoadRequest& request, FileReader& files) {
  Outline result;
  LoadRequest plain = request;
  plain.arguments.resize(std::min<std::size_t>(plain.arguments.size(), 1));
  Workspace workspace(plain, files);
  if (!workspace.load()) return result;
  const CheckedGraph* graph = workspace.check_target();
  if (graph == nullptr) return result;
  for (const BoundSlot& slot : graph->model.slots) {
    result.places.push_back(place_of_slot(slot, *graph, workspace.catalog()));
  }
  for (const BoundSlot& slot : graph->model.sidecars) {
    result.places.push_back(place_of_slot(slot, *graph, workspace.catalog()));
  }
  result.params = summaries_of(graph->model.spec->params);
  return result;
}

TargetNames target_names(const std::string& file, FileReader& files) {
  FilesWithoutTypes quick(files);
  for (FileReader* reader : {static_cast<FileReader*>(&quick), &files}) {
    Sources sources;
    DiagnosticList ignored;
    const LoadedFiles loaded = load_files(file, {}, *reader, sources, ignored);
    if (!loaded.complete) continue;
    TargetNames result;
    for (const auto& [name, definition] : loaded.spec.targets) {
      const bool graph = definition.kind == NameKind::Graph;
      (graph ? result.graphs : result.specs).push_back(name);
      if (graph && loaded.spec.graphs[definition.index].scope->root) ++result.own_graphs;
    }
    return result;
  }
  return {};
}

}  // namespace dynamo
