#include "graph_loader/language/completion.h"

#include "graph_loader/language/completer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

const grammar::Mapping& top_of(const Analysis& analysis, const std::string& path) {
  const FileScope* scope = analysis.scope(path);
  return scope != nullptr && scope->overlay ? grammar::overlay : grammar::file;
}

}  // namespace

std::string declared(const ParamDefinition& param) {
  std::string text(word(param.type));
  if (param.type == ParamType::Enum) {
    text += '(';
    for (const std::string& choice : param.choices) text += (text.back() == '(' ? "" : "|") + choice;
    text += ')';
  }
  if (param.default_value) text += " = " + param.default_value->as_written();
  return text;
}

std::string arity_and_type(Arity arity, const std::string& type) {
  return arity == Arity::One ? type : fmt::format("{} {}", word(arity), type);
}

std::vector<Completion> complete(const Analysis& analysis, const std::string& path, std::string_view text,
                                 std::uint32_t byte, FolderReader& folders) {
  return Completer(analysis, path, text, byte, folders).run();
}

Completer::Completer(const Analysis& analysis, const std::string& path, std::string_view text, std::uint32_t byte,
                     FolderReader& folders)
    : analysis_(analysis),
      path_(path),
      text_(text),
      byte_(std::min(byte, static_cast<std::uint32_t>(text.size()))),
      folders_(folders),
      cursor_(find_cursor(text, byte_)),
      position_(follow(cursor_.path, top_of(analysis, path))),
      owner_(owner_of(analysis, path, cursor_.path)),
      scope_(owner_.scope != nullptr ? owner_.scope : &no_scope_),
      begin_(byte_),
      end_(byte_) {
  overlay_ = &top_of(analysis, path) == &grammar::overlay;
  while (begin_ > cursor_.begin && is_word(text_[begin_ - 1])) --begin_;
  while (end_ < text_.size() && is_word(text_[end_])) ++end_;
}

std::vector<Completion> Completer::run() {
  if (cursor_.kind == Cursor::Kind::Prose || position_.value == nullptr) return {};
  const grammar::Value& value = *position_.value;
  if (cursor_.kind == Cursor::Kind::BlockText) {
    add_references();
  } else if (cursor_.kind == Cursor::Kind::Key || !add_references()) {
    // Nothing of a key comes before its word, and quotes around it must have been closed to be one.
    const bool may_be_key = cursor_.kind == Cursor::Kind::Key || cursor_.has_colon || !cursor_.quoted;
    if (cursor_.kind != Cursor::Kind::Value && may_be_key && typed().empty()) add_keys(value);
    if (cursor_.kind != Cursor::Kind::Key) add_values(value);
  }
  std::stable_sort(result_.begin(), result_.end(),
                   [](const Completion& left, const Completion& right) { return left.rank < right.rank; });
  return std::move(result_);
}

/// What stands of the scalar before the word at the cursor.
std::string Completer::typed() const {
  return begin_ > cursor_.begin ? std::string(text_.substr(cursor_.begin, begin_ - cursor_.begin)) : std::string();
}

void Completer::add(std::string label, Completion::Kind kind, std::string detail, std::string doc, int rank) {
  const bool known = std::any_of(result_.begin(), result_.end(),
                                 [&](const Completion& one) { return one.label == label && one.kind == kind; });
  if (known) return;
  Completion item;
  item.insert = cursor_.after_colon ? " " + label : label;
  item.label = std::move(label);
  item.kind = kind;
  item.detail = std::move(detail);
  item.doc = std::move(doc);
  item.rank = rank;
  item.begin = begin_;
  item.end = end_;
  result_.push_back(std::move(item));
}

void Completer::add_keys(const grammar::Value& value) {
  const grammar::Value* mapping = grammar::as_mapping(value);
  if (mapping == nullptr) return;
  const std::vector<std::string> present = keys_at(text_, cursor_.path, byte_);
  if (mapping->kind == grammar::Value::Kind::Mapping) {
    add_closed_keys(*mapping->mapping, present);
  } else {
    add_names(*mapping, present);
  }
}

