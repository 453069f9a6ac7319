#include "graph_loader/graph/graphs.h"

#include "graph_loader/graph/graph_sink.h"
#include "graph_loader/graph/inheritance.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace dynamo {
namespace {

template <class List>
auto* find_bound(List& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const BoundSlot& one) { return one.name == name; });
  return found == list.end() ? nullptr : &*found;
}

BoundSlot from_slot(const Slot& slot, bool sidecar, const Catalog& catalog) {
  BoundSlot result;
  result.name = slot.definition.name.text;
  result.where = slot.definition.name.where;
  result.sidecar = sidecar;
  result.type = slot.type;
  result.type_name = slot.type ? catalog.name_of(slot.type) : slot.definition.type.text;
  result.type_where = slot.definition.type.where;
  result.arity = slot.definition.arity;
  result.broken = slot.broken;
  for (const DefaultComponent& one : slot.defaults) {
    BoundItem item;
    item.use = one.name;
    item.scope = one.scope;
    item.component = one.component;
    item.by_default = true;
    result.items.push_back(std::move(item));
  }
  return result;
}

}  // namespace

const BoundSlot* GraphModel::find_slot(std::string_view name_of_slot) const {
  const auto found = slot_places.find(name_of_slot);
  return found == slot_places.end() ? nullptr : &slots[found->second];
}

const BoundSlot* GraphModel::find_sidecar(std::string_view name_of_slot) const {
  return find_bound(sidecars, name_of_slot);
}

Graphs::Graphs(const Spec& spec, Names& names, const Catalog& catalog, const Specs& specs, DiagnosticSink& sink)
    : spec_(spec),
      names_(names),
      catalog_(catalog),
      specs_(specs),
      sink_(sink),
      sound_(spec.graphs.size(), true),
      spec_of_(spec.graphs.size(), 0),
      parent_(spec.graphs.size()),
      ancestors_(spec.graphs.size(), 0),
      inherited_(sink, "what graphs inherit") {
  const auto parent_of = [&](std::size_t index) -> std::optional<std::size_t> {
    const GraphDefinition& definition = spec_.graphs[index];
    if (!definition.extends) return std::nullopt;
    return names_.graph(*definition.extends, *definition.scope);
  };
  const auto cycle = [&](std::size_t index, std::size_t parent) {
    const Name& extends = *spec_.graphs[index].extends;
    report(sink_, codes::inheritance_cycle, extends.where, fmt::format("graph `{}` extends itself", extends.text))
        .also(spec_.graphs[parent].where, "the chain begins here");
    sound_[parent] = false;
  };
  resolve_parents_first(sound_.size(), parent_of, cycle,
                        [&](std::size_t index, std::optional<std::size_t> parent) { resolve(index, parent); });
}

void Graphs::resolve(std::size_t index, std::optional<std::size_t> parent) {
  const GraphDefinition& definition = spec_.graphs[index];
  if (definition.unreadable_shape) sound_[index] = false;
  if (definition.spec) {
    const auto found = names_.spec(*definition.spec, *definition.scope);
    if (found) {
      spec_of_[index] = *found;
      if (!specs_.model(*found).sound) sound_[index] = false;
    } else {
      sound_[index] = false;
      check_names(definition);
    }
  }
  if (!definition.extends) return;
  if (!parent) {
    sound_[index] = false;
    return;
  }
  parent_[index] = *parent;
  ancestors_[index] = ancestors_[*parent] + 1;
  if (!sound_[*parent] || !inherited_.afford(ancestors_[index], definition.extends->where)) sound_[index] = false;
  if (!definition.spec) spec_of_[index] = spec_of_[*parent];
}

/// Of a graph whose slots are not known: the components that it names, at least.
void Graphs::check_names(const GraphDefinition& definition) {
  GraphSink in_graph(sink_, definition.name);
  Names names(spec_, in_graph);
  for (const auto* bindings : {&definition.bind, &definition.sidecars}) {
    for (const BindingDefinition& binding : *bindings) {
      for (const BindingItem& item : binding.items) {
        if (item.use) names.component(*item.use, *binding.scope);
      }
    }
  }
}

GraphModel Graphs::start(const SpecModel& spec, const std::string& name) {
  GraphModel model;
  model.name = name;
  model.simple_name = name.substr(name.rfind('.') + 1);
  model.name_space = model.simple_name;
  model.spec = &spec;
  model.slots.reserve(spec.slots.size());
  for (const Slot& slot : spec.slots) {
    model.slot_places.emplace(slot.definition.name.text, model.slots.size());
    model.slots.push_back(from_slot(slot, false, catalog_));
  }
  for (const Slot& slot : spec.sidecars) {
    model.sidecar_places.emplace(slot.definition.name.text, model.sidecars.size());
    model.sidecars.push_back(from_slot(slot, true, catalog_));
  }
  for (const WireDefinition* wire : spec.wires) model.wires[wire->key.text] = wire;
  return model;
}

