#include "graph_loader/wiring.h"

#include "graph_loader/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>

namespace dynamo {
namespace {

class Wirer {
 public:
  Wirer(const GraphModel& model, const GraphValues& values, const Catalog& catalog, DiagnosticSink& sink)
      : model_(model), values_(values), catalog_(catalog), sink_(sink) {}

  WiredGraph run() {
    check_wire_keys();
    for (const Instance& instance : values_.instances) {
      for (const Client& client : instance.component->clients) {
        if (client.type && !catalog_.is_bad(client.type)) connect(instance, client);
      }
    }
    order();
    return std::move(result_);
  }

 private:
  bool conforms(const BoundSlot& slot, const TypeRef& type) const { return catalog_.conforms(slot.type, type); }

  bool all_bound_conform(const BoundSlot& slot, const TypeRef& type) const {
    return !slot.items.empty() && std::all_of(slot.items.begin(), slot.items.end(), [&](const BoundItem& item) {
      return catalog_.conforms(item.component, type);
    });
  }

  void check_wire_keys() {
    for (const auto& [key, wire] : model_.wires) {
      const BoundSlot* slot = model_.find_slot(wire->slot);
      if (slot == nullptr) slot = model_.find_sidecar(wire->slot);
      if (slot == nullptr) {
        auto diagnostic = report(sink_, codes::unknown_wire, wire->key.where,
                                 fmt::format("spec `{}` has no slot `{}`", model_.spec->definition->name, wire->slot));
        diagnostic.in_graph(model_.name);
        suggest_fix(diagnostic, wire->key.where, wire->slot, slot_names(), "its slots are");
        continue;
      }
      if (slot->broken || slot->empty()) continue;
      std::vector<std::string_view> names;
      bool found = false;
      for (const BoundItem& item : slot->items) {
        for (const Client& client : catalog_.component(item.component).clients) {
          names.push_back(client.definition.name.text);
          found = found || client.definition.name.text == wire->client;
        }
      }
      if (found) continue;
      auto diagnostic = report(sink_, codes::unknown_wire, wire->key.where,
                               fmt::format("component `{}` in slot `{}` has no client `{}`",
                                           slot->items.front().use.text, slot->name, wire->client));
      diagnostic.in_graph(model_.name);
      suggest_fix(diagnostic, wire->key.where, wire->client, names, "its clients are");
    }
  }

  std::vector<std::string_view> slot_names() const {
    std::vector<std::string_view> names;
    for (const BoundSlot& slot : model_.slots) names.push_back(slot.name);
    return names;
  }

  std::string client_words(const Instance& instance, const Client& client) const {
    return fmt::format("client `{}` of `{}`", client.definition.name.text, instance.component->definition->name);
  }

  void connect(const Instance& instance, const Client& client) {
    const auto wire = model_.wires.find(fmt::format("{}.{}", instance.slot->name, client.definition.name.text));
    if (wire != model_.wires.end()) {
      connect_by_wire(instance, client, *wire->second);
    } else {
      connect_by_type(instance, client);
    }
  }

