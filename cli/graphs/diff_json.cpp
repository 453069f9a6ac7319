#include "cli/graphs/diff_json.h"

#include "cli/text/json_text.h"

#include <boost/json/array.hpp>

#include <utility>

namespace dynamo {
namespace {

namespace json = boost::json;

json::object side_json(const DiffSide& side) {
  return {{"file", json_string(side.file)},
          {"overlays", strings_json(side.overlays)},
          {"overrides", strings_json(side.overrides)},
          {"graph", json_string(side.graph.graph)},
          {"spec", json_string(side.graph.spec)},
          {"namespace", json_string(side.graph.name_space)},
          {"entry", json_string(side.graph.entry)}};
}

json::value component_or_null(const std::string& component) {
  return component.empty() ? json::value(nullptr) : json_string(component);
}

json::array values_json(const std::vector<ValueChange>& values) {
  json::array result;
  for (const ValueChange& value : values) {
    result.push_back(json::object{{"component", component_or_null(value.component)},
                                  {"path", json_string(value.path)},
                                  {"before", value.before},
                                  {"after", value.after},
                                  {"restart", value.restart}});
  }
  return result;
}

json::array clients_json(const std::vector<ClientChange>& clients) {
  json::array result;
  for (const ClientChange& client : clients) {
    result.push_back(json::object{{"component", json_string(client.component)},
                                  {"client", json_string(client.client)},
                                  {"before", strings_json(client.before)},
                                  {"after", strings_json(client.after)},
                                  {"restart", client.restart}});
  }
  return result;
}

json::array bound_json(const std::vector<BoundComponent>& components) {
  json::array result;
  for (const BoundComponent& one : components) {
    json::value replicas;
    if (one.replicas.min >= 0) replicas = json::object{{"min", one.replicas.min}, {"max", one.replicas.max}};
    result.push_back(json::object{{"component", json_string(one.component)}, {"replicas", std::move(replicas)}});
  }
  return result;
}

json::value effect_json(const ReplicaEffect& effect) {
  if (!effect.known) return nullptr;
  return json::object{
      {"kept", effect.kept}, {"restarted", effect.restarted}, {"started", effect.started}, {"stopped", effect.stopped}};
}

json::array slots_json(const std::vector<SlotDiff>& slots, bool sidecars) {
  json::array result;
  for (const SlotDiff& slot : slots) {
    if (slot.sidecar != sidecars) continue;
    json::object one;
    one["name"] = json_string(slot.name);
    one["change"] = json_string(word(slot.change));
    one["before"] = bound_json(slot.before);
    one["after"] = bound_json(slot.after);
    one["values"] = values_json(slot.values);
    one["clients"] = clients_json(slot.clients);
    one["replicas"] = effect_json(slot.replicas);
    one["restart_because"] = strings_json(slot.restart_because);
    result.push_back(std::move(one));
  }
  return result;
}

}  // namespace

json::object diff_json(const GraphDiff& diff, const DiffSide& before, const DiffSide& after) {
  json::object result;
  result["format_version"] = "1.0";
  result["same"] = diff.same();
  result["before"] = side_json(before);
  result["after"] = side_json(after);
  result["values"] = values_json(diff.graph);
  result["slots"] = slots_json(diff.slots, false);
  result["sidecars"] = slots_json(diff.slots, true);
  result["replicas"] = effect_json(diff.replicas);
  return result;
}

}  // namespace dynamo
