#include "graph_loader/graph/specs.h"

#include "graph_loader/graph/inheritance.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

namespace dynamo {
namespace {

const Slot* find(const std::vector<Slot>& list, std::string_view name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const Slot& one) { return one.definition.name.text == name; });
  return found == list.end() ? nullptr : &*found;
}

bool optional(Arity arity) { return arity == Arity::Optional || arity == Arity::OptionalMany; }
bool many(Arity arity) { return arity == Arity::Many || arity == Arity::OptionalMany; }

}  // namespace

const Slot* SpecModel::find_slot(std::string_view name) const { return find(slots, name); }
const Slot* SpecModel::find_sidecar(std::string_view name) const { return find(sidecars, name); }

std::string fitting_help(const Catalog& catalog, const TypeRef& type) {
  const auto names = catalog.fitting(type);
  if (names.empty() && !catalog.looks_for_hints()) return {};
  if (names.empty() && catalog.has_bad_components()) return {};  // one of them may be meant to fit
  if (names.empty()) return fmt::format("no component fits: one must implement `{}`", catalog.name_of(type));
  std::string list;
  for (std::size_t index = 0; index < names.size() && index < 8; ++index) {
    list += fmt::format("{}`{}`", index == 0 ? "" : ", ", names[index]);
  }
  if (names.size() > 8) list += fmt::format(" and {} more", names.size() - 8);
  return fmt::format("components that fit: {}", list);
}

Specs::Specs(const Spec& spec, Names& names, const Catalog& catalog, DiagnosticSink& sink)
    : spec_(spec),
      names_(names),
      catalog_(catalog),
      sink_(sink),
      inherited_(sink, "what specs inherit"),
      models_(spec.specs.size()) {
  const auto parent_of = [&](std::size_t index) -> std::optional<std::size_t> {
    const SpecDefinition& definition = spec_.specs[index];
    if (!definition.extends || definition.extends->text.empty()) return std::nullopt;
    return names_.spec(*definition.extends, *definition.scope);
  };
  const auto cycle = [&](std::size_t index, std::size_t parent) {
    const Name& extends = *spec_.specs[index].extends;
    report(sink_, codes::inheritance_cycle, extends.where, fmt::format("spec `{}` extends itself", extends.text))
        .also(spec_.specs[parent].where, "the chain begins here");
    models_[parent].sound = false;
  };
  resolve_parents_first(models_.size(), parent_of, cycle, [&](std::size_t index, std::optional<std::size_t> parent) {
    models_[index].parent = parent;
    resolve(index, parent ? &models_[*parent] : nullptr);
  });
}

void Specs::resolve(std::size_t index, const SpecModel* parent) {
  SpecModel& self = models_[index];
  const SpecDefinition& definition = spec_.specs[index];
  self.definition = &definition;
  if (parent != nullptr) {
    const std::size_t size =
        parent->slots.size() + parent->sidecars.size() + parent->params.size() + parent->wires.size();
    self.sound = self.sound && parent->sound && inherited_.afford(size, definition.extends->where);
    if (self.sound) {
      self.slots = parent->slots;
      self.sidecars = parent->sidecars;
      self.params = parent->params;
      self.wires = parent->wires;
      self.entry = parent->entry;
    }
  } else if (definition.extends || !definition.has_slots) {
    self.sound = false;
  }
  for (const std::string_view key : {"extends", "slots", "sidecars", "params"}) {
    if (definition.unread.contains(key)) self.sound = false;
  }
  const auto readable = [](const SlotDefinition& slot) { return slot.readable; };
  self.sound = self.sound && std::all_of(definition.slots.begin(), definition.slots.end(), readable) &&
               std::all_of(definition.sidecars.begin(), definition.sidecars.end(), readable);
  if (self.sound) {
    add_slots(self.slots, definition.slots);
    add_slots(self.sidecars, definition.sidecars);
    std::vector<ParamDefinition> own_params;
    for (const ParamDefinition& param : definition.params) {
      if (param.name.text == "name" || param.name.text == "namespace") {
        report(sink_, codes::bad_name, param.name.where, fmt::format("`{}` is a built-in param", param.name.text))
            .note("`${graph.name}` and `${graph.namespace}` are there without being declared");
        continue;
      }
      own_params.push_back(param);
    }
    merge_named(self.params, own_params);
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t at = 0; at < self.wires.size(); ++at) places.emplace(self.wires[at]->key.text, at);
    for (const WireDefinition& wire : definition.wires) {
      const auto [place, is_new] = places.emplace(wire.key.text, self.wires.size());
      if (is_new) {
        self.wires.push_back(&wire);
      } else {
        self.wires[place->second] = &wire;
      }
    }
    check_names(self, parent);
    check_entry(self);
  }
}

Slot Specs::resolve_slot(const SlotDefinition& definition) {
  Slot slot;
  slot.definition = definition;
  slot.type = names_.type(definition.type, *definition.scope);
  slot.broken = !slot.type || catalog_.is_bad(slot.type);
  if (definition.defaults.size() > 1 && !slot.many()) {
    report(sink_, codes::several_for_one, definition.defaults[1].where,
           fmt::format("slot `{}` takes one component, and has {} defaults", definition.name.text,
                       definition.defaults.size()))
        .help(fmt::format("write `many {}` to let it hold several", definition.type.text));
    slot.broken = true;
  }
  for (const Name& name : definition.defaults) {
    if (name.text == "None" || name.text == "null" || name.text == "nil") {
      report(sink_, codes::unknown_name, name.where, fmt::format("no component is called `{}`", name.text))
          .help(fmt::format("a slot that may be empty is `optional {}`", definition.type.text));
      slot.broken = true;
      continue;
    }
    const auto component = names_.component(name, *definition.scope, [&] { return catalog_.fitting(slot.type); });
    if (!component || catalog_.component(*component).bad) {
      slot.broken = true;
      continue;
    }
    if (!slot.type || catalog_.is_bad(slot.type)) continue;
    if (!catalog_.conforms(*component, slot.type)) {
      report(sink_, codes::default_type, name.where,
             fmt::format("default `{}` is not a `{}`", name.text, definition.type.text))
          .label(catalog_.implemented_words(*component))
          .also(definition.type.where,
                fmt::format("slot `{}` takes a `{}`", definition.name.text, definition.type.text))
          .help(fitting_help(catalog_, slot.type));
      slot.broken = true;
      continue;
    }
    slot.defaults.push_back({name, definition.scope, *component});
  }
  return slot;
}