std::optional<GraphModel> Graphs::graph(std::size_t index, const GraphOverrides* overrides) {
  if (!sound_[index]) return std::nullopt;
  std::vector<std::size_t> chain;  // nearest first
  for (std::optional<std::size_t> at = index; at; at = parent_[*at]) chain.push_back(*at);
  const GraphDefinition& definition = spec_.graphs[index];
  GraphModel model = start(specs_.model(spec_of_[index]), definition.name);
  model.spec_index = spec_of_[index];
  model.where = definition.where;
  model.parent_tells = tells_parents_ && parent_[index].has_value();
  for (auto one = chain.rbegin(); one != chain.rend(); ++one) lay(model, spec_.graphs[*one]);
  if (definition.name_space) model.name_space = definition.name_space->text;
  finish(model, overrides);
  return model;
}

std::optional<GraphModel> Graphs::spec(std::size_t index, Span where, const GraphOverrides* overrides) {
  const SpecModel& spec = specs_.model(index);
  if (!spec.sound) return std::nullopt;
  GraphModel model = start(spec, spec.definition->name);
  model.spec_index = index;
  model.is_spec = true;
  model.where = where;
  finish(model, overrides);
  return model;
}

void Graphs::lay(GraphModel& model, const GraphDefinition& layer) {
  model.layers.push_back(&layer);
  merge_params(model.params, layer.params);
  merge_variables(model.env, layer.env);
  for (const WireDefinition& wire : layer.wires) model.wires[wire.key.text] = &wire;
  for (const BindingDefinition& binding : layer.bind) bind_slot(model, binding);
  for (const BindingDefinition& binding : layer.sidecars) bind_sidecar(model, binding);
}

namespace {

/// What to write instead of a list for a slot that takes one component.
std::string how_to_take_one(const BoundSlot& slot, const BindingDefinition& binding) {
  const bool one = binding.items.size() == 1 && binding.items.front().use;
  if (binding.from_override && one) return fmt::format("write `{}={}`", slot.name, binding.items.front().use->text);
  if (binding.items.empty()) return fmt::format("name a component: `{}: COMPONENT`", slot.name);
  if (!binding.items.front().use) return fmt::format("declare it `many {}` in the spec", slot.type_name);
  return fmt::format("write `{}: {}`, or declare the slot `many {}` in the spec", slot.name,
                     binding.items.front().use->text, slot.type_name);
}

}  // namespace

void Graphs::bind_slot(GraphModel& model, const BindingDefinition& binding) {
  const auto place = model.slot_places.find(binding.slot.text);
  BoundSlot* slot = place == model.slot_places.end() ? nullptr : &model.slots[place->second];
  if (slot == nullptr) {
    model.missing_slot_silent = true;
    auto diagnostic =
        report(sink_, codes::no_such_slot, binding.slot.where,
               fmt::format("spec `{}` has no slot `{}`", model.spec->definition->name, binding.slot.text));
    diagnostic.in_graph(model.name);
    std::vector<std::string_view> names;
    for (const BoundSlot& one : model.slots) names.push_back(one.name);
    if (find_bound(model.sidecars, binding.slot.text) != nullptr) {
      diagnostic.help("it is a sidecar: write it under `sidecars`");
    } else {
      suggest_fix(diagnostic, binding.slot.where, binding.slot.text, names, "its slots are");
    }
    return;
  }
  const auto broken = [&] {
    slot->items.clear();
    slot->broken = true;
  };
  const auto none_for_required = [&](Span where, std::string_view what) {
    report(sink_, codes::none_for_required, where,
           fmt::format("slot `{}` is required and cannot be {}", slot->name, what))
        .in_graph(model.name)
        .also(slot->where, "declared here")
        .help(fmt::format("declare it `optional {}{}` in the spec, or bind a component",
                          slot->arity == Arity::Many ? "many " : "", slot->type_name) +
              (binding.from_override ? fmt::format(": `{}=COMPONENT`", slot->name) : std::string()));
    broken();
  };
  if (!binding.readable) return broken();
  if (binding.is_list) {
    slot->broken = false;
    slot->items.clear();
    const bool many = slot->arity == Arity::Many || slot->arity == Arity::OptionalMany;
    if (!many) {
      report(sink_, codes::several_for_one, binding.where,
             fmt::format("slot `{}` takes one component, not a list", slot->name))
          .in_graph(model.name)
          .also(slot->where, "declared here")
          .help(how_to_take_one(*slot, binding));
      return broken();
    }
    if (binding.items.empty()) {
      if (!slot->optional()) return none_for_required(binding.where, "empty");
      slot->none_where = binding.where;
      return;
    }
    bool good = true;
    for (const BindingItem& item : binding.items) {
      if (item.none) {
        report(sink_, codes::none_for_required, item.where, "`none` cannot be an item of a list").in_graph(model.name);
        good = false;
      } else if (!item.use) {
        report(sink_, codes::slot_empty, binding.slot.where,
               fmt::format("an item of slot `{}` names no component", slot->name))
            .in_graph(model.name)
            .also(item.where, "add `use` here");
        good = false;
      } else {
        BoundItem bound;
        bound.use = *item.use;
        bound.scope = binding.scope;
        bound.from_override = binding.from_override;
        bound.tunes.push_back(&item.tune);
        slot->items.push_back(std::move(bound));
      }
    }
    slot->broken = !good;  // the other items are still looked at
    return;
  }
  const BindingItem& item = binding.items.front();
  if (item.none) {
    if (!slot->optional()) return none_for_required(item.where, "`none`");
    slot->broken = false;
    slot->items.clear();
    slot->none_where = item.where;
    return;
  }
  if (item.use) {
    BoundItem bound;
    bound.use = *item.use;
    bound.scope = binding.scope;
    bound.from_override = binding.from_override;
    bound.tunes.push_back(&item.tune);
    slot->broken = false;
    slot->items.clear();
    slot->items.push_back(std::move(bound));
    return;
  }
  if (slot->broken) return;
  if (slot->items.empty()) {
    report(sink_, codes::slot_empty, binding.slot.where,
           fmt::format("there is nothing to tune in slot `{}`", slot->name))
        .in_graph(model.name)
        .also(slot->where, "declared without a default")
        .help(binding.from_override ? how_to_fill(*slot, true) : "name the component: `use: COMPONENT`");
    return broken();
  }
  for (BoundItem& bound : slot->items) bound.tunes.push_back(&item.tune);
}