/// A key with what its value begins with, plain and as a snippet.
std::pair<std::string, std::string> Completer::key_text(std::string_view name, const grammar::Value& value) const {
  using Kind = grammar::Value::Kind;
  if (cursor_.has_colon || cursor_.quoted) return {std::string(name), ""};
  const bool mapping = value.kind == Kind::Mapping || value.kind == Kind::Table;
  if (mapping && cursor_.flow) return {fmt::format("{}: ", name), fmt::format("{}: {{$0}}", name)};
  if (mapping) return {fmt::format("{}:", name), fmt::format("{}:\n  $0", name)};
  if (value.kind == Kind::List) return {fmt::format("{}: ", name), fmt::format("{}: [$0]", name)};
  return {fmt::format("{}: ", name), ""};
}

void Completer::add_closed_keys(const grammar::Mapping& mapping, const std::vector<std::string>& present) {
  using RuleKind = grammar::Rule::Kind;
  for (std::size_t index = 0; index < mapping.keys.size(); ++index) {
    const grammar::Key& key = mapping.keys[index];
    if (contains(present, key.name)) continue;
    bool needed = false;
    bool excluded = false;
    for (const grammar::Rule& rule : mapping.rules) {
      if (std::find(rule.keys.begin(), rule.keys.end(), key.name) == rule.keys.end()) continue;
      const bool met = std::any_of(rule.keys.begin(), rule.keys.end(),
                                   [&](std::string_view other) { return contains(present, other); });
      const bool one_only = rule.kind == RuleKind::AtMostOne || rule.kind == RuleKind::ExactlyOne;
      needed = needed || rule.kind == RuleKind::AllOf || (!met && rule.kind != RuleKind::AtMostOne);
      excluded = excluded || (one_only && met);
    }
    if (excluded) continue;
    add(std::string(key.name), Completion::Kind::Key, needed ? "needed" : "", std::string(key.doc),
        static_cast<int>(index) + (needed ? 0 : 100));
    std::tie(result_.back().insert, result_.back().snippet) = key_text(key.name, key.value);
  }
}

void Completer::add_name_key(const std::string& name, Completion::Kind kind, const std::string& detail,
                             const std::vector<std::string>& present, const grammar::Value& value) {
  if (contains(present, name)) return;
  const std::size_t before = result_.size();
  add(name, kind, detail);
  if (result_.size() > before) std::tie(result_.back().insert, result_.back().snippet) = key_text(name, value);
}

void Completer::add_names(const grammar::Value& table, const std::vector<std::string>& present) {
  using Kind = Completion::Kind;
  if (position_.key == nullptr) return;
  const std::string_view key = position_.key->name;
  if (cursor_.path.size() == 1 && overlay_) add_definitions(key, present, *table.item);
  if (!owner_.index) return;
  const auto add_all = [&](const std::vector<std::string>& names, Kind kind) {
    for (const std::string& name : names) add_name_key(name, kind, "", present, *table.item);
  };
  const auto add_params = [&](const std::vector<const ParamDefinition*>& params) {
    for (const ParamDefinition* one : params) {
      add_name_key(one->name.text, Kind::Param, declared(*one), present, *table.item);
    }
  };
  const auto add_places = [&](const std::vector<const SlotDefinition*>& slots) {
    for (const SlotDefinition* one : slots) {
      add_name_key(one->name.text, Kind::Slot, arity_and_type(one->arity, one->type.text), present, *table.item);
    }
  };
  if (key == "bind" || key == "slots") {
    for (const std::size_t of : owner_.specs) add_places(slots_of_spec(analysis_, of));
  } else if (key == "sidecars") {
    for (const std::size_t of : owner_.specs) add_places(sidecars_of_spec(analysis_, of));
    if (owner_.kind == NameKind::Graph) {
      for (const std::string& name : sidecars_of_graph(analysis_, *owner_.index)) {
        add_name_key(name, Kind::Slot, "", present, *table.item);
      }
    }
  } else if (key == "params" && owner_.kind == NameKind::Graph && owner_.member == "params") {
    for (const std::size_t of : owner_.specs) add_params(params_of_spec(analysis_, of));
  } else if (key == "params" && owner_.kind == NameKind::Graph) {
    for (const std::size_t one : owner_.components) add_params(params_of_component(analysis_, one));
  } else if (key == "endpoints" && owner_.kind == NameKind::Component) {
    for (const std::size_t one : owner_.components) add_all(promised_endpoints(analysis_, one), Kind::Endpoint);
  } else if (key == "endpoints") {
    for (const std::size_t one : owner_.components) add_all(endpoints_of_component(analysis_, one), Kind::Endpoint);
  } else if (key == "ports" && owner_.kind == NameKind::Graph) {
    for (const std::size_t one : owner_.components) add_all(ports_of_component(analysis_, one), Kind::Endpoint);
  } else if (key == "wire") {
    add_wire_keys(present, *table.item);
  } else if (owner_.kind == NameKind::Component) {
    add_inherited(present, *table.item);
  }
}

