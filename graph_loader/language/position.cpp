#include "graph_loader/language/position.h"

#include <algorithm>

namespace dynamo {
namespace {

using grammar::Value;

const Value file_value = {.kind = Value::Kind::Mapping, .mapping = &grammar::file};
const Value overlay_value = {.kind = Value::Kind::Mapping, .mapping = &grammar::overlay};

const Value* as_list(const Value& value) {
  if (value.kind == Value::Kind::List) return &value;
  for (const Value& choice : value.choices) {
    if (const Value* found = as_list(choice)) return found;
  }
  return nullptr;
}

std::optional<NameKind> kind_of_section(const std::string& section) {
  if (section == "interfaces") return NameKind::Interface;
  if (section == "components") return NameKind::Component;
  if (section == "specs") return NameKind::Spec;
  if (section == "graphs") return NameKind::Graph;
  return std::nullopt;
}

/// The component of one item of a list that a graph binds to a slot.
std::vector<std::size_t> components_of_item(const Analysis& analysis, std::size_t graph, const std::string& slot,
                                            std::size_t item) {
  const std::vector<std::size_t> bound = analysis.bound(graph, slot);
  const GraphDefinition& definition = analysis.spec().graphs[graph];
  for (const auto* bindings : {&definition.bind, &definition.sidecars}) {
    for (const BindingDefinition& binding : *bindings) {
      if (binding.slot.text != slot || !binding.is_list || item >= binding.items.size()) continue;
      const auto& use = binding.items[item].use;
      if (!use) break;
      const auto found = analysis.component(use->text, *binding.scope);
      return found ? std::vector<std::size_t>{*found} : bound;
    }
  }
  return bound;
}

}  // namespace

GrammarPosition follow(const std::vector<Step>& path, const grammar::Mapping& top) {
  GrammarPosition result{&top == &grammar::overlay ? &overlay_value : &file_value, nullptr};
  for (const Step& step : path) {
    const Value* next = nullptr;
    if (step.item) {
      if (const Value* list = as_list(*result.value)) next = list->item;
    } else if (const Value* mapping = grammar::as_mapping(*result.value)) {
      if (mapping->kind == Value::Kind::Table) {
        next = mapping->item;
      } else if (const grammar::Key* key = mapping->mapping->find(step.key)) {
        result.key = key;
        next = &key->value;
      }
    }
    result.value = next;
    if (next == nullptr) return result;
  }
  return result;
}

Owner owner_of(const Analysis& analysis, const std::string& path, const std::vector<Step>& steps) {
  Owner result;
  result.scope = analysis.scope(path);
  if (steps.empty()) return result;
  result.kind = kind_of_section(steps[0].key);
  if (!result.kind || steps.size() < 2) return result;
  result.index = analysis.defined(*result.kind, path, steps[1].key);
  if (steps.size() > 2) result.member = steps[2].key;
  if (steps.size() > 3) result.name = steps[3].key;
  if (!result.index) return result;
  if (result.scope != nullptr && result.scope->overlay) result.scope = analysis.scope_of(*result.kind, *result.index);
  switch (*result.kind) {
    case NameKind::Interface: break;
    case NameKind::Component:
      result.components = {*result.index};
      result.specs = analysis.specs_using(*result.index);
      break;
    case NameKind::Spec: result.specs = {*result.index}; break;
    case NameKind::Graph:
      if (const auto of = analysis.spec_of_graph(*result.index)) result.specs = {*of};
      if (result.member == "bind" || result.member == "sidecars") {
        const std::optional<std::size_t> item = steps.size() > 4 ? steps[4].item : std::nullopt;
        result.components = item ? components_of_item(analysis, *result.index, result.name, *item)
                                 : analysis.bound(*result.index, result.name);
      }
      break;
  }
  return result;
}

}  // namespace dynamo
