#include "graph_loader/graph/override_hints.h"

#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/grammar.h"
#include "graph_loader/spec/habits.h"
#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace dynamo {
namespace {

using Kind = grammar::Value::Kind;
using Paths = std::vector<OverridePath>;

/// What a path of the command line leaves out: sections of a graph or spec, and sections with the name behind them.
constexpr auto sections = std::to_array<std::string_view>({"bind", "slots", "sidecars", "params", "components"});
constexpr auto sections_of_names = std::to_array<std::string_view>({"graphs", "specs"});

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// The first `count` words, others behind them, and the rest of the path from `from` on.
OverridePath spliced(const OverridePath& path, std::size_t count, const OverridePath& others, std::size_t from) {
  OverridePath result(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(count));
  result.insert(result.end(), others.begin(), others.end());
  result.insert(result.end(), path.begin() + static_cast<std::ptrdiff_t>(std::min(from, path.size())), path.end());
  return result;
}

/// The mapping below a key, where no names of the user are between; nullptr if there is none.
const grammar::Mapping* mapping_below(const grammar::Key& key) {
  const grammar::Value* below = grammar::as_mapping(key.value);
  return below == nullptr || below->kind != Kind::Mapping ? nullptr : below->mapping;
}

/// The keys that lead down from a mapping to those that have the key.
Paths ways_down(const grammar::Mapping& mapping, std::string_view word, int depth = 2) {
  Paths result;
  for (const grammar::Key& key : mapping.keys) {
    const grammar::Mapping* below = mapping_below(key);
    if (below == nullptr) continue;
    if (below->find(word) != nullptr) {
      result.push_back(OverridePath{std::string(key.name), std::string(word)});
    } else if (depth > 1) {
      for (const OverridePath& way : ways_down(*below, word, depth - 1)) {
        result.push_back(spliced(way, 0, {std::string(key.name)}, 0));
      }
    }
  }
  return result;
}

/// The same for a key as other tools call it.
Paths ways_down_to_meant(const grammar::Mapping& mapping, std::string_view word) {
  for (const grammar::Key& key : mapping.keys) {
    const grammar::Mapping* below = mapping_below(key);
    const auto other = below == nullptr ? std::nullopt : meant_key(*below, word);
    if (other && !other->key.empty()) return Paths{OverridePath{std::string(key.name), std::string(other->key)}};
  }
  return {};
}

}  // namespace

// ---- what there is ----------------------------------------------------------------------------------------

bool OverrideTarget::is_slot(std::string_view name) const { return spec->find_slot(name) != nullptr; }

bool OverrideTarget::is_sidecar(std::string_view name) const {
  return spec->find_sidecar(name) != nullptr || (model && model->find_sidecar(name) != nullptr);
}

bool OverrideTarget::is_param(std::string_view name) const { return find_named(spec->params, name) != nullptr; }

bool OverrideTarget::is_component(std::string_view name) const {
  const auto found = all->types.find(name);
  return found != all->types.end() && found->second.kind == NameKind::Component;
}

std::vector<std::string_view> OverrideTarget::places() const {
  std::vector<std::string_view> result;
  for (const Slot& slot : spec->slots) result.push_back(slot.definition.name.text);
  for (const Slot& slot : spec->sidecars) result.push_back(slot.definition.name.text);
  if (!model) return result;
  for (const BoundSlot& sidecar : model->sidecars) {
    if (!sidecar.declared) result.push_back(sidecar.name);
  }
  return result;
}

std::vector<std::string_view> OverrideTarget::params() const {
  std::vector<std::string_view> result;
  for (const ParamDefinition& param : spec->params) result.push_back(param.name.text);
  return result;
}

std::vector<const Component*> OverrideTarget::components_in(std::string_view place) const {
  std::vector<const Component*> result;
  const BoundSlot* bound = nullptr;
  if (model) bound = is_slot(place) ? model->find_slot(place) : model->find_sidecar(place);
  if (bound == nullptr) return result;
  for (const BoundItem& item : bound->items) result.push_back(&catalog->component(item.component));
  return result;
}

