#include "graph_loader/views/origins.h"

#include "graph_loader/spec/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

/// A node on one line, as it could be written.
std::string in_one_line(const Node& node) {
  std::string result;
  switch (node.kind) {
    case NodeKind::Sequence:
      for (const Node* item : node.items) result += (result.empty() ? "" : ", ") + in_one_line(*item);
      return "[" + result + "]";
    case NodeKind::Mapping:
      for (const Entry& entry : node.entries) {
        result += fmt::format("{}{}: {}", result.empty() ? "" : ", ", entry.key->text, in_one_line(*entry.value));
      }
      return "{" + result + "}";
    default: return std::string(node.text);
  }
}

/// A component that says one of these says all of it; only a binding tunes their keys.
bool is_whole(std::string_view key) { return key == "ready" || key == "live"; }

class Collector {
 public:
  Collector(const CheckedGraph& graph, const Workspace& workspace)
      : graph_(graph), workspace_(workspace), spec_(workspace.spec()) {}

  std::vector<Origin> run() {
    for (const SpecModel* spec = graph_.model.spec; spec != nullptr; spec = parent_of(*spec)) {
      specs_.insert(specs_.begin(), spec->definition);
    }
    index_by_slot();
    graph_values();
    wires();
    for (const BoundSlot& slot : graph_.model.slots) place(slot);
    for (const BoundSlot& slot : graph_.model.sidecars) place(slot);
    for (const BoundSlot& slot : graph_.model.removed_sidecars) filling(slot);
    return std::move(origins_);
  }

 private:
  // ---- settings, weakest first ------------------------------------------------------------------------

  Origin& origin(const std::string& path) {
    const auto [known, fresh] = index_.emplace(path, origins_.size());
    if (fresh) origins_.push_back({path, {}});
    return origins_[known->second];
  }

  void set(const std::string& path, std::string value, const std::string& by, Span where) {
    const auto below = spec_.replaced.find({where.file, where.begin});
    if (below != spec_.replaced.end()) set(path, std::string(below->second.text()), by, below->second);
    origin(path).settings.push_back(
        {std::move(value), in_overlay(where) ? by + ", overlay" : by, where ? place_of(where) : Place{}});
  }

  [[nodiscard]] bool in_overlay(const Span& where) const {
    return std::any_of(spec_.scopes.begin(), spec_.scopes.end(),
                       [&](const FileScope& scope) { return scope.overlay && scope.source == where.file; });
  }

  void by_default(const std::string& path, std::string value) { set(path, std::move(value), "default", {}); }

  /// Everything that a mapping of the language says, per key as layers are merged.
  void walk(const std::string& prefix, const Node& node, const grammar::Mapping& mapping, const std::string& by,
            std::string_view left_out = {}) {
    for (const Entry& entry : node.entries) {
      const grammar::Key* key = mapping.find(entry.key->text);
      if (key == nullptr || key->name == left_out || key->name == "doc" || key->name == "extends") continue;
      const std::string path = prefix + std::string(key->name);
      if (key->name == "implements") {
        for (const Node* item : entry.value->items)
          set(fmt::format("{}.{}", path, item->text), std::string(item->text), by, item->where);
        continue;
      }
      if (is_whole(key->name) && &mapping == &grammar::component) forget_below(path, *entry.value, by);
      value(path, *entry.value, &key->value, by);
    }
  }

  /// Keys of `ready` or `live` that a component inherits and does not say again.
  void forget_below(const std::string& path, const Node& node, const std::string& by) {
    for (Origin& one : origins_) {
      if (!one.path.starts_with(path + ".")) continue;
      const std::string key = one.path.substr(path.size() + 1);
      if (node.find(key.substr(0, key.find('.'))) == nullptr) {
        one.settings.push_back({"", by, place_of(node.where)});
      }
    }
  }

  void value(const std::string& path, const Node& node, const grammar::Value* rule, const std::string& by) {
    const grammar::Value* inside = rule == nullptr ? nullptr : grammar::as_mapping(*rule);
    if (inside != nullptr && node.is_mapping()) {
      for (const Entry& entry : node.entries) {
        const grammar::Key* key = inside->mapping == nullptr ? nullptr : inside->mapping->find(entry.key->text);
        const grammar::Value* below = inside->mapping == nullptr ? inside->item
                                      : key == nullptr           ? nullptr
                                                                 : &key->value;
        if (inside->mapping != nullptr && key == nullptr) continue;
        value(fmt::format("{}.{}", path, entry.key->text), *entry.value, below, by);
      }
    } else if (inside != nullptr && inside->mapping != nullptr && !inside->mapping->shorthand.empty() &&
               node.is_scalar() && node.kind != NodeKind::Null) {
      set(fmt::format("{}.{}", path, inside->mapping->shorthand), in_one_line(node), by, node.where);
    } else if (node.kind != NodeKind::Null && !(inside != nullptr && node.is_sequence())) {
      set(path, in_one_line(node), by, node.where);
    }
  }

