#include "graph_loader/views/graph_diff.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace dynamo {
namespace {

namespace json = boost::json;

json::string json_string(std::string_view text) { return json::string(text.data(), text.size()); }

json::object object_of(const NamedValues& values) {
  json::object result;
  for (const auto& [name, value] : values) result[name] = value;
  return result;
}

/// 4 and 4.0 are one number.
bool equal(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
  return a == b;
}

/// Collects the values that differ.
class Comparison {
 public:
  Comparison(std::vector<ValueChange>& changes, std::string component)
      : changes_(changes), component_(std::move(component)) {}

  void value(const std::string& path, const json::value& before, const json::value& after, bool restart) {
    if (!equal(before, after)) changes_.push_back({component_, path, before, after, restart});
  }

  /// Key by key, the keys of both in their order; what is below a key is compared as a whole unless `deep`.
  void object(const std::string& path, const json::object& before, const json::object& after, bool restart,
              bool deep = false) {
    const auto compare = [&](std::string_view key, const json::value& old_one, const json::value& new_one) {
      const std::string below = path + "." + std::string(key);
      if (deep && old_one.is_object() && new_one.is_object()) {
        object(below, old_one.get_object(), new_one.get_object(), restart, true);
      } else {
        value(below, old_one, new_one, restart);
      }
    };
    for (const auto& [key, old_one] : before) {
      const json::value* new_one = after.if_contains(key);
      compare({key.data(), key.size()}, old_one, new_one != nullptr ? *new_one : json::value(nullptr));
    }
    for (const auto& [key, new_one] : after) {
      if (!before.contains(key)) compare({key.data(), key.size()}, nullptr, new_one);
    }
  }

  /// A mapping, or null.
  void policy(const std::string& path, const json::value& before, const json::value& after) {
    if (before.is_object() && after.is_object()) {
      object(path, before.get_object(), after.get_object(), false, true);
    } else {
      value(path, before, after, false);
    }
  }