// ---- what was meant ---------------------------------------------------------------------------------------

std::string override_text(const OverridePath& path, std::string_view value) {
  return fmt::format("{}={}", fmt::join(path, "."), value);
}

std::optional<std::string> OverrideHints::other_graph(const OverridePath& path) const {
  if (target_.is_place(path.front())) return std::nullopt;
  const std::size_t at = holds(sections_of_names, path.front()) ? 1 : 0;
  if (path.size() <= at + 1 || !target_.all->targets.contains(path[at])) return std::nullopt;
  if (path[at] == target_.spec->definition->name || (target_.model && path[at] == target_.model->name)) {
    return std::nullopt;
  }
  return path[at];
}

Paths OverrideHints::meant(const OverridePath& typed) const {
  OverridePath path = typed;
  while (path.size() > 1 && !target_.is_place(path.front())) {
    const bool named = path.size() > 2 && holds(sections_of_names, path.front());
    if (!named && !holds(sections, path.front()) && !target_.all->targets.contains(path.front())) break;
    path.erase(path.begin(), path.begin() + (named ? 2 : 1));
  }
  const bool shortened = path.size() < typed.size();
  if (shortened && !target_.is_place(path.front()) && !target_.is_param(path.front()) && elsewhere(path).empty()) {
    std::vector<std::string_view> names = target_.places();
    for (const std::string_view param : target_.params()) names.push_back(param);
    const auto near = nearest(path.front(), names);
    if (!near) return {};
    path.front() = *near;
  }
  Paths result;
  if (target_.is_place(path.front())) {
    result = in_place(path);
  } else if (!target_.is_param(path.front())) {
    return elsewhere(path);
  }
  if (result.empty() && shortened) result.push_back(path);
  return result;
}

/// A path that begins with a slot or sidecar.
Paths OverrideHints::in_place(const OverridePath& path) const {
  const bool slot = target_.is_slot(path.front());
  const grammar::Mapping* mapping = slot ? &grammar::binding : &grammar::sidecar;
  for (std::size_t depth = 1; depth < path.size() && mapping != nullptr; ++depth) {
    const std::string& word = path[depth];
    const auto splice = [&](const Paths& ways) {
      Paths result;
      for (const OverridePath& way : ways) result.push_back(spliced(path, depth, way, depth + 1));
      return result;
    };
    const grammar::Key* key = mapping->find(word);
    const auto other = meant_key(*mapping, word);
    if (depth == 1 && (word == "use" || (key == nullptr && other && other->key == "use"))) {
      return path.size() == 2 ? Paths{OverridePath{path.front()}} : Paths();
    }
    if (key == nullptr) {
      if (depth == 1) {
        if (Paths found = of_component(path); !found.empty()) return found;
      }
      if (const Paths ways = ways_down(*mapping, word); !ways.empty()) return splice(ways);
      if (other && !other->key.empty()) return splice(Paths{OverridePath{std::string(other->key)}});
      return splice(ways_down_to_meant(*mapping, word));
    }
    const grammar::Value* inside = grammar::as_mapping(key->value);
    if (inside != nullptr && inside->kind == Kind::Table && depth + 1 < path.size()) {
      ++depth;  // a name of the user
      inside = grammar::as_mapping(*inside->item);
    }
    mapping = inside == nullptr ? nullptr : inside->mapping;
  }
  return {};
}

/// Behind the slot stands something of the component in it: a param, a variable, an endpoint or a port.
Paths OverrideHints::of_component(const OverridePath& path) const {
  const std::string& word = path[1];
  for (const Component* component : target_.components_in(path.front())) {
    const bool last = path.size() == 2;
    if (last && find_named(component->params, word) != nullptr) return {spliced(path, 1, {"params", word}, 2)};
    if (last && find_named(component->run.env, word) != nullptr) return {spliced(path, 1, {"env", word}, 2)};
    if (last && find_named(component->run.ports, word) != nullptr) return {spliced(path, 1, {"ports", word}, 2)};
    if (find_named(component->endpoints, word) != nullptr) {
      return {spliced(path, 1, last ? OverridePath{"endpoints", word, "port"} : OverridePath{"endpoints", word}, 2)};
    }
    if (last && !component->endpoints.empty() && grammar::binding_endpoint.find(word) != nullptr) {
      Paths result;
      for (const EndpointDefinition& endpoint : component->endpoints) {
        result.push_back({path.front(), "endpoints", endpoint.name.text, word});
      }
      return result;
    }
  }
  return {};
}

