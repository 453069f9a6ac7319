#include "cli/graphs/graph_json.h"

#include "cli/text/json_text.h"
#include "proto/json.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <iterator>
#include <utility>

namespace dynamo {
namespace {

namespace json = boost::json;

/// Null where it is not known.
json::object range_json(const ReplicaRange& range) {
  if (range.min < 0) return {{"min", nullptr}, {"max", nullptr}};
  return {{"min", range.min}, {"max", range.max}};
}

json::object values_json(const NamedValues& values) {
  json::object result;
  for (const auto& [name, value] : values) result[name] = value;
  return result;
}

json::object texts_json(const NamedTexts& texts) {
  json::object result;
  for (const auto& [name, text] : texts) result[name] = json_string(text);
  return result;
}

json::value optional_json(const std::optional<std::string>& text) {
  return text ? json_string(*text) : json::value(nullptr);
}

json::object brief_component_json(const ComponentView& component) {
  json::object result;
  result["component"] = json_string(component.component);
  result["replicas"] = range_json(component.replicas);
  return result;
}

json::object endpoint_json(const EndpointView& endpoint) {
  json::object result;
  result["protocol"] = json_string(word(endpoint.protocol));
  result["sig"] = optional_json(endpoint.signature);
  result["port"] = endpoint.port;
  result["path"] = optional_json(endpoint.path);
  result["listen"] = json_string(word(endpoint.listen));
  return result;
}

json::object component_json(const ComponentView& component) {
  json::object resources;
  resources["cpus"] = component.cpus;
  resources["memory"] = component.memory;
  resources["gpus"] = component.gpus;
  if (!component.ulimits.empty()) resources["ulimits"] = texts_json(component.ulimits);
  json::object endpoints;
  for (const EndpointView& endpoint : component.endpoints) endpoints[endpoint.name] = endpoint_json(endpoint);

  json::object result;
  result["component"] = json_string(component.component);
  result["runtime"] = json_string(word(component.runtime));
  result["replicas"] = range_json(component.replicas);
  result["command"] = strings_json(component.command);
  result["cwd"] = optional_json(component.cwd);
  result["params"] = values_json(component.params);
  result["env"] = texts_json(component.env);
  result["resources"] = std::move(resources);
  result["endpoints"] = std::move(endpoints);
  result["ports"] = values_json(component.ports);
  result["ready"] = component.ready;
  result["live"] = component.live;
  result["restart"] = component.restart;
  result["stop"] = component.stop;
  return result;
}

json::object slot_json(const SlotView& slot, bool whole, bool sidecar) {
  json::array components;
  for (const ComponentView& component : slot.components) {
    components.push_back(whole ? component_json(component) : brief_component_json(component));
  }
  json::object result;
  result["name"] = json_string(slot.name);
  result["type"] = json_string(slot.type);
  result["arity"] = json_string(word(slot.arity));
  result["components"] = std::move(components);
  if (sidecar) {
    result["start"] = json_string(word(slot.start));
    result["on_failure"] = json_string(word(slot.on_failure));
    result["where"] = strings_json(slot.where);
  }
  return result;
}

json::array slots_json(const std::vector<SlotView>& slots, bool whole, bool sidecars) {
  json::array result;
  for (const SlotView& slot : slots) result.push_back(slot_json(slot, whole, sidecars));
  return result;
}

json::object edge_json(const Edge& edge) {
  json::object result;
  result["from"] = json_string(edge.from);
  result["component"] = json_string(edge.component);
  result["client"] = json_string(edge.client);
  result["type"] = json_string(edge.type);
  result["arity"] = json_string(word(edge.arity));
  result["wait"] = edge.wait;
  if (edge.on_restart != OnRestart::Notify) result["on_restart"] = json_string(word(edge.on_restart));
  result["to"] = strings_json(edge.to);
  result["how"] = json_string(word(edge.how));
  return result;
}

json::value port_json(const PortWish& port) { return port.number ? json::value(*port.number) : json::value("auto"); }

json::object process_json(const Plan& plan, const PlannedProcess& process) {
  json::object ports;
  for (const PlannedEndpoint& endpoint : process.endpoints) {
    if (endpoint.port) ports[endpoint.name] = port_json(*endpoint.port);
  }
  for (const PlannedPort& port : process.ports) ports[port.name] = port_json(port.port);
  json::array command;
  for (const Template& text : process.command) command.push_back(json_string(text.as_written()));
  json::object env;
  for (const Variable& variable : process.env) env[variable.name] = json_string(variable.value.as_written());
  const PlannedSlot* slot = plan.find_slot(process.slot);

  json::object result;
  result["id"] = json_string(process.id());
  result["slot"] = json_string(process.slot);
  result["component"] = json_string(process.component);
  result["replica"] = process.replica;
  result["phase"] = json_string(word(slot != nullptr ? slot->phase : Phase::Level));
  result["level"] = slot != nullptr ? to_json(slot->level) : json::value(nullptr);
  result["gpus"] = to_json(process.gpus);
  result["ports"] = std::move(ports);
  result["command"] = std::move(command);
  result["env"] = std::move(env);
  result["waits_for"] = slot != nullptr ? strings_json(slot->waits_for) : json::array();
  return result;
}

json::object setting_json(const Setting& setting) {
  json::object result;
  result["value"] = json_string(setting.value);
  result["by"] = json_string(setting.by);
  result["file"] = setting.at.line > 0 ? json_string(setting.at.file) : json::value(nullptr);
  result["line"] = setting.at.line > 0 ? json::value(setting.at.line) : json::value(nullptr);
  result["column"] = setting.at.line > 0 ? json::value(setting.at.column) : json::value(nullptr);
  return result;
}

/// {"path", and of the last setting "value", "by", "file", "line", "column", "over": [weaker ones, strongest first]}
json::object origin_json(const Origin& origin) {
  json::object result;
  result["path"] = json_string(origin.path);
  for (auto& [key, value] : setting_json(origin.settings.back())) result[key] = std::move(value);
  json::array over;
  for (auto weaker = std::next(origin.settings.rbegin()); weaker != origin.settings.rend(); ++weaker) {
    over.push_back(setting_json(*weaker));
  }
  result["over"] = std::move(over);
  return result;
}

}  // namespace

json::object list_json(const GraphList& list) {
  json::array graphs;
  for (const GraphSummary& graph : list.graphs) {
    json::object one;
    one["name"] = json_string(graph.name);
    one["spec"] = json_string(graph.spec);
    one["namespace"] = json_string(graph.name_space);
    one["entry"] = json_string(graph.entry);
    one["slots"] = slots_json(graph.slots, false, false);
    one["sidecars"] = slots_json(graph.sidecars, false, true);
    one["gpus"] = range_json(graph.gpus);
    graphs.push_back(std::move(one));
  }
  json::array specs;
  for (const SpecSummary& spec : list.specs) {
    json::object one;
    one["name"] = json_string(spec.name);
    one["entry"] = json_string(spec.entry);
    one["servable"] = spec.servable;
    specs.push_back(std::move(one));
  }
  json::object result;
  result["format_version"] = "1.0";
  result["file"] = json_string(list.file);
  result["graphs"] = std::move(graphs);
  result["specs"] = std::move(specs);
  return result;
}

json::object show_json(const GraphView& graph) {
  json::array edges;
  for (const Edge& edge : graph.edges) edges.push_back(edge_json(edge));
  json::object result;
  result["format_version"] = "1.0";
  result["graph"] = json_string(graph.graph);
  result["spec"] = json_string(graph.spec);
  result["namespace"] = json_string(graph.name_space);
  result["entry"] = json_string(graph.entry);
  result["params"] = values_json(graph.params);
  result["slots"] = slots_json(graph.slots, true, false);
  result["sidecars"] = slots_json(graph.sidecars, true, true);
  result["edges"] = std::move(edges);
  if (!graph.origins.empty()) {
    json::array origins;
    for (const Origin& origin : graph.origins) origins.push_back(origin_json(origin));
    result["origins"] = std::move(origins);
  }
  return result;
}

json::object plan_json(const Plan& plan) {
  json::object gpus;
  gpus["visible"] = to_json(plan.gpus_visible);
  gpus["needed"] = plan.gpus_needed;
  json::array processes;
  for (const PlannedProcess& process : plan.processes) processes.push_back(process_json(plan, process));
  json::object result;
  result["format_version"] = "1.0";
  result["graph"] = json_string(plan.graph);
  result["namespace"] = json_string(plan.name_space);
  result["entry"] = json_string(plan.entry);
  result["address"] = optional_json(entry_address(plan, false));
  result["levels"] = plan.levels;
  result["gpus"] = std::move(gpus);
  result["processes"] = std::move(processes);
  return result;
}

std::optional<std::string> entry_address(const Plan& plan, bool with_path) {
  for (const PlannedProcess& process : plan.processes) {
    if (process.slot != plan.entry) continue;
    for (const PlannedEndpoint& endpoint : process.endpoints) {
      if (endpoint.protocol == Protocol::Dyn) {
        return fmt::format("dyn://{}.{}.{}", plan.name_space, process.slot, endpoint.name);
      }
      if (!endpoint.port || !endpoint.port->number) continue;
      return fmt::format("{}://127.0.0.1:{}{}", word(endpoint.protocol), *endpoint.port->number,
                         with_path ? endpoint.path : "");
    }
  }
  return std::nullopt;
}

}  // namespace dynamo