void Graphs::bind_sidecar(GraphModel& model, const BindingDefinition& binding) {
  const auto place = model.sidecar_places.find(binding.slot.text);
  BoundSlot* sidecar = place == model.sidecar_places.end() ? nullptr : &model.sidecars[place->second];
  const bool names_component = binding.readable && !binding.items.empty() && binding.items.front().use.has_value();
  if (sidecar == nullptr) {
    const bool is_slot = model.find_slot(binding.slot.text) != nullptr;
    const bool clash = is_slot || find_named(model.spec->params, binding.slot.text) != nullptr;
    if (clash) {
      report(sink_, codes::defined_twice, binding.slot.where,
             fmt::format("sidecar `{}` has the name of a {} of spec `{}`", binding.slot.text,
                         is_slot ? "slot" : "param", model.spec->definition->name))
          .in_graph(model.name)
          .also(is_slot ? model.find_slot(binding.slot.text)->where
                        : find_named(model.spec->params, binding.slot.text)->name.where,
                is_slot ? "the slot" : "the param")
          .help(is_slot ? fmt::format("to fill the slot, write `{}` under `bind`; a sidecar needs another name",
                                      binding.slot.text)
                        : "name it otherwise: `sidecars: {NAME: COMPONENT}`");
      return;
    }
    const bool none = binding.readable && !binding.items.empty() && binding.items.front().none;
    // An overlay said so of what this graph itself adds.
    if (none && spec_.replaced.contains({binding.where.file, binding.where.begin})) return;
    if (!names_component && binding.readable) {
      auto diagnostic = report(sink_, codes::no_such_sidecar, binding.slot.where,
                               fmt::format("graph `{}` has no sidecar `{}`", model.name, binding.slot.text));
      diagnostic.in_graph(model.name);
      std::vector<std::string_view> names;
      for (const BoundSlot& one : model.sidecars) names.push_back(one.name);
      if (!suggest_fix(diagnostic, binding.slot.where, binding.slot.text, names)) {
        diagnostic.help("name a component to add one: `use: COMPONENT`");
      }
      return;
    }
    BoundSlot added;
    added.name = binding.slot.text;
    added.where = binding.slot.where;
    added.sidecar = true;
    added.declared = false;
    added.type = {TypeRef::Kind::Any, 0};
    added.type_name = "Any";
    model.sidecar_places.emplace(added.name, model.sidecars.size());
    sidecar = &model.sidecars.emplace_back(std::move(added));
  }
  if (!binding.readable) {
    sidecar->items.clear();
    sidecar->broken = true;
    return;
  }
  const BindingItem& item = binding.items.front();
  if (item.none || item.use) {
    sidecar->broken = false;
    sidecar->items.clear();
    sidecar->none_where = item.none ? item.where : Span{};
    if (item.none) return;
    BoundItem bound;
    bound.use = *item.use;
    bound.scope = binding.scope;
    bound.from_override = binding.from_override;
    bound.tunes.push_back(&item.tune);
    sidecar->items.push_back(std::move(bound));
    return;
  }
  if (sidecar->broken) return;
  if (sidecar->items.empty()) {
    report(sink_, codes::slot_empty, binding.slot.where,
           fmt::format("there is nothing to tune in sidecar `{}`", sidecar->name))
        .in_graph(model.name)
        .help(binding.from_override ? how_to_fill(*sidecar, true) : "name the component: `use: COMPONENT`");
    sidecar->broken = true;
    return;
  }
  for (BoundItem& bound : sidecar->items) bound.tunes.push_back(&item.tune);
}

