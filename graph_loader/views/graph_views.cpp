#include "graph_loader/views/graph_views.h"

#include "graph_loader/graph/params.h"
#include "graph_loader/graph/placement.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/quantity.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace dynamo {
namespace {

constexpr ReplicaRange unknown_range{-1, -1};

boost::json::string json_string(std::string_view text) { return boost::json::string(text.data(), text.size()); }

/// What was written, as data.
boost::json::value as_written(const Node& node) {
  switch (node.kind) {
    case NodeKind::Null: return nullptr;
    case NodeKind::Bool: return parse_bool(node.text).value_or(false);
    case NodeKind::Int: return parse_integer(node.text).value_or(0);
    case NodeKind::Float: return parse_number(node.text).value_or(0);
    case NodeKind::String: return json_string(node.text);
    case NodeKind::Sequence: {
      boost::json::array list;
      for (const Node* item : node.items) list.push_back(as_written(*item));
      return list;
    }
    case NodeKind::Mapping: {
      boost::json::object object;
      for (const Entry& entry : node.entries) object[json_string(entry.key->text)] = as_written(*entry.value);
      return object;
    }
  }
  return nullptr;
}

/// A probe takes the place of one of another kind; the other keys are merged.
boost::json::value as_written(const ReadyDefinition& ready) {
  boost::json::object result;
  for (const Node* node : ready.nodes) {
    const auto is_probe = [](const Entry& entry) { return from_word<ProbeKind>(entry.key->text).has_value(); };
    if (std::any_of(node->entries.begin(), node->entries.end(), is_probe)) {
      for (const std::string_view kind : Words<ProbeKind>::list) result.stable_erase(kind);
    }
    const boost::json::value written = as_written(*node);
    for (const auto& [key, value] : written.as_object()) result[key] = value;
  }
  return result;
}

class Viewer {
 public:
  Viewer(const CheckedGraph& graph, const Workspace& workspace) : graph_(graph), workspace_(workspace) {}

  SlotView slot(const BoundSlot& bound, bool detailed) {
    SlotView view;
    view.name = bound.name;
    view.type = bound.type_name;
    view.arity = bound.arity;
    for (const Instance& instance : graph_.values.of(bound)) {
      view.components.push_back(detailed ? component(instance) : summary(instance));
      if (bound.sidecar) {
        view.start = phase_of(instance);
        view.on_failure = instance.item->tune.on_failure.value_or(OnFailure::Restart);
        view.where = instance.item->tune.where.value_or(std::vector<std::string>{"serve", "deploy"});
      }
    }
    if (bound.sidecar && view.where.empty()) view.where = {"serve", "deploy"};
    return view;
  }

  NamedValues params(const std::vector<ParamDefinition>& definitions, const ParamTable& table) {
    NamedValues result;
    for (const ParamDefinition& param : definitions) {
      const auto state = table.find(param.name.text);
      const bool has_value = state != table.end() && (state->second.kind == ParamState::Kind::Known ||
                                                      state->second.kind == ParamState::Kind::Unknown);
      result.emplace_back(param.name.text, has_value ? state->second.value : boost::json::value(nullptr));
    }
    return result;
  }

 private:
  ComponentView summary(const Instance& instance) {
    ComponentView view;
    view.component = instance.component->definition->name;
    view.replicas = instance.replicas.value_or(unknown_range);
    return view;
  }

  /// With everything filled in, or as it stands if something in it is not known.
  std::string text(const Text& written) {
    DiagnosticList ignored;
    return evaluate(written, scope_, ignored).known().value_or(written.as_written());
  }

  boost::json::value port(const EndpointDefinition& endpoint, const Instance& instance) {
    if (!has_port(endpoint, instance.component->runtime)) return nullptr;
    return port(instance, endpoint.name.text, endpoint.port);
  }