  void connect_by_wire(const Instance& instance, const Client& client, const WireDefinition& wire) {
    Connection connection;
    connection.instance = &instance;
    connection.client = &client;
    connection.how = Wiring::Wire;
    bool good = true;
    const auto complain = [&](Code code, Span where, std::string message) {
      good = false;
      auto diagnostic = std::make_unique<DiagnosticBuilder>(sink_, code, where, std::move(message));
      diagnostic->in_graph(model_.name)
          .also(client.definition.type_value, fmt::format("{} is declared here", client_words(instance, client)));
      return diagnostic;
    };
    if (wire.targets.size() > 1 && !client.many()) {
      complain(codes::ambiguous_client, wire.targets[1].where,
               fmt::format("{} takes one provider", client_words(instance, client)))
          ->help(fmt::format("declare it `many {}` to connect it to several", client.definition.type.text));
    }
    for (const WireTarget& target : wire.targets) {
      if (target.kind == WireTarget::Kind::Url) {
        connection.urls.push_back(target.text);
        connection.targets.push_back(target.text);
        continue;
      }
      if (target.kind == WireTarget::Kind::None) {
        if (client.required()) {
          complain(codes::wire_none, target.where,
                   fmt::format("{} is required and cannot be `none`", client_words(instance, client)))
              ->help(fmt::format("declare it `optional {}` in the component", client.definition.type.text));
        }
        continue;
      }
      const BoundSlot* slot = model_.find_slot(target.text);
      if (slot == nullptr && model_.find_sidecar(target.text) != nullptr) {
        complain(codes::wired_to_sidecar, target.where,
                 fmt::format("`{}` is a sidecar, and nothing may depend on a sidecar", target.text))
            ->help("make it a slot of the spec if requests need it");
        continue;
      }
      if (slot == nullptr) {
        auto diagnostic =
            complain(codes::unknown_wire, target.where,
                     fmt::format("spec `{}` has no slot `{}`", model_.spec->definition->name, target.text));
        suggest_fix(*diagnostic, target.where, target.text, slot_names(), "its slots are");
        continue;
      }
      if (slot->broken) continue;
      if (!conforms(*slot, client.type) && !all_bound_conform(*slot, client.type)) {
        complain(codes::wire_type, target.where,
                 fmt::format("slot `{}` does not hold a `{}`", slot->name, client.definition.type.text))
            ->also(slot->where, fmt::format("it takes a `{}`", slot->type_name));
        continue;
      }
      if (slot->empty()) {
        if (client.required()) {
          complain(codes::provider_empty, target.where,
                   fmt::format("slot `{}` is empty, and {} is required", slot->name, client_words(instance, client)));
        }
        continue;
      }
      connection.slots.push_back(slot->name);
      connection.targets.push_back(slot->name);
    }
    if (good) result_.connections.push_back(std::move(connection));
  }

  void connect_by_type(const Instance& instance, const Client& client) {
    std::vector<const BoundSlot*> tier;
    bool other_broken = false;
    for (const BoundSlot& slot : model_.slots) {
      if (&slot == instance.slot) continue;
      other_broken = other_broken || slot.broken;
      if (!slot.type || conforms(slot, client.type)) tier.push_back(&slot);
    }
    const bool declared = !tier.empty();
    if (declared && std::any_of(tier.begin(), tier.end(), [](const BoundSlot* slot) { return slot->broken; })) return;
    if (!declared) {
      if (other_broken) return;
      for (const BoundSlot& slot : model_.slots) {
        if (&slot != instance.slot && all_bound_conform(slot, client.type)) tier.push_back(&slot);
      }
    }
    std::vector<const BoundSlot*> filled;
    for (const BoundSlot* slot : tier) {
      if (!slot->empty()) filled.push_back(slot);
    }
    Connection connection;
    connection.instance = &instance;
    connection.client = &client;
    connection.how = declared ? Wiring::Declared : Wiring::Bound;
    if (filled.empty()) {
      if (client.required()) {
        report_missing(instance, client, tier);
        return;
      }
      connection.how = Wiring::None;
    } else if (!client.many() && filled.size() > 1) {
      const auto named = std::find_if(filled.begin(), filled.end(),
                                      [&](const BoundSlot* slot) { return slot->name == client.definition.name.text; });
      if (named == filled.end()) return report_ambiguous(instance, client, filled);
      filled = {*named};
      connection.how = Wiring::Named;
    }
    for (const BoundSlot* slot : filled) {
      connection.slots.push_back(slot->name);
      connection.targets.push_back(slot->name);
    }
    result_.connections.push_back(std::move(connection));
  }

  void report_missing(const Instance& instance, const Client& client, const std::vector<const BoundSlot*>& tier) {
    if (!tier.empty()) {
      report(sink_, codes::provider_empty, instance.item->use.where,
             fmt::format("{} needs a `{}`, and slot `{}` is empty", client_words(instance, client),
                         client.definition.type.text, tier.front()->name))
          .in_graph(model_.name)
          .also(client.definition.type_value, "required here")
          .also(tier.front()->where, "the slot that would provide it")
          .help(fmt::format("bind a component to `{}`, or declare the client `optional {}`", tier.front()->name,
                            client.definition.type.text));
      return;
    }
    report(sink_, codes::no_provider, instance.item->use.where,
           fmt::format("{} needs a `{}`, and no slot of the graph holds one", client_words(instance, client),
                       client.definition.type.text))
        .in_graph(model_.name)
        .label(fmt::format("in slot `{}`", instance.slot->name))
        .also(client.definition.type_value, "required here")
        .help(fmt::format("use a spec with a slot of type `{0}`, declare the client `optional {0}`, or connect it to "
                          "an address: `wire: {{{1}.{2}: \"http://host:port\"}}`",
                          client.definition.type.text, instance.slot->name, client.definition.name.text));
  }