 private:
  std::vector<ValueChange>& changes_;
  std::string component_;
};

json::value range_value(const ReplicaRange& range) {
  if (range.min < 0) return nullptr;
  return json::object{{"min", range.min}, {"max", range.max}};
}

json::value optional_text(const std::optional<std::string>& text) {
  return text ? json::value(json_string(*text)) : json::value(nullptr);
}

json::value list_of(const std::vector<std::string>& texts) {
  json::array result;
  for (const std::string& text : texts) result.push_back(json_string(text));
  return result;
}

json::object object_of(const NamedTexts& texts) {
  json::object result;
  for (const auto& [name, text] : texts) result[name] = json_string(text);
  return result;
}

void compare_endpoints(Comparison& comparison, const ComponentView& before, const ComponentView& after) {
  const auto find = [](const ComponentView& component, const std::string& name) -> const EndpointView* {
    for (const EndpointView& endpoint : component.endpoints) {
      if (endpoint.name == name) return &endpoint;
    }
    return nullptr;
  };
  for (const EndpointView& old_one : before.endpoints) {
    const std::string path = "endpoints." + old_one.name;
    const EndpointView* new_one = find(after, old_one.name);
    if (new_one == nullptr) {
      comparison.value(path, json_string(word(old_one.protocol)), nullptr, true);
      continue;
    }
    comparison.value(path + ".protocol", json_string(word(old_one.protocol)), json_string(word(new_one->protocol)),
                     true);
    comparison.value(path + ".sig", optional_text(old_one.signature), optional_text(new_one->signature), false);
    comparison.value(path + ".port", old_one.port, new_one->port, true);
    // Only clients see it, as a part of the address.
    comparison.value(path + ".path", optional_text(old_one.path), optional_text(new_one->path), false);
    comparison.value(path + ".listen", json_string(word(old_one.listen)), json_string(word(new_one->listen)), true);
  }
  for (const EndpointView& new_one : after.endpoints) {
    if (find(before, new_one.name) == nullptr) {
      comparison.value("endpoints." + new_one.name, nullptr, json_string(word(new_one.protocol)), true);
    }
  }
}

void compare_components(Comparison comparison, const ComponentView& before, const ComponentView& after) {
  comparison.value("runtime", json_string(word(before.runtime)), json_string(word(after.runtime)), true);
  comparison.value("replicas", range_value(before.replicas), range_value(after.replicas), false);
  // Params reach a process through what refers to them, which is compared with their values filled in.
  comparison.object("params", object_of(before.params), object_of(after.params), false);
  comparison.value("command", list_of(before.command), list_of(after.command), true);
  comparison.value("cwd", optional_text(before.cwd), optional_text(after.cwd), true);
  comparison.object("env", object_of(before.env), object_of(after.env), true);
  comparison.value("resources.cpus", before.cpus, after.cpus, false);
  comparison.value("resources.memory", before.memory, after.memory, false);
  comparison.value("resources.gpus", before.gpus, after.gpus, true);
  comparison.object("resources.ulimits", object_of(before.ulimits), object_of(after.ulimits), true);
  compare_endpoints(comparison, before, after);
  comparison.object("ports", object_of(before.ports), object_of(after.ports), true);
  comparison.policy("ready", before.ready, after.ready);
  comparison.policy("live", before.live, after.live);
  comparison.policy("restart", before.restart, after.restart);
  comparison.policy("stop", before.stop, after.stop);
}

/// `${clients.NAME}`, `${clients.NAME.ENDPOINT}`, `${clients.NAME:-text}`.
bool names_client(const std::string& text, const std::string& client) {
  const std::string reference = "${clients." + client;
  for (std::size_t at = text.find(reference); at != std::string::npos; at = text.find(reference, at + 1)) {
    const std::size_t end = at + reference.size();
    if (end < text.size() && (text[end] == '}' || text[end] == '.' || text[end] == ':')) return true;
  }
  return false;
}

bool names_client(const ComponentView& component, const std::string& client) {
  const auto in = [&](const std::string& text) { return names_client(text, client); };
  return std::any_of(component.command.begin(), component.command.end(), in) || (component.cwd && in(*component.cwd)) ||
         std::any_of(component.env.begin(), component.env.end(), [&](const auto& one) { return in(one.second); });
}

/// A component of a slot, and the number of its first replica, where that is known.
struct Item {
  const ComponentView* view = nullptr;
  std::optional<int> first;
};

std::vector<Item> items_of(const SlotView* slot) {
  std::vector<Item> result;
  if (slot == nullptr) return result;
  std::optional<int> next = 0;
  for (const ComponentView& component : slot->components) {
    result.push_back({&component, next});
    if (component.replicas.max < 0) next.reset();
    if (next) *next += component.replicas.max;
  }
  return result;
}

/// A sidecar may be for `deploy` only.
bool runs(const SlotView* slot) {
  return slot != nullptr && !slot->components.empty() &&
         (slot->where.empty() || std::find(slot->where.begin(), slot->where.end(), "serve") != slot->where.end());
}

/// The edges of a graph by slot and component, in the order of the clients.
class EdgeIndex {
 public:
  explicit EdgeIndex(const GraphView& graph) {
    for (const Edge& edge : graph.edges) edges_[{edge.from, edge.component}].push_back(&edge);
  }
  [[nodiscard]] const std::vector<const Edge*>& of(const std::string& slot, const std::string& component) const {
    static const std::vector<const Edge*> none;
    const auto found = edges_.find({slot, component});
    return found != edges_.end() ? found->second : none;
  }
  [[nodiscard]] const Edge* find(const std::string& slot, const std::string& component,
                                 const std::string& client) const {
    for (const Edge* edge : of(slot, component)) {
      if (edge->client == client) return edge;
    }
    return nullptr;
  }

 private:
  std::map<std::pair<std::string_view, std::string_view>, std::vector<const Edge*>> edges_;
};

class SlotComparison {
 public:
  SlotComparison(const GraphView& before, const GraphView& after, bool everything_restarts)
      : before_(before), after_(after), everything_restarts_(everything_restarts) {}