  // ---- the graph --------------------------------------------------------------------------------------

  static std::string named(const GraphDefinition& layer) {
    return layer.name.empty() ? std::string("command line") : fmt::format("graph `{}`", layer.name);
  }
  static std::string named(const SpecDefinition& layer) { return fmt::format("spec `{}`", layer.name); }

  void graph_values() {
    by_default("namespace", graph_.model.simple_name);
    for (const SpecDefinition* spec : specs_) {
      if (spec->entry) set("entry", spec->entry->text, named(*spec), spec->entry->where);
      params(*spec);
    }
    for (const GraphDefinition* layer : graph_.model.layers) {
      // A graph does not inherit the namespace of the one that it extends.
      if (layer->name_space && layer->name == graph_.model.name) {
        set("namespace", layer->name_space->text, named(*layer), layer->name_space->where);
      }
      for (const ParamValue& param : layer->params) {
        set("params." + param.name.text, in_one_line(*param.node), named(*layer), param.node->where);
      }
    }
  }

  void params(const SpecDefinition& spec) {
    for (const ParamDefinition& param : spec.params) {
      if (!param.default_value) continue;
      set("params." + param.name.text, param.default_value->as_written(), named(spec), param.where);
    }
  }

  void wires() {
    const auto add = [&](const std::vector<WireDefinition>& wires, const std::string& by) {
      for (const WireDefinition& wire : wires) {
        if (!wire.readable) continue;
        std::string targets;
        for (const WireTarget& target : wire.targets) targets += (targets.empty() ? "" : ", ") + target.text;
        set("wire." + wire.key.text, targets, by, wire.targets.front().where);
      }
    };
    for (const SpecDefinition* spec : specs_) add(spec->wires, named(*spec));
    for (const GraphDefinition* layer : graph_.model.layers) add(layer->wires, named(*layer));
  }

  // ---- a slot or sidecar ------------------------------------------------------------------------------

  /// Everything that is said of one name, weakest first; there may be thousands of slots.
  struct OfSlot {
    std::vector<std::pair<const SpecDefinition*, const SlotDefinition*>> declared;
    std::vector<std::pair<const GraphDefinition*, const BindingDefinition*>> bound;
  };

  void index_by_slot() {
    for (const bool sidecar : {false, true}) {
      auto& names = of_slot_[sidecar ? 1 : 0];
      for (const SpecDefinition* spec : specs_) {
        for (const SlotDefinition& slot : sidecar ? spec->sidecars : spec->slots) {
          names[slot.name.text].declared.emplace_back(spec, &slot);
        }
      }
      for (const GraphDefinition* layer : graph_.model.layers) {
        for (const BindingDefinition& binding : sidecar ? layer->sidecars : layer->bind) {
          names[binding.slot.text].bound.emplace_back(layer, &binding);
          for (const BindingItem& item : binding.items) owners_.emplace(&item.tune, layer);
        }
      }
    }
  }

  void place(const BoundSlot& slot) {
    filling(slot);
    std::size_t number = 0;
    for (const Instance& instance : graph_.values.of(slot)) {
      component(slot.items.size() > 1 ? fmt::format("{}[{}].", slot.name, number++) : slot.name + ".", instance);
    }
  }

  /// Which component sits in it.
  void filling(const BoundSlot& slot) {
    const OfSlot& said = of_slot_[slot.sidecar ? 1 : 0][slot.name];
    for (const auto& [spec, own] : said.declared) {
      if (own->defaults.empty()) continue;
      std::string words;
      for (const Name& name : own->defaults) words += (words.empty() ? "" : ", ") + name.text;
      set(slot.name, words, named(*spec), own->defaults.front().where);
    }
    for (const auto& [layer, binding] : said.bound) {
      if (!binding->readable) continue;
      std::string words;
      Span where = binding->where;
      for (const BindingItem& item : binding->items) {
        if (item.use) words += (words.empty() ? "" : ", ") + item.use->text;
        if (item.use && where == binding->where) where = item.use->where;
        if (item.none) words = "none";
      }
      if (!words.empty() || binding->is_list) set(slot.name, words, named(*layer), where);
    }
  }