void Specs::add_slots(std::vector<Slot>& list, const std::vector<SlotDefinition>& own) {
  list.reserve(list.size() + own.size());
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t index = 0; index < list.size(); ++index) places.emplace(list[index].definition.name.text, index);
  for (const SlotDefinition& definition : own) {
    Slot slot = resolve_slot(definition);
    const auto [place, is_new] = places.emplace(definition.name.text, list.size());
    if (is_new) {
      list.push_back(std::move(slot));
      continue;
    }
    check_widening(list[place->second], slot);
    list[place->second] = std::move(slot);
  }
}

void Specs::check_widening(const Slot& old, const Slot& replacement) {
  if (!old.type || !replacement.type || catalog_.is_bad(old.type) || catalog_.is_bad(replacement.type)) return;
  const SlotDefinition& definition = replacement.definition;
  const bool wider_arity = (optional(definition.arity) && !optional(old.definition.arity)) ||
                           (many(definition.arity) && !many(old.definition.arity));
  if (!wider_arity && catalog_.conforms(replacement.type, old.type)) return;
  report(sink_, codes::slot_widened, definition.type.where,
         fmt::format(
             "slot `{}` cannot be widened to `{}`", definition.name.text,
             wider_arity ? fmt::format("{} {}", word(definition.arity), definition.type.text) : definition.type.text))
      .also(old.definition.where, "inherited as this")
      .note("a spec that extends another may narrow a slot, so that its graphs still are graphs of both");
}

/// DG0205: a name that is at once slot, sidecar or param.
void Specs::check_names(const SpecModel& model, const SpecModel* parent) {
  struct Known {
    const Name* name;
    std::string_view kind;
    bool own;
  };
  std::vector<Known> all;
  std::set<std::pair<const SourceFile*, std::uint32_t>> places_of_own;
  const auto remember = [&](const auto& list) {
    for (const auto& one : list) places_of_own.emplace(one.name.where.file, one.name.where.begin);
  };
  remember(model.definition->slots);
  remember(model.definition->sidecars);
  remember(model.definition->params);
  const auto collect = [&](bool inherited) {
    const auto add = [&](const Name& name, std::string_view kind, bool is_own) {
      if (is_own != inherited) all.push_back({&name, kind, is_own});
    };
    if (inherited && parent == nullptr) return;
    const auto& slots = inherited ? parent->slots : model.slots;
    const auto& sidecars = inherited ? parent->sidecars : model.sidecars;
    const auto& params = inherited ? parent->params : model.params;
    const auto owned = [&](const Name& name) {
      return !inherited && places_of_own.count({name.where.file, name.where.begin}) != 0;
    };
    for (const Slot& slot : slots) add(slot.definition.name, "slot", owned(slot.definition.name));
    for (const Slot& slot : sidecars) add(slot.definition.name, "sidecar", owned(slot.definition.name));
    for (const ParamDefinition& param : params) add(param.name, "param", owned(param.name));
  };
  collect(true);
  collect(false);
  std::unordered_map<std::string_view, std::vector<const Known*>> before;
  for (const Known& later : all) {
    auto& known = before[later.name->text];
    const auto clash =
        std::find_if(known.begin(), known.end(), [&](const Known* one) { return one->kind != later.kind; });
    if (later.own && clash != known.end()) {
      report(sink_, codes::defined_twice, later.name->where,
             fmt::format("`{}` is a {} and a {} of spec `{}`", later.name->text, (*clash)->kind, later.kind,
                         model.definition->name))
          .also((*clash)->name->where, fmt::format("the {}", (*clash)->kind))
          .note(
              "slots, sidecars and params of a spec share one set of names, so that `NAME=VALUE` is clear on the "
              "command line");
    }
    known.push_back(&later);
  }
}

void Specs::check_entry(SpecModel& model) {
  const SpecDefinition& definition = *model.definition;
  if (definition.entry) {
    if (definition.entry->text.empty()) return;  // its shape was reported
    model.entry = definition.entry;
    if (model.find_slot(definition.entry->text) != nullptr) return;
    auto diagnostic =
        report(sink_, codes::bad_entry, definition.entry->where,
               fmt::format("entry `{}` is not a slot of spec `{}`", definition.entry->text, definition.name));
    std::vector<std::string_view> names;
    for (const Slot& slot : model.slots) names.push_back(slot.definition.name.text);
    suggest_fix(diagnostic, definition.entry->where, definition.entry->text, names, "its slots are");
    return;
  }
  if (model.entry || definition.extends || definition.unread.contains("entry")) return;
  auto diagnostic =
      report(sink_, codes::bad_entry, definition.where, fmt::format("spec `{}` has no `entry`", definition.name));
  diagnostic.note("the entry is the slot that users talk to");
  if (!model.slots.empty()) diagnostic.help(fmt::format("add `entry: {}`", model.slots.front().definition.name.text));
}

}  // namespace dynamo