  /// One of the slots may be null: there is none of that name.
  SlotDiff run(const SlotView* before, const SlotView* after, bool sidecar) {
    diff_ = {};
    diff_.name = (after != nullptr ? after : before)->name;
    diff_.sidecar = sidecar;
    runs_before_ = runs(before);
    runs_after_ = runs(after);
    std::vector<Item> old_items = items_of(before);
    const std::vector<Item> new_items = items_of(after);
    diff_.before = bound(old_items);
    diff_.after = bound(new_items);
    if (old_items.empty() || new_items.empty()) {
      for (const Item& item : old_items) count(item.view, nullptr, false);
      for (const Item& item : new_items) count(nullptr, item.view, false);
      if (!old_items.empty()) diff_.change = SlotChange::Removed;
      if (!new_items.empty()) diff_.change = SlotChange::Added;
      return std::move(diff_);
    }
    compare_slots(*before, *after, sidecar);
    if (everything_restarts_) diff_.restart_because.emplace_back("namespace");
    if (old_items.size() == 1 && new_items.size() == 1) {
      compare_items(old_items.front(), new_items.front());
    } else {
      for (const Item& item : new_items) compare_items(take(old_items, item.view->component), item);
      for (const Item& item : old_items) {
        if (item.view != nullptr) compare_items(item, {});
      }
    }
    diff_.change = change();
    return std::move(diff_);
  }

 private:
  static std::vector<BoundComponent> bound(const std::vector<Item>& items) {
    std::vector<BoundComponent> result;
    for (const Item& item : items) result.push_back({item.view->component, item.view->replicas});
    return result;
  }

  /// The first one with this name that has no counterpart yet.
  static Item take(std::vector<Item>& items, const std::string& component) {
    for (Item& item : items) {
      if (item.view != nullptr && item.view->component == component) return std::exchange(item, {});
    }
    return {};
  }

  void compare_slots(const SlotView& before, const SlotView& after, bool sidecar) {
    Comparison comparison(diff_.values, "");
    comparison.value("type", json_string(before.type), json_string(after.type), false);
    comparison.value("arity", json_string(word(before.arity)), json_string(word(after.arity)), false);
    if (!sidecar) return;
    comparison.value("start", json_string(word(before.start)), json_string(word(after.start)), false);
    comparison.value("on_failure", json_string(word(before.on_failure)), json_string(word(after.on_failure)), false);
    comparison.value("where", list_of(before.where), list_of(after.where), false);
  }

  /// One side may have no counterpart.
  void compare_items(const Item& before, const Item& after) {
    if (before.view == nullptr || after.view == nullptr) {
      count(before.view, after.view, false);
      return;
    }
    const bool rebound = before.view->component != after.view->component;
    const std::size_t first_value = diff_.values.size();
    const std::size_t first_client = diff_.clients.size();
    Comparison comparison(diff_.values, after.view->component);
    if (!rebound) compare_components(comparison, *before.view, *after.view);
    if (before.first && after.first) comparison.value("first_replica", *before.first, *after.first, true);
    compare_clients(*before.view, *after.view, rebound);

    bool restart = everything_restarts_;
    const auto because = [&](const std::string& reason) {
      restart = true;
      auto& reasons = diff_.restart_because;
      if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
    };
    if (rebound) because("component");
    for (std::size_t at = first_value; at < diff_.values.size(); ++at) {
      if (diff_.values[at].restart && !rebound) because(diff_.values[at].path);
    }
    for (std::size_t at = first_client; at < diff_.clients.size(); ++at) {
      if (diff_.clients[at].restart && !rebound) because("client " + diff_.clients[at].client);
    }
    count(before.view, after.view, restart);
  }

  void count(const ComponentView* before, const ComponentView* after, bool restart) {
    const int old_count = before != nullptr && runs_before_ ? before->replicas.min : 0;
    const int new_count = after != nullptr && runs_after_ ? after->replicas.min : 0;
    if (old_count < 0 || new_count < 0) {
      diff_.replicas.known = false;
      return;
    }
    const int both = std::min(old_count, new_count);
    (restart ? diff_.replicas.restarted : diff_.replicas.kept) += both;
    diff_.replicas.started += new_count - both;
    diff_.replicas.stopped += old_count - both;
  }

