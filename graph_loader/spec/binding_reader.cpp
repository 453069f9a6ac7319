#include "graph_loader/spec/binding_reader.h"

#include "graph_loader/spec/run_reader.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace dynamo {
namespace {

void report_redefining(const Entry& entry, Shape& shape) {
  report(shape.sink(), codes::binding_redefines, entry.key->where,
         fmt::format("a binding cannot set `{}`", entry.key->text))
      .note("a binding tunes a component; what the component is stays as it was defined")
      .help("define a component that `extends` it, and bind that");
}

void read_where(const KnownEntry& entry, TuneDefinition& tune, Shape& shape) {
  const Keys places = entry.rule->value.item->words;
  const auto* items = shape.items(*entry.value, "`where`");
  if (items == nullptr) return;
  if (items->empty()) {
    report(shape.sink(), codes::wrong_kind, entry.value->where, "`where` must not be empty")
        .note("its items are `serve` and `deploy`");
    return;
  }
  std::vector<std::string> result;
  for (const Node* item : *items) {
    const auto text = shape.string(*item, "an item of `where`");
    if (!text) continue;
    if (std::find(places.begin(), places.end(), text->value) == places.end()) {
      shape.not_allowed(*item, text->value, "an item of `where`", places);
    } else {
      result.push_back(text->value);
    }
  }
  tune.where = std::move(result);
}

/// One item: text, `none`, or a mapping. False if it could not be read at all.
bool read_item(const Node& node, BindingItem& item, bool sidecar, Shape& shape) {
  item.where = node.where;
  if (!node.is_mapping()) {
    if (node.kind != NodeKind::String) {
      shape
          .wrong_kind(node.where, sidecar ? "a sidecar" : "a binding",
                      sidecar ? "a component, `none` or a mapping" : "a component, `none`, a list or a mapping",
                      describe(node))
          .emit();
      return false;
    }
    auto name = shape.name(node, sidecar ? "a sidecar" : "a binding");
    if (!name) return false;
    if (name->text == "none") {
      item.none = true;
    } else {
      item.use = std::move(name);
    }
    return true;
  }
  item.tune.node = &node;
  const grammar::Mapping& mapping = sidecar ? grammar::sidecar : grammar::binding;
  Node filtered = node;
  filtered.entries.clear();
  for (const Entry& entry : node.entries) {
    if (mapping.is_fixed(entry.key->text)) {
      report_redefining(entry, shape);
    } else {
      filtered.entries.push_back(entry);
    }
  }
  bool good = true;
  UnreadKeys unread;
  for (const KnownEntry& one : shape.keys(filtered, mapping, &unread)) {
    const std::string_view key = one.key->text;
    if (key == "use") {
      item.use = shape.name(*one.value, "`use`");
      good = good && item.use;
    } else if (key == "params") {
      item.tune.params = read_param_values(one, shape);
    } else if (key == "endpoints") {
      item.tune.endpoints = read_endpoints(one, shape, true);
    } else if (key == "start") {
      item.tune.start = shape.choice<Phase>(one, "`start`");
    } else if (key == "on_failure") {
      item.tune.on_failure = shape.choice<OnFailure>(one, "`on_failure`");
    } else if (key == "where") {
      read_where(one, item.tune, shape);
    } else {
      read_run_key(one, item.tune.run, true, shape);
    }
  }
  return good && !unread.contains("use") && !unread.contains("params");
}

}  // namespace

std::string sidecar_name(std::string_view component) {
  std::string name(component.substr(component.rfind('.') + 1));
  if (!name.empty()) name.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(name.front())));
  return name;
}

