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
      position_(follow(cursor_.path)),
      owner_(owner_of(analysis, path, cursor_.path)),
      scope_(owner_.scope != nullptr ? owner_.scope : &no_scope_),
      begin_(byte_),
      end_(byte_) {
  while (begin_ > cursor_.begin && is_word(text_[begin_ - 1])) --begin_;
  while (end_ < text_.size() && is_word(text_[end_])) ++end_;
}

std::vector<Completion> Completer::run() {
  if (cursor_.kind == Cursor::Kind::Prose || position_.value == nullptr) return {};
  const grammar::Value& value = *position_.value;
  if (cursor_.kind == Cursor::Kind::Key || !add_references()) {
    if (cursor_.kind != Cursor::Kind::Value) add_keys(value);
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
  if (cursor_.has_colon) return {std::string(name), ""};
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
  if (position_.key == nullptr || !owner_.index) return;
  const std::string_view key = position_.key->name;
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
    for (const std::size_t of : owner_.specs) {
      for (const auto& slots : {slots_of_spec(analysis_, of), sidecars_of_spec(analysis_, of)}) {
        for (const SlotDefinition* slot : slots) {
          const std::string& name = slot->name.text;
          const auto components =
              owner_.kind == NameKind::Graph ? analysis_.bound(*owner_.index, name) : analysis_.defaults(of, name);
          for (const std::size_t component : components) {
            for (const ClientDefinition* client : clients_of_component(analysis_, component)) {
              add_name_key(fmt::format("{}.{}", name, client->name.text), Kind::Client,
                           arity_and_type(client->arity, client->type.text), present, *table.item);
            }
          }
        }
      }
    }
  }
}

}  // namespace dynamo