/// A path that begins with no slot, sidecar or param, but with something that belongs to one.
Paths OverrideHints::elsewhere(const OverridePath& path) const {
  Paths result;
  for (const std::string_view place : target_.places()) {
    for (const Component* component : target_.components_in(place)) {
      if (component->definition->name == path.front()) {
        OverridePath whole = spliced(path, 0, {std::string(place)}, 1);
        const Paths better = in_place(whole);
        if (better.empty()) {
          result.push_back(std::move(whole));
        } else {
          result.insert(result.end(), better.begin(), better.end());
        }
      } else if (path.size() == 1 && find_named(component->params, path.front()) != nullptr) {
        result.push_back({std::string(place), "params", path.front()});
      }
    }
  }
  const auto& slots = target_.spec->slots;
  const bool is_key = grammar::binding.find(path.front()) != nullptr && path.front() != "use";
  if (result.empty() && slots.size() == 1 && (is_key || !ways_down(grammar::binding, path.front()).empty())) {
    OverridePath whole = spliced(path, 0, {slots.front().definition.name.text}, 0);
    result = in_place(whole);
    if (result.empty()) result.push_back(std::move(whole));
  }
  return result;
}

std::string OverrideHints::about_first(const OverridePath& path, std::string_view value) const {
  const std::string& word = path.front();
  Paths ways = ways_down(grammar::binding, word);
  if (grammar::binding.find(word) != nullptr && word != "use" && word != "params") ways = Paths{OverridePath{word}};
  if (!ways.empty()) {
    const OverridePath whole = spliced(path, 0, spliced(ways.front(), 0, {"SLOT"}, 0), 1);
    return fmt::format("say whose it is: `{}`; there are {}", override_text(whole, value), some_of(target_.places()));
  }
  if (grammar::graph.find(word) != nullptr) {
    return "an override sets slots, sidecars and params; an overlay (`-f FILE`) changes anything in a graph";
  }
  return {};
}

std::string OverrideHints::about_word(std::string_view word) const {
  const std::string_view first = word.substr(0, word.find_first_of(".:"));
  const bool has_value = word.find('=') != std::string_view::npos;
  if (const std::size_t colon = word.find(':'); colon != std::string_view::npos && colon > 0) {
    if (target_.is_place(first) || target_.is_param(first)) {
      return fmt::format("write `{}{}{}`", word.substr(0, colon), has_value ? '.' : '=', word.substr(colon + 1));
    }
  }
  if (has_value) return {};
  if (target_.is_place(first)) {
    return word == first ? fmt::format("write `{0}=COMPONENT`, `{0}.replicas=2` or `~{0}`", first)
                         : fmt::format("write `{}=VALUE`", word);
  }
  if (target_.is_param(word)) return fmt::format("write `{}=VALUE`", word);
  return target_hint(word, target_.file, *target_.all);
}

std::string target_hint(std::string_view word, const std::string& file, const Spec& spec) {
  if (spec.targets.contains(word)) return fmt::format("a graph is named behind its file: write `{}:{}`", file, word);
  if (word.ends_with(".yaml") || word.ends_with(".yml")) {
    return fmt::format("one file at a time; as an overlay, which changes `{}`, it is `-f {}`", file, word);
  }
  std::vector<std::string_view> names;
  for (const auto& [name, definition] : spec.targets) names.push_back(name);
  const auto near = nearest(word, names);
  return near ? fmt::format("did you mean `{}:{}`?", file, *near) : std::string();
}

}  // namespace dynamo