  void component(const std::string& prefix, const Instance& instance) {
    defaults(prefix, instance);
    for (const GraphDefinition* layer : graph_.model.layers) {
      for (const VariableDefinition& variable : layer->env) {
        set(fmt::format("{}env.{}", prefix, variable.name.text), variable.value.as_written(), named(*layer),
            variable.value.where);
      }
    }
    const std::vector<std::size_t> chain = workspace_.catalog().chain_of(instance.item->component);
    for (auto index = chain.rbegin(); index != chain.rend(); ++index) {
      const ComponentDefinition& definition = *workspace_.catalog().component(*index).definition;
      const std::string by = fmt::format("component `{}`", definition.name);
      for (const ParamDefinition& param : definition.params) {
        if (!param.default_value) continue;
        set(fmt::format("{}params.{}", prefix, param.name.text), param.default_value->as_written(), by, param.where);
      }
      if (definition.node != nullptr) walk(prefix, *definition.node, grammar::component, by, "params");
    }
    promised(prefix, instance);
    const grammar::Mapping& mapping = instance.slot->sidecar ? grammar::sidecar : grammar::binding;
    for (const TuneDefinition* tune : instance.item->tunes) {
      if (tune->node != nullptr) walk(prefix, *tune->node, mapping, owner_of(*tune), "use");
    }
  }

  void defaults(const std::string& prefix, const Instance& instance) {
    const bool dynamo = instance.component->runtime == RuntimeKind::Dynamo;
    by_default(prefix + "runtime", std::string(word(RuntimeKind::Process)));
    by_default(prefix + "replicas", "1");
    by_default(prefix + "restart.policy", std::string(word(RestartMode::OnFailure)));
    by_default(prefix + "restart.max", "5");
    by_default(prefix + "restart.window", "10m");
    by_default(prefix + "restart.backoff", "1s");
    by_default(prefix + "restart.backoff_max", "60s");
    by_default(prefix + "stop.signal", std::string(word(StopSignal::Term)));
    by_default(prefix + "stop.grace", dynamo ? "60s" : "10s");
    if (!instance.slot->sidecar) return;
    by_default(prefix + "start", std::string(word(Phase::After)));
    by_default(prefix + "on_failure", std::string(word(OnFailure::Restart)));
    by_default(prefix + "where", "[serve, deploy]");
  }

  /// What an endpoint takes from an interface, because its component says nothing.
  void promised(const std::string& prefix, const Instance& instance) {
    for (const EndpointDefinition& endpoint : instance.component->endpoints) {
      const std::string path = fmt::format("{}endpoints.{}.", prefix, endpoint.name.text);
      if (endpoint.signature && !index_.contains(path + "sig")) {
        set(path + "sig", endpoint.signature->value, "interface", endpoint.signature->where);
      }
      if (endpoint.protocol && !index_.contains(path + "protocol")) {
        set(path + "protocol", std::string(word(endpoint.protocol->value)), "interface", endpoint.protocol->where);
      } else if (!endpoint.protocol) {
        by_default(path + "protocol", std::string(word(protocol_of(endpoint, instance.component->runtime))));
      }
    }
  }

  [[nodiscard]] std::string owner_of(const TuneDefinition& tune) const {
    const auto owner = owners_.find(&tune);
    if (owner != owners_.end()) return named(*owner->second);
    return fmt::format("graph `{}`", graph_.model.name);
  }

  [[nodiscard]] const SpecModel* parent_of(const SpecModel& spec) const {
    return spec.parent ? &workspace_.specs().model(*spec.parent) : nullptr;
  }

  const CheckedGraph& graph_;
  const Workspace& workspace_;
  const Spec& spec_;
  std::vector<const SpecDefinition*> specs_;  ///< that of the graph and what it extends, weakest first
  std::array<std::unordered_map<std::string_view, OfSlot>, 2> of_slot_;  ///< slots, sidecars
  std::unordered_map<const TuneDefinition*, const GraphDefinition*> owners_;
  std::vector<Origin> origins_;
  std::map<std::string, std::size_t> index_;
};

}  // namespace

std::vector<Origin> origins_of(const CheckedGraph& graph, const Workspace& workspace) {
  return Collector(graph, workspace).run();
}

}  // namespace dynamo
