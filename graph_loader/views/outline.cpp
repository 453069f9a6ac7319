#include "graph_loader/views/outline.h"

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
  for (const Instance& instance : graph.values.instances) {
    if (instance.slot != &slot) continue;
    for (ParamSummary& param : summaries_of(instance.component->params)) place.params.push_back(std::move(param));
    for (const VariableDefinition& variable : instance.run.env) add(place.env, variable.name.text);
    for (const EndpointDefinition& endpoint : instance.endpoints) add(place.endpoints, endpoint.name.text);
    for (const PortDefinition& port : instance.run.ports) add(place.ports, port.name.text);
  }
  return place;
}

}  // namespace

Outline outline_of(const LoadRequest& request, FileReader& files) {
  Outline result;
  LoadRequest plain = request;
  plain.arguments.resize(std::min<std::size_t>(plain.arguments.size(), 1));
  Workspace workspace(plain, files);
  if (!workspace.load()) return result;
  for (const auto& [name, definition] : workspace.spec().targets) {
    (definition.kind == NameKind::Graph ? result.graphs : result.specs).push_back(name);
  }
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

}  // namespace dynamo
