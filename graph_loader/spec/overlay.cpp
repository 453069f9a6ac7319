#include "graph_loader/spec/overlay.h"

#include "graph_loader/spec/binding_reader.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace dynamo {
namespace {

using Kind = grammar::Value::Kind;

/// What the grammar says about the value of a key, below a Mapping or Table; nullptr if it does not know the key.
const grammar::Value* rule_below(const grammar::Value* inside, std::string_view key) {
  if (inside == nullptr) return nullptr;
  if (inside->kind == Kind::Table) return inside->item;
  const grammar::Key* found = inside->mapping->find(key);
  return found == nullptr ? nullptr : &found->value;
}

/// The list among what a value may be; nullptr if it cannot be one.
const grammar::Value* list_form(const grammar::Value& rule) {
  const auto found = std::find_if(rule.choices.begin(), rule.choices.end(),
                                  [](const grammar::Value& one) { return one.kind == Kind::List; });
  return found == rule.choices.end() ? nullptr : &*found;
}

/// The binding of a slot or sidecar: a component, or a mapping that names one under `use`.
bool is_binding(const grammar::Value& rule) {
  const grammar::Value* inside = grammar::as_mapping(rule);
  return inside != nullptr && inside->mapping != nullptr && inside->mapping->shorthand == "use";
}

/// `sidecars: [A, B]` is the mapping of the names that they get.
bool is_sidecars(const grammar::Value& rule) {
  const grammar::Value* list = list_form(rule);
  return list != nullptr && list->item->kind == Kind::Leaf && list->item->leaf == grammar::Leaf::Component;
}

bool has_names_for_keys(const grammar::Value* inside) {
  return inside != nullptr && inside->kind == Kind::Table && inside->key_form != grammar::KeyForm::Variable;
}

}  // namespace

void Overlays::add(std::string_view section, const Entry& definition) {
  sections_[std::string(section)][std::string(definition.key->text)].push_back({definition, false});
}

std::optional<Entry> Overlays::apply(std::string_view section, const std::string& name, const Entry& definition) {
  const auto layers = sections_.find(section);
  if (layers == sections_.end()) return definition;
  const auto found = layers->second.find(name);
  if (found == layers->second.end()) return definition;
  const grammar::Value& rule = *grammar::file.find(section)->value.item;
  std::optional<Entry> result = definition;
  for (Layer& layer : found->second) {
    if (!result) break;  // deleted by an earlier overlay: a later one has nothing to change
    layer.used = true;
    const bool deletes = layer.definition.value->kind == NodeKind::Null;
    repeated_keys_.push_back({definition.key, layer.definition.key, deletes});
    if (deletes) {
      result.reset();
      deleted_.emplace(name, layer.definition.key->where);
    } else {
      result->value = merge(*result, layer.definition, &rule);
    }
  }
  return result;
}

void Overlays::report_unknown(const Spec& spec) {
  for (const auto& [section, names] : sections_) {
    const NameKind kind = *from_word<NameKind>(std::string_view(section).substr(0, section.size() - 1));
    const bool is_type = kind == NameKind::Interface || kind == NameKind::Component;
    const auto& table = is_type ? spec.types : spec.targets;
    std::vector<std::string_view> known;
    for (const auto& [name, definition] : table) {
      if (definition.kind == kind) known.push_back(name);
    }
    for (const auto& [name, layers] : names) {
      for (const Layer& layer : layers) {
        if (layer.used) continue;
        auto diagnostic = report(sink_, codes::overlay_unknown, layer.definition.key->where,
                                 fmt::format("there is no {} `{}` to change", word(kind), name));
        diagnostic.note("an overlay changes definitions of the graph file and its imports; it adds none");
        const auto other = table.find(name);
        if (other != table.end() && other->second.kind != kind) {
          diagnostic.label(fmt::format("it is under `{}s`", word(other->second.kind)))
              .also(other->second.where, fmt::format("a {} of this name", word(other->second.kind)));
        } else {
          suggest_fix(diagnostic, layer.definition.key->where, name, known);
        }
      }
    }
  }
}

/// What stands under the key after the overlay; the overlay's value is not empty.
const Node* Overlays::merge(const Entry& base, const Entry& layer, const grammar::Value* rule) {
  const Node& above = *layer.value;
  if (rule != nullptr && is_binding(*rule)) return merge_binding(base, layer, *rule);
  const bool list_of_sidecars = rule != nullptr && above.is_sequence() && is_sidecars(*rule);
  if (above.is_mapping() || list_of_sidecars) {
    const Node* upper = above.is_mapping() ? &above : as_mapping(above, *rule);
    const Node* lower = base.value;
    if (!lower->is_mapping() && rule != nullptr) lower = as_mapping(*lower, *rule);
    if (lower != nullptr && lower->is_mapping()) return merge_mappings(*lower, *upper, rule);
  }
  replaced_[{above.where.file, above.where.begin}] = base.value->where;
  return &above;
}

