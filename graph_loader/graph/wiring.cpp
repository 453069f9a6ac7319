#include "graph_loader/graph/wiring.h"

#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace dynamo {
namespace {

class Wirer {
 public:
  Wirer(const GraphModel& model, const GraphValues& values, const Catalog& catalog, DiagnosticSink& sink)
      : model_(model), values_(values), catalog_(catalog), sink_(sink) {}

  WiredGraph run() {
    index_slots();
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
    if (wire != model_.wires.end() && !wire->second->readable) return;  // it was told
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
        if (target.text.find(':') != std::string::npos) {
          diagnostic->help(fmt::format("an address begins with its protocol: `http://{}`", target.text));
        } else {
          suggest_fix(*diagnostic, target.where, target.text, slot_names(), "its slots are");
        }
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
                   fmt::format("slot `{}` is empty, and {} is required", slot->name, client_words(instance, client)))
              ->also(slot->none_where, "left empty here");
        }
        continue;
      }
      connection.slots.push_back(slot->name);
      connection.targets.push_back(slot->name);
    }
    if (good) result_.connections.push_back(std::move(connection));
  }

  /// The slots that a type finds, in order: those that promise it, and those that hold it.
  struct Found {
    std::vector<const BoundSlot*> declared;
    std::vector<const BoundSlot*> bound;
  };

  using Type = std::pair<int, std::size_t>;
  static Type key_of(const TypeRef& type) { return {static_cast<int>(type.kind), type.index}; }

  /// Every slot under every type that finds it: clients then need not look through all slots, each for itself.
  void index_slots() {
    for (const BoundSlot& slot : model_.slots) {
      any_.declared.push_back(&slot);
      if (!slot.empty()) any_.bound.push_back(&slot);
      if (slot.broken) ++broken_slots_;
      if (!slot.type) {
        untyped_.push_back(&slot);
        continue;
      }
      for (const TypeRef& type : catalog_.conforms_to(slot.type)) found_[key_of(type)].declared.push_back(&slot);
    }
    for (const BoundSlot& slot : model_.slots) {
      std::map<Type, std::size_t> items;
      for (const BoundItem& item : slot.items) {
        for (const TypeRef& type : catalog_.conforms_to({TypeRef::Kind::Component, item.component}))
          ++items[key_of(type)];
      }
      for (const auto& [type, count] : items) {
        if (count == slot.items.size()) found_[type].bound.push_back(&slot);
      }
    }
    if (untyped_.empty()) return;
    for (auto& [type, found] : found_) {  // a slot whose type is not known may be of any
      std::vector<const BoundSlot*> all;
      std::merge(found.declared.begin(), found.declared.end(), untyped_.begin(), untyped_.end(),
                 std::back_inserter(all));
      found.declared = std::move(all);
    }
  }

  const Found& found(const TypeRef& type) {
    if (type.kind == TypeRef::Kind::Any) return any_;
    const auto [place, is_new] = found_.try_emplace(key_of(type));
    if (is_new) place->second.declared = untyped_;
    return place->second;
  }

  void connect_by_type(const Instance& instance, const Client& client) {
    const Found& all = found(client.type);
    std::vector<const BoundSlot*> tier;
    const auto others = [&](const std::vector<const BoundSlot*>& slots) {
      std::copy_if(slots.begin(), slots.end(), std::back_inserter(tier),
                   [&](const BoundSlot* slot) { return slot != instance.slot; });
    };
    others(all.declared);
    const bool declared = !tier.empty();
    if (declared && std::any_of(tier.begin(), tier.end(), [](const BoundSlot* slot) { return slot->broken; })) return;
    if (!declared) {
      if (broken_slots_ > (instance.slot->broken && !instance.slot->sidecar ? 1U : 0U)) return;
      others(all.bound);
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
    if (!afford(filled.size(), client)) return;
    result_.connections.push_back(std::move(connection));
  }

  /// Many clients of many slots: a few lines can ask for millions of connections.
  bool afford(std::size_t connections, const Client& client) {
    constexpr std::size_t most = 500'000;
    const bool told = connected_ > most;
    connected_ += connections;
    if (connected_ <= most) return true;
    if (!told) {
      report(sink_, codes::too_large, client.definition.type_value,
             fmt::format("graph `{}` has more than {} connections", model_.name, most))
          .in_graph(model_.name);
    }
    return false;
  }

  void report_missing(const Instance& instance, const Client& client, const std::vector<const BoundSlot*>& tier) {
    if (!tier.empty()) {
      report(sink_, codes::provider_empty, instance.item->use.where,
             fmt::format("{} needs a `{}`, and slot `{}` is empty", client_words(instance, client),
                         client.definition.type.text, tier.front()->name))
          .in_graph(model_.name)
          .also(client.definition.type_value, "required here")
          .also(tier.front()->none_where ? tier.front()->none_where : tier.front()->where,
                tier.front()->none_where ? "left empty here" : "the slot that would provide it")
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
    for (const BoundSlot* slot : slots) {
      const BoundItem& item = slot->items.front();
      diagnostic.also(item.by_default ? slot->where : item.use.where,
                      fmt::format("slot `{}` holds a `{}`", slot->name, client.definition.type.text));
    }
    diagnostic.help(fmt::format("choose: `wire: {{{}.{}: {}}}`", instance.slot->name, client.definition.name.text,
                                slots.front()->name));
  }

  // ---- start order ------------------------------------------------------------------------------------

  struct SlotEdge {
    std::string to;
    const Connection* connection;
  };

  /// The slots, and who of them needs whom in one way.
  struct Walk {
    std::map<std::string, std::vector<SlotEdge>> edges;
    std::map<std::string, int>& levels;  ///< 1: it needs nobody
    void (Wirer::*report_cycle)(const std::vector<std::string>& cycle, const SlotEdge& closing);
    std::set<std::set<std::string>> told = {};
  };

  template <class Wanted>
  [[nodiscard]] std::map<std::string, std::vector<SlotEdge>> edges_of(Wanted wanted) const {
    std::map<std::string, std::vector<SlotEdge>> edges;
    for (const Connection& connection : result_.connections) {
      if (connection.instance->slot->sidecar || !wanted(*connection.client)) continue;
      for (const std::string& slot : connection.slots)
        edges[connection.instance->slot->name].push_back({slot, &connection});
    }
    return edges;
  }

  static bool waits(const Client& client) { return client.waits(); }
  static bool restarts(const Client& client) { return client.on_restart() == OnRestart::Restart; }

  void order() {
    Walk walk{edges_of(waits), result_.levels, &Wirer::report_start_cycle};
    for (const BoundSlot& slot : model_.slots) {
      if (slot.empty()) continue;
      visit(slot.name, walk);
      result_.level_count = std::max(result_.level_count, result_.levels[slot.name]);
      std::vector<std::size_t> places;
      for (const SlotEdge& edge : walk.edges[slot.name]) {
        const BoundSlot* to = model_.find_slot(edge.to);
        if (to != nullptr) places.push_back(static_cast<std::size_t>(to - model_.slots.data()));
      }
      std::sort(places.begin(), places.end());
      places.erase(std::unique(places.begin(), places.end()), places.end());
      auto& waits = result_.waits_for[slot.name];
      for (const std::size_t place : places) waits.push_back(model_.slots[place].name);
    }

    std::map<std::string, int> ignored;
    Walk restarting{edges_of(restarts), ignored, &Wirer::report_restart_cycle};
    for (const BoundSlot& slot : model_.slots) visit(slot.name, restarting);
  }

  /// Depth first, without recursion: a chain may be as long as the list of slots.
  void visit(const std::string& first, Walk& walk) {
    struct Step {
      std::string slot;
      std::size_t next = 0;
      int level = 1;
    };
    if (walk.levels.count(first) != 0) return;
    std::vector<Step> path = {{first}};
    std::map<std::string, std::size_t> on_path = {{first, 0}};
    while (!path.empty()) {
      Step& step = path.back();
      const std::vector<SlotEdge>& mine = walk.edges[step.slot];
      if (step.next == mine.size()) {
        const int level = step.level;
        walk.levels[step.slot] = level;
        on_path.erase(step.slot);
        path.pop_back();
        if (!path.empty()) path.back().level = std::max(path.back().level, 1 + level);
        continue;
      }
      const SlotEdge& edge = mine[step.next++];
      const auto known = walk.levels.find(edge.to);
      if (known != walk.levels.end()) {
        step.level = std::max(step.level, 1 + known->second);
        continue;
      }
      const auto [place, is_new] = on_path.emplace(edge.to, path.size());
      if (is_new) {
        path.push_back({edge.to});
        continue;
      }
      std::vector<std::string> cycle;
      for (std::size_t index = place->second; index < path.size(); ++index) cycle.push_back(path[index].slot);
      if (walk.told.insert({cycle.begin(), cycle.end()}).second) (this->*walk.report_cycle)(cycle, edge);
    }
  }

  /// The first client of that kind by which a slot is connected to another.
  [[nodiscard]] const Connection* connection_between(std::string_view from, std::string_view to,
                                                     bool (*wanted)(const Client&)) const {
    for (const Connection& one : result_.connections) {
      if (one.instance->slot->name == from && wanted(*one.client) &&
          std::find(one.slots.begin(), one.slots.end(), to) != one.slots.end()) {
        return &one;
      }
    }
    return nullptr;
  }

  /// "`a` → `b` → `a`"
  static std::string chain_words(const std::vector<std::string>& cycle) {
    return fmt::format("`{}` → `{}`", fmt::join(cycle, "` → `"), cycle.front());
  }

  void report_start_cycle(const std::vector<std::string>& cycle, const SlotEdge& closing) {
    const std::string message = cycle.size() == 1 ? fmt::format("slot `{}` waits for itself", cycle.front())
                                                  : "slots wait for each other: " + chain_words(cycle);
    auto diagnostic = report(sink_, codes::start_cycle, closing.connection->client->definition.type_value, message);
    diagnostic.in_graph(model_.name)
        .label(fmt::format("{} closes the cycle",
                           client_words(*closing.connection->instance, *closing.connection->client)))
        .help(fmt::format("let one of them start without the other: `{{type: {}, wait: false}}`",
                          closing.connection->client->definition.type.text));
    for (std::size_t at = 0; at + 1 < cycle.size(); ++at) {
      if (const Connection* waiting = connection_between(cycle[at], cycle[at + 1], waits)) {
        diagnostic.also(waiting->client->definition.type_value,
                        fmt::format("`{}` waits for `{}`", cycle[at], cycle[at + 1]));
      }
    }
  }

  void report_restart_cycle(const std::vector<std::string>& cycle, const SlotEdge& closing) {
    const std::string message = cycle.size() == 1
                                    ? fmt::format("slot `{}` restarts itself without an end", cycle.front())
                                    : "slots restart each other without an end: " + chain_words(cycle);
    auto diagnostic =
        report(sink_, codes::restart_cycle, closing.connection->client->definition.on_restart->where, message);
    diagnostic.in_graph(model_.name)
        .label(fmt::format("{} closes the cycle",
                           client_words(*closing.connection->instance, *closing.connection->client)))
        .help("let one of them go on: `on_restart: notify`, which is the default");
    for (std::size_t at = 0; at + 1 < cycle.size(); ++at) {
      if (const Connection* restarting = connection_between(cycle[at], cycle[at + 1], restarts)) {
        diagnostic.also(restarting->client->definition.on_restart->where,
                        fmt::format("`{}` restarts with `{}`", cycle[at], cycle[at + 1]));
      }
    }
  }

  const GraphModel& model_;
  const GraphValues& values_;
  const Catalog& catalog_;
  DiagnosticSink& sink_;
  WiredGraph result_;
  std::map<Type, Found> found_;
  Found any_;
  std::vector<const BoundSlot*> untyped_;
  std::size_t broken_slots_ = 0;
  std::size_t connected_ = 0;
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