  boost::json::value port(const Instance& instance, const std::string& name, const std::optional<Field>& field) {
    const auto known = instance.ports.find(name);
    if (known != instance.ports.end() && known->second.number) return *known->second.number;
    if (known != instance.ports.end() && known->second.known) return "auto";
    return field ? boost::json::value(json_string(text(field->text))) : boost::json::value("auto");
  }

  ComponentView component(const Instance& instance) {
    scope_ = scope_of(graph_.values, instance, workspace_.environment(), graph_.model.name);
    const Component& component = *instance.component;
    ComponentView view = summary(instance);
    view.runtime = component.runtime;
    for (const Text& word : *component.command) view.command.push_back(text(word));
    if (component.cwd != nullptr) view.cwd = text(*component.cwd);
    view.params = params(component.params, instance.params);
    std::vector<VariableDefinition> env = graph_.model.env;
    merge_variables(env, instance.run.env);
    for (const VariableDefinition& variable : env) view.env.emplace_back(variable.name.text, text(variable.value));
    resources(view, instance);
    for (const EndpointDefinition& endpoint : instance.endpoints) {
      EndpointView shown;
      shown.name = endpoint.name.text;
      shown.protocol = protocol_of(endpoint, component.runtime);
      if (endpoint.signature) shown.signature = endpoint.signature->value;
      shown.port = port(endpoint, instance);
      if (endpoint.path) shown.path = endpoint.path->value;
      shown.listen = listen_of(endpoint);
      view.endpoints.push_back(std::move(shown));
    }
    for (const PortDefinition& one : instance.run.ports)
      view.ports.emplace_back(one.name.text, port(instance, one.name.text, one.port));
    if (component.has_system_port() && find_named(instance.run.ports, "system") == nullptr)
      view.ports.emplace_back("system", "auto");
    if (instance.run.ready) view.ready = as_written(*instance.run.ready);
    if (instance.run.live) view.live = as_written(*instance.run.live);
    policies(view, instance);
    return view;
  }

  void resources(ComponentView& view, const Instance& instance) {
    const ResourcesDefinition& resources = *instance.run.resources;
    if (resources.cpus) {
      const std::string written = text(resources.cpus->text);
      if (const auto whole = parse_integer(written)) {
        view.cpus = *whole;
      } else if (const auto number = parse_number(written)) {
        view.cpus = *number;
      } else {
        view.cpus = json_string(written);
      }
    }
    if (resources.memory) view.memory = json_string(text(resources.memory->text));
    for (const UlimitDefinition& limit : resources.ulimits) {
      view.ulimits.emplace_back(limit.name.text, text(limit.value.text));
    }
    std::ranges::sort(view.ulimits);  // what sets them does not count, nor in which order
    if (!resources.gpus) return;
    if (!instance.gpu_count) {
      view.gpus = json_string(text(resources.gpus->values.front().text));
    } else if (resources.gpus->is_list) {
      view.gpus = boost::json::array(instance.gpu_ids.begin(), instance.gpu_ids.end());
    } else {
      view.gpus = *instance.gpu_count;
    }
  }

  void policies(ComponentView& view, const Instance& instance) {
    const RestartDefinition& restart = *instance.run.restart;
    view.restart = boost::json::object{{"policy", json_string(word(restart.policy.value_or(RestartMode::OnFailure)))},
                                       {"max", restart.max.value_or(5)},
                                       {"window", json_string(restart.window.value_or("10m"))},
                                       {"backoff", json_string(restart.backoff.value_or("1s"))},
                                       {"backoff_max", json_string(restart.backoff_max.value_or("60s"))}};
    const StopDefinition& stop = *instance.run.stop;
    const std::string_view grace = instance.component->runtime == RuntimeKind::Dynamo ? "60s" : "10s";
    view.stop = boost::json::object{{"signal", json_string(word(stop.signal.value_or(StopSignal::Term)))},
                                    {"grace", json_string(stop.grace ? text(stop.grace->text) : std::string(grace))}};
  }

  const CheckedGraph& graph_;
  const Workspace& workspace_;
  EvaluationScope scope_;
};

}  // namespace