BindingDefinition read_binding(Name slot, const Node& value, const FileScope* scope, bool sidecar, Shape& shape) {
  BindingDefinition result;
  result.slot = std::move(slot);
  result.where = value.where;
  result.scope = scope;
  if (value.kind == NodeKind::Null || (value.is_mapping() && value.entries.empty())) {
    report(shape.sink(), codes::wrong_kind, result.slot.where,
           fmt::format("the binding of `{}` is empty", result.slot.text))
        .help(fmt::format("name a component: `{}: COMPONENT`", result.slot.text));
    result.readable = false;
    return result;
  }
  if (value.is_sequence() && !sidecar) {
    result.is_list = true;
    for (const Node* node : value.items) {
      BindingItem item;
      const bool empty = node->is_mapping() && node->entries.empty();
      if (node->kind == NodeKind::Null || node->is_sequence() || empty) {
        shape
            .wrong_kind(node->where, "an item of a binding", "a component or a mapping",
                        empty ? "nothing" : describe(*node))
            .emit();
        result.readable = false;
        continue;
      }
      result.readable = read_item(*node, item, sidecar, shape) && result.readable;
      result.items.push_back(std::move(item));
    }
    return result;
  }
  if (value.is_sequence()) {
    shape.wrong_kind(value.where, "a sidecar", "a component, `none` or a mapping", "a list").emit();
    result.readable = false;
    return result;
  }
  BindingItem item;
  result.readable = read_item(value, item, sidecar, shape);
  result.items.push_back(std::move(item));
  return result;
}

std::vector<BindingDefinition> read_bindings(const Entry& entry, const FileScope* scope, Shape& shape) {
  std::vector<BindingDefinition> result;
  const std::vector<Entry> slots = shape.names(entry, "`bind`");
  for (std::size_t index = 0; index < slots.size(); ++index) {
    const Entry& slot = slots[index];
    Name name{std::string(slot.key->text), slot.key->where};
    const Entry* next = index + 1 < slots.size() ? &slots[index + 1] : nullptr;
    const bool keys_beside = slot.value->kind == NodeKind::Null && next != nullptr && !entry.value->flow &&
                             grammar::binding.find(next->key->text) != nullptr;
    if (!keys_beside) {
      result.push_back(read_binding(std::move(name), *slot.value, scope, false, shape));
      continue;
    }
    report(shape.sink(), codes::wrong_kind, slot.key->where, fmt::format("the binding of `{}` is empty", name.text))
        .also(next->key->where, fmt::format("`{}` stands beside it", next->key->text))
        .help(fmt::format("indent what tunes the slot more than `{}`", name.text));
    BindingDefinition empty;
    empty.slot = std::move(name);
    empty.where = slot.value->where;
    empty.scope = scope;
    empty.readable = false;
    result.push_back(std::move(empty));
    while (index + 1 < slots.size() && grammar::binding.find(slots[index + 1].key->text) != nullptr) ++index;
  }
  return result;
}

namespace {

std::vector<BindingDefinition> read_sidecar_list(const Node& list, const FileScope* scope, Shape& shape) {
  std::vector<BindingDefinition> result;
  std::vector<Name> names;
  for (const Node* item : list.items) {
    auto component = shape.name(*item, "a sidecar");
    if (!component) continue;
    const Name name{sidecar_name(component->text), item->where};
    BindingDefinition binding = read_binding(name, *item, scope, true, shape);
    names.push_back(binding.slot);
    result.push_back(std::move(binding));
  }
  report_repeated(names, "sidecar", shape);
  return result;
}

}  // namespace

std::vector<BindingDefinition> read_sidecars(const Entry& entry, const FileScope* scope, Shape& shape) {
  if (entry.value->is_sequence()) return read_sidecar_list(*entry.value, scope, shape);
  std::vector<BindingDefinition> result;
  if (!entry.value->is_mapping() && entry.value->kind != NodeKind::Null) {
    shape.not_a_list(*entry.value, "`sidecars`", "a list of components or a mapping");
    return result;
  }
  for (const Entry& slot : shape.names(entry, "`sidecars`")) {
    result.push_back(read_binding({std::string(slot.key->text), slot.key->where}, *slot.value, scope, true, shape));
  }
  return result;
}

}  // namespace dynamo