/// An overlay changes definitions that there are.
void Completer::add_definitions(std::string_view section, const std::vector<std::string>& present,
                                const grammar::Value& value) {
  const auto add_all = [&](const auto& list, Completion::Kind kind) {
    for (const auto& one : list) add_name_key(one.name, kind, "", present, value);
  };
  const Spec& spec = analysis_.spec();
  if (section == "interfaces") add_all(spec.interfaces, Completion::Kind::Interface);
  if (section == "components") add_all(spec.components, Completion::Kind::Component);
  if (section == "specs") add_all(spec.specs, Completion::Kind::Spec);
  if (section == "graphs") add_all(spec.graphs, Completion::Kind::Graph);
}

/// What a component may say anew: the names of its parent; in an overlay all that it has.
void Completer::add_inherited(const std::vector<std::string>& present, const grammar::Value& value) {
  const auto chain = analysis_.chain_of_component(*owner_.index);
  const std::size_t from = overlay_ ? 0 : 1;
  if (chain.size() <= from) return;
  if (position_.key->name == "params") {
    for (const ParamDefinition* one : params_of_component(analysis_, chain[from])) {
      add_name_key(one->name.text, Completion::Kind::Param, declared(*one), present, value);
    }
  } else if (position_.key->name == "clients") {
    for (const ClientDefinition* one : clients_of_component(analysis_, chain[from])) {
      add_name_key(one->name.text, Completion::Kind::Client, arity_and_type(one->arity, one->type.text), present,
                   value);
    }
  }
}

/// Whatever may sit in a slot or sidecar where the cursor is.
std::vector<std::size_t> Completer::components_in(std::size_t spec, const std::string& place) const {
  return owner_.kind == NameKind::Graph ? analysis_.bound(*owner_.index, place) : analysis_.defaults(spec, place);
}

void Completer::add_wire_keys(const std::vector<std::string>& present, const grammar::Value& value) {
  for (const std::size_t of : owner_.specs) {
    std::vector<std::string> places;
    for (const auto& slots : {slots_of_spec(analysis_, of), sidecars_of_spec(analysis_, of)}) {
      for (const SlotDefinition* slot : slots) places.push_back(slot->name.text);
    }
    if (owner_.kind == NameKind::Graph) {
      for (std::string& name : sidecars_of_graph(analysis_, *owner_.index)) places.push_back(std::move(name));
    }
    for (const std::string& name : places) {
      for (const std::size_t component : components_in(of, name)) {
        for (const ClientDefinition* client : clients_of_component(analysis_, component)) {
          add_name_key(fmt::format("{}.{}", name, client->name.text), Completion::Kind::Client,
                       arity_and_type(client->arity, client->type.text), present, value);
        }
      }
    }
  }
}

}  // namespace dynamo