  void report_ambiguous(const Instance& instance, const Client& client, const std::vector<const BoundSlot*>& slots) {
    std::vector<std::string_view> names;
    for (const BoundSlot* slot : slots) names.push_back(slot->name);
    auto diagnostic = report(sink_, codes::ambiguous_client, instance.item->use.where,
                             fmt::format("{} could be connected to {}", client_words(instance, client), one_of(names)));
    diagnostic.in_graph(model_.name).also(client.definition.type_value, "takes one");
    for (const BoundSlot* slot : slots)
      diagnostic.also(slot->where, fmt::format("holds a `{}`", client.definition.type.text));
    diagnostic.help(fmt::format("choose: `wire: {{{}.{}: {}}}`", instance.slot->name, client.definition.name.text,
                                slots.front()->name));
  }

  // ---- start order ------------------------------------------------------------------------------------

  struct WaitEdge {
    std::string to;
    const Connection* connection;
  };

  void order() {
    std::map<std::string, std::vector<WaitEdge>> edges;
    for (const Connection& connection : result_.connections) {
      if (connection.instance->slot->sidecar || !connection.client->waits()) continue;
      for (const std::string& slot : connection.slots)
        edges[connection.instance->slot->name].push_back({slot, &connection});
    }
    std::set<std::string> done;
    std::vector<std::string> path;
    std::set<std::set<std::string>> told;
    const std::function<int(const std::string&)> visit = [&](const std::string& slot) -> int {
      const auto known = result_.levels.find(slot);
      if (known != result_.levels.end()) return known->second;
      path.push_back(slot);
      int level = 1;
      for (const WaitEdge& edge : edges[slot]) {
        const auto on_path = std::find(path.begin(), path.end(), edge.to);
        if (on_path != path.end()) {
          report_cycle({on_path, path.end()}, edge, told);
          continue;
        }
        level = std::max(level, 1 + visit(edge.to));
      }
      path.pop_back();
      result_.levels[slot] = level;
      return level;
    };
    for (const BoundSlot& slot : model_.slots) {
      if (slot.empty()) continue;
      result_.level_count = std::max(result_.level_count, visit(slot.name));
      auto& waits = result_.waits_for[slot.name];
      for (const BoundSlot& other : model_.slots) {
        const auto& mine = edges[slot.name];
        if (std::any_of(mine.begin(), mine.end(), [&](const WaitEdge& edge) { return edge.to == other.name; }))
          waits.push_back(other.name);
      }
    }
  }

  void report_cycle(const std::vector<std::string>& cycle, const WaitEdge& closing,
                    std::set<std::set<std::string>>& told) {
    if (!told.insert({cycle.begin(), cycle.end()}).second) return;
    std::string chain;
    for (const std::string& slot : cycle) chain += fmt::format("`{}` → ", slot);
    const std::string message = cycle.size() == 1
                                    ? fmt::format("slot `{}` waits for itself", cycle.front())
                                    : fmt::format("slots wait for each other: {}`{}`", chain, cycle.front());
    report(sink_, codes::start_cycle, closing.connection->client->definition.type_value, message)
        .in_graph(model_.name)
        .label(fmt::format("{} closes the cycle",
                           client_words(*closing.connection->instance, *closing.connection->client)))
        .help(fmt::format("let one of them start without the other: `{{type: {}, wait: false}}`",
                          closing.connection->client->definition.type.text));
  }

  const GraphModel& model_;
  const GraphValues& values_;
  const Catalog& catalog_;
  DiagnosticSink& sink_;
  WiredGraph result_;
};

}  // namespace

const Connection* WiredGraph::find(const Instance& instance, std::string_view client) const {
  for (const Connection& one : connections) {
    if (one.instance == &instance && one.client->definition.name.text == client) return &one;
  }
  return nullptr;
}

WiredGraph wire(const GraphModel& model, const GraphValues& values, const Catalog& catalog, DiagnosticSink& sink) {
  return Wirer(model, values, catalog, sink).run();
}

}  // namespace dynamo