bool servable(const SpecModel& spec, const Catalog& catalog) {
  const auto has_default = [](const ParamDefinition& param) { return param.default_value.has_value(); };
  const auto runs = [&](const Slot& slot) {
    return std::all_of(slot.defaults.begin(), slot.defaults.end(), [&](const DefaultComponent& one) {
      const auto& params = catalog.component(one.component).params;
      return std::all_of(params.begin(), params.end(), has_default);
    });
  };
  const auto filled = [&](const Slot& slot) {
    return !slot.broken && (!slot.defaults.empty() || slot.may_be_empty()) && runs(slot);
  };
  return spec.sound && std::all_of(spec.slots.begin(), spec.slots.end(), filled) &&
         std::all_of(spec.sidecars.begin(), spec.sidecars.end(), filled) &&
         std::all_of(spec.params.begin(), spec.params.end(), has_default);
}

GraphList list_graphs(const Workspace& workspace, const NamedDefinition* only) {
  GraphList result;
  result.file = workspace.target().file;
  for (const CheckedGraph& graph : workspace.graphs()) {
    Viewer viewer(graph, workspace);
    GraphSummary summary;
    summary.name = graph.model.name;
    summary.spec = graph.model.spec->definition->name;
    summary.name_space = graph.model.name_space;
    summary.entry = graph.model.spec->entry ? graph.model.spec->entry->text : "";
    for (const BoundSlot& slot : graph.model.slots) summary.slots.push_back(viewer.slot(slot, false));
    for (const BoundSlot& slot : graph.model.sidecars) summary.sidecars.push_back(viewer.slot(slot, false));
    const GpuNeed need = gpu_need(graph.values);
    const bool known = std::all_of(graph.values.instances.begin(), graph.values.instances.end(),
                                   [](const Instance& one) { return one.gpu_count && one.replicas; });
    summary.gpus = known ? ReplicaRange{need.min, need.max} : unknown_range;
    result.graphs.push_back(std::move(summary));
  }
  for (std::size_t index = 0; index < workspace.spec().specs.size(); ++index) {
    if (only != nullptr && (only->kind != NameKind::Spec || only->index != index)) continue;
    const SpecModel& spec = workspace.specs().model(index);
    result.specs.push_back(
        {spec.definition->name, spec.entry ? spec.entry->text : "", servable(spec, workspace.catalog())});
  }
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(result.graphs.begin(), result.graphs.end(), by_name);
  std::sort(result.specs.begin(), result.specs.end(), by_name);
  return result;
}

GraphView show_graph(const CheckedGraph& graph, const Workspace& workspace) {
  Viewer viewer(graph, workspace);
  GraphView view;
  view.graph = graph.model.name;
  view.spec = graph.model.spec->definition->name;
  view.name_space = graph.model.name_space;
  view.entry = graph.model.spec->entry ? graph.model.spec->entry->text : "";
  view.params = viewer.params(graph.model.spec->params, graph.values.graph);
  for (const BoundSlot& slot : graph.model.slots) {
    view.slots.push_back(viewer.slot(slot, true));
    const auto level = graph.wired.levels.find(slot.name);
    if (level != graph.wired.levels.end()) view.slots.back().level = level->second;
  }
  for (const BoundSlot& slot : graph.model.sidecars) view.sidecars.push_back(viewer.slot(slot, true));
  for (const Connection& connection : graph.wired.connections) {
    Edge edge;
    edge.from = connection.instance->slot->name;
    edge.component = connection.instance->component->definition->name;
    edge.client = connection.client->definition.name.text;
    edge.type = workspace.catalog().name_of(connection.client->type);
    edge.arity = connection.client->definition.arity;
    edge.wait = connection.client->waits();
    edge.on_restart = connection.client->on_restart();
    edge.to = connection.targets;
    edge.how = connection.how;
    view.edges.push_back(std::move(edge));
  }
  return view;
}

}  // namespace dynamo