void Graphs::finish(GraphModel& model, const GraphOverrides* overrides) {
  if (overrides != nullptr) {
    lay(model, overrides->layer);
    model.silent_missing = overrides->reported;
  }
  for (BoundSlot& slot : model.slots) finish_slot(model, slot);
  for (BoundSlot& sidecar : model.sidecars) finish_slot(model, sidecar);
  const auto gone = [](const BoundSlot& one) { return !one.declared && one.items.empty() && !one.broken; };
  std::copy_if(model.sidecars.begin(), model.sidecars.end(), std::back_inserter(model.removed_sidecars), gone);
  std::erase_if(model.sidecars, gone);
}

void Graphs::finish_slot(GraphModel& model, BoundSlot& slot) {
  if (!slot.type || catalog_.is_bad(slot.type)) slot.broken = true;

  if (!slot.broken && slot.items.empty() && !slot.none_where && !slot.optional()) {
    slot.broken = true;
    if (model.silent_missing || model.missing_slot_silent || model.parent_tells) return;
    report(sink_, codes::slot_empty, model.where,
           fmt::format("{} `{}` is required and has no component", slot.sidecar ? "sidecar" : "slot", slot.name))
        .in_graph(model.name)
        .also(slot.where, "declared without a default")
        .help(how_to_fill(slot, false));
    return;
  }
  bool good = !slot.broken;
  for (BoundItem& item : slot.items) good = resolve_item(model, slot, item) && good;
  if (!good) {
    slot.items.clear();
    slot.broken = true;
  }
}

/// "write `bind: {processor: FastProcessor}`", or what to write in front of an override, with what else fits.
std::string Graphs::how_to_fill(const BoundSlot& slot, bool on_command_line) const {
  const std::vector<std::string_view> fitting = catalog_.fitting(slot.type);
  if (fitting.empty() && !on_command_line) return fitting_help(catalog_, slot.type);
  const std::string_view first = fitting.empty() ? "COMPONENT" : fitting.front();
  std::string help = on_command_line
                         ? fmt::format("fill it first: `{}={}`", slot.name, first)
                         : fmt::format("write `{}: {{{}: {}}}`", slot.sidecar ? "sidecars" : "bind", slot.name, first);
  if (fitting.size() > 1) help += "; " + fitting_help(catalog_, slot.type);
  return help;
}

bool Graphs::resolve_item(const GraphModel& model, const BoundSlot& slot, BoundItem& item) {
  for (const TuneDefinition* tune : item.tunes) merge_tune(item.tune, *tune);
  if (item.by_default) return true;
  const NamedDefinition* target = names_.find_target(item.use.text, *item.scope);
  if (names_.find_type(item.use.text, *item.scope) == nullptr && target != nullptr) {
    report(sink_, codes::graph_as_component, item.use.where,
           fmt::format("`{}` is a {}, and cannot be bound to slot `{}`", item.use.text, word(target->kind), slot.name))
        .in_graph(model.name)
        .also(target->where, "defined here")
        .note("graphs inside graphs are reserved for a later version");
    return false;
  }
  GraphSink in_graph(sink_, model.name);
  const auto component =
      Names(spec_, in_graph).component(item.use, *item.scope, [&] { return catalog_.fitting(slot.type); });
  if (!component || catalog_.component(*component).bad) return false;
  item.component = *component;
  if (!slot.type || catalog_.is_bad(slot.type)) return true;
  if (catalog_.conforms(*component, slot.type)) return true;
  report(sink_, codes::binding_type, item.use.where, fmt::format("`{}` is not a `{}`", item.use.text, slot.type_name))
      .in_graph(model.name)
      .label(catalog_.implemented_words(*component))
      .also(slot.type_where,
            fmt::format("{} `{}` takes a `{}`", slot.sidecar ? "sidecar" : "slot", slot.name, slot.type_name))
      .help(fitting_help(catalog_, slot.type));
  return false;
}

}  // namespace dynamo