  void compare_clients(const ComponentView& before, const ComponentView& after, bool rebound) {
    Comparison comparison(diff_.values, after.component);
    for (const Edge* old_one : before_.of(diff_.name, before.component)) {
      const std::string path = "clients." + old_one->client;
      const Edge* new_one = after_.find(diff_.name, after.component, old_one->client);
      if (new_one == nullptr) {
        // Another component may have other clients; that is nothing new about it.
        if (!rebound) comparison.value(path, json_string(old_one->type), nullptr, true);
        continue;
      }
      if (!rebound) {
        // The variables of a client are named by the endpoints of its type.
        comparison.value(path + ".type", json_string(old_one->type), json_string(new_one->type), true);
        comparison.value(path + ".arity", json_string(word(old_one->arity)), json_string(word(new_one->arity)), false);
        comparison.value(path + ".wait", old_one->wait, new_one->wait, false);
        comparison.value(path + ".on_restart", json_string(word(old_one->on_restart)),
                         json_string(word(new_one->on_restart)), false);
      }
      if (old_one->to == new_one->to) continue;
      const bool restart = names_client(before, old_one->client) || names_client(after, old_one->client);
      diff_.clients.push_back({after.component, old_one->client, old_one->to, new_one->to, restart});
    }
    if (rebound) return;
    for (const Edge* new_one : after_.of(diff_.name, after.component)) {
      if (before_.find(diff_.name, before.component, new_one->client) == nullptr) {
        comparison.value("clients." + new_one->client, nullptr, json_string(new_one->type), true);
      }
    }
  }

  [[nodiscard]] SlotChange change() const {
    const auto same_name = [](const BoundComponent& a, const BoundComponent& b) { return a.component == b.component; };
    if (!std::equal(diff_.before.begin(), diff_.before.end(), diff_.after.begin(), diff_.after.end(), same_name)) {
      return SlotChange::Rebound;
    }
    if (!diff_.values.empty() || everything_restarts_) return SlotChange::Retuned;
    return diff_.clients.empty() ? SlotChange::Same : SlotChange::Rewired;
  }

  EdgeIndex before_;
  EdgeIndex after_;
  bool everything_restarts_;
  bool runs_before_ = false;
  bool runs_after_ = false;
  SlotDiff diff_;
};

/// A namespace that follows from the graph's name: a running graph keeps its name, and so this.
bool has_default_namespace(const GraphView& graph) {
  const std::size_t dot = graph.graph.rfind('.');
  return graph.name_space == (dot == std::string::npos ? graph.graph : graph.graph.substr(dot + 1));
}

using SlotIndex = std::map<std::string_view, const SlotView*>;

SlotIndex index_of(const std::vector<SlotView>& slots) {
  SlotIndex result;
  for (const SlotView& slot : slots) result.emplace(slot.name, &slot);
  return result;
}

}  // namespace

ReplicaEffect& ReplicaEffect::operator+=(const ReplicaEffect& other) {
  kept += other.kept;
  restarted += other.restarted;
  started += other.started;
  stopped += other.stopped;
  known = known && other.known;
  return *this;
}

GraphDiff diff_graphs(const GraphView& before, const GraphView& after) {
  GraphDiff result;
  Comparison graph(result.graph, "");
  if (!has_default_namespace(before) || !has_default_namespace(after)) {
    graph.value("namespace", json_string(before.name_space), json_string(after.name_space), true);
  }
  SlotComparison comparison(before, after, !result.graph.empty());
  graph.value("entry", json_string(before.entry), json_string(after.entry), false);
  graph.object("params", object_of(before.params), object_of(after.params), false);

  const auto add = [&](SlotDiff slot) {
    result.replicas += slot.replicas;
    if (slot.change != SlotChange::Same) result.slots.push_back(std::move(slot));
  };
  const auto add_all = [&](const std::vector<SlotView>& old_slots, const std::vector<SlotView>& new_slots,
                           bool sidecars) {
    const SlotIndex old_index = index_of(old_slots);
    const SlotIndex new_index = index_of(new_slots);
    for (const SlotView& slot : new_slots) {
      const auto old_one = old_index.find(slot.name);
      add(comparison.run(old_one != old_index.end() ? old_one->second : nullptr, &slot, sidecars));
    }
    for (const SlotView& slot : old_slots) {
      if (!new_index.contains(slot.name)) add(comparison.run(&slot, nullptr, sidecars));
    }
  };
  add_all(before.slots, after.slots, false);
  add_all(before.sidecars, after.sidecars, true);
  return result;
}

}  // namespace dynamo