const Node* Overlays::merge_mappings(const Node& base, const Node& layer, const grammar::Value* rule) {
  const grammar::Value* inside = rule == nullptr ? nullptr : grammar::as_mapping(*rule);
  Node& result = make(NodeKind::Mapping, base.where);
  result.flow = base.flow;
  result.entries = base.entries;
  for (const Entry& change : layer.entries) {
    const grammar::Value* below = rule_below(inside, change.key->text);
    const auto known = std::find_if(result.entries.begin(), result.entries.end(),
                                    [&](const Entry& one) { return one.key->text == change.key->text; });
    const bool deletes = change.value->kind == NodeKind::Null;
    if (known != result.entries.end() && has_names_for_keys(inside)) {
      repeated_keys_.push_back({known->key, change.key, deletes});
    }
    if (known == result.entries.end()) {
      if (deletes) {
        report_nothing_to_delete(change, base);
      } else if (const Node* value = added(change, below)) {
        result.entries.push_back({change.key, value});
      }
    } else if (deletes) {
      result.entries.erase(known);
    } else if (const Node* value = merge(*known, change, below)) {
      *known = {value == change.value ? change.key : known->key, value};
    }
  }
  return &result;
}

/// A binding that names a component, a list and `none` replace what was bound; anything else tunes it.
const Node* Overlays::merge_binding(const Entry& base, const Entry& layer, const grammar::Value& rule) {
  const Node& above = *layer.value;
  const Node& below = *base.value;
  if (!above.is_mapping() || above.find("use") != nullptr) {
    replaced_[{above.where.file, above.where.begin}] = below.where;
    return &above;
  }
  if (below.is_sequence()) {
    const grammar::Value* list = list_form(rule);
    Node& result = make(NodeKind::Sequence, below.where);
    for (const Node* item : below.items) {
      result.items.push_back(list == nullptr ? item : merge({base.key, item}, layer, list->item));
    }
    return &result;
  }
  if (below.kind == NodeKind::String && below.text == "none") {
    report(sink_, codes::slot_empty, layer.key->where,
           fmt::format("there is nothing to tune in slot `{}`", layer.key->text))
        .also(below.where, "left empty here")
        .help("name the component: `use: COMPONENT`");
    return nullptr;
  }
  const Node* lower = as_mapping(below, rule);
  return lower == nullptr ? &above : merge_mappings(*lower, above, &rule);
}

/// A value whose key is new: what it deletes is not there.
const Node* Overlays::added(const Entry& layer, const grammar::Value* rule) {
  if (!layer.value->is_mapping() || layer.value->entries.empty()) return layer.value;
  Node& nothing = make(NodeKind::Mapping, layer.value->where);
  nothing.flow = layer.value->flow;
  return merge_mappings(nothing, *layer.value, rule);
}

/// The long form of a value: an empty one, a word that stands for a mapping of one key, a list of names. nullptr: it
/// has none.
const Node* Overlays::as_mapping(const Node& node, const grammar::Value& rule) {
  const grammar::Value* inside = grammar::as_mapping(rule);
  if (inside == nullptr || node.is_mapping()) return node.is_mapping() ? &node : nullptr;
  if (node.kind == NodeKind::Null) return &make(NodeKind::Mapping, node.where);
  const auto word = [&](std::string_view text, Span where) {
    Node& key = make(NodeKind::String, where);
    key.text = text;
    return &key;
  };
  if (node.is_sequence() && inside->kind == Kind::Table) {
    Node& result = make(NodeKind::Mapping, node.where);
    const bool sidecars = is_sidecars(rule);
    for (const Node* item : node.items) {
      if (item->kind != NodeKind::String) return nullptr;
      if (sidecars) {
        result.entries.push_back({word(tree_.texts.emplace_back(sidecar_name(item->text)), item->where), item});
      } else {
        result.entries.push_back({item, &make(NodeKind::Null, item->where)});
      }
    }
    return &result;
  }
  if (node.is_sequence() || inside->kind == Kind::Table || inside->mapping->shorthand.empty()) return nullptr;
  Node& result = make(NodeKind::Mapping, node.where);
  result.entries.push_back({word(inside->mapping->shorthand, node.where), &node});
  return &result;
}

void Overlays::report_nothing_to_delete(const Entry& layer, const Node& base) {
  auto diagnostic = report(sink_, codes::overlay_unknown, layer.key->where,
                           fmt::format("there is no `{}` here that could be deleted", layer.key->text));
  std::vector<std::string_view> known;
  for (const Entry& entry : base.entries) known.push_back(entry.key->text);
  suggest_fix(diagnostic, layer.key->where, layer.key->text, known, "there are");
  diagnostic.note("in an overlay an empty value deletes its key");
}

Node& Overlays::make(NodeKind kind, Span where) {
  Node& node = tree_.nodes.emplace_back();
  node.kind = kind;
  node.where = where;
  return node;
}

}  // namespace dynamo
