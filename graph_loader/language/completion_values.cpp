// The part of completion that knows what a value may be.

#include "graph_loader/language/completer.h"
#include "proto/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace dynamo {
namespace {

using grammar::Leaf;
using grammar::Value;
using Kind = Completion::Kind;

/// The words of a compact string before the cursor.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> result;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t", at)) != std::string::npos) {
    const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
    result.push_back(text.substr(at, end - at));
    at = end;
  }
  return result;
}

std::string list_of(const std::vector<Name>& names) {
  std::string result;
  for (const Name& name : names) result += (result.empty() ? "" : ", ") + name.text;
  return result;
}

/// "implements Backend": what a component is, beside its name.
std::string facts(const ComponentDefinition& component) {
  if (!component.implements.empty()) return "implements " + list_of(component.implements);
  return component.extends ? "extends " + component.extends->text : "";
}

}  // namespace

void Completer::add_values(const Value& value) {
  switch (value.kind) {
    case Value::Kind::Leaf: add_leaf(value); break;
    case Value::Kind::List: add_list(value); break;
    case Value::Kind::OneOf:
      for (const Value& choice : value.choices) add_values(choice);
      break;
    case Value::Kind::Mapping:
    case Value::Kind::Table: break;
  }
}

/// Where a list is wanted and none has begun, its items come in brackets.
void Completer::add_list(const Value& list) {
  if (cursor_.quoted) return;
  const std::size_t before = result_.size();
  add_values(*list.item);
  for (std::size_t index = before; index < result_.size(); ++index) {
    Completion& item = result_[index];
    item.insert = fmt::format("{}[{}]", cursor_.after_colon ? " " : "", item.label);
    item.rank += 10;
  }
}

void Completer::add_leaf(const Value& leaf) {
  switch (leaf.leaf) {
    case Leaf::Version:
    case Leaf::Word:
      for (const std::string_view one : leaf.words) add(std::string(one), Kind::Word);
      break;
    case Leaf::Boolean:
      add("true", Kind::Word);
      add("false", Kind::Word);
      break;
    case Leaf::True: add("true", Kind::Word); break;
    case Leaf::Port: add("auto", Kind::Word, "a free port"); break;
    case Leaf::Name: add_promised_endpoints(); break;
    case Leaf::Path: add_paths(); break;
    case Leaf::ClientType: add_client_type(false); break;
    case Leaf::Slot: add_client_type(true); break;
    case Leaf::ParamType: add_param_type(); break;
    case Leaf::ParamValue: add_param_value(); break;
    case Leaf::Interface: add_interfaces(); break;
    case Leaf::Component: add_bound(false); break;
    case Leaf::Bound: add_bound(true); break;
    case Leaf::Spec: add_targets_of_kind(NameKind::Spec); break;
    case Leaf::Graph: add_targets_of_kind(NameKind::Graph); break;
    case Leaf::SlotName: add_slots(); break;
    case Leaf::PortName:
      for (const std::size_t one : owner_.components) {
        for (const std::string& name : ports_of_component(analysis_, one)) add(name, Kind::Endpoint);
      }
      break;
    case Leaf::WireTarget: add_wire_targets(); break;
    case Leaf::CountLimit:
    case Leaf::ByteLimit: add("unlimited", Kind::Word); break;
    case Leaf::Doc:
    case Leaf::Text:
    case Leaf::PlainText:
    case Leaf::Integer:
    case Leaf::Replicas:
    case Leaf::Cpus:
    case Leaf::Memory:
    case Leaf::Duration:
    case Leaf::Regex:
    case Leaf::Variable:
    case Leaf::Signature: break;
  }
}

void Completer::add_interfaces() {
  const auto& list = analysis_.spec().interfaces;
  for (std::size_t index = 0; index < list.size(); ++index) {
    if (owner_.kind == NameKind::Interface && owner_.index == index) continue;
    add(spelled(list[index].name, *scope_), Kind::Interface, "interface", analysis_.doc(list[index].where));
  }
}

void Completer::add_types() {
  add_interfaces();
  const auto& list = analysis_.spec().components;
  for (const ComponentDefinition& one : list) {
    add(spelled(one.name, *scope_), Kind::Component, facts(one), analysis_.doc(one.where), 1);
  }
  add("Any", Kind::Word, "every component", "", 2);
}

/// All components, first those of a type.
void Completer::add_components(const TypeRef& type) {
  const auto& list = analysis_.spec().components;
  for (std::size_t index = 0; index < list.size(); ++index) {
    const bool fits = !type || analysis_.catalog().conforms(index, type);
    add(spelled(list[index].name, *scope_), Kind::Component, facts(list[index]), analysis_.doc(list[index].where),
        fits ? 0 : 5);
  }
}

void Completer::add_bound(bool may_be_none) {
  if (owner_.kind == NameKind::Component) {
    const auto& list = analysis_.spec().components;
    for (std::size_t index = 0; index < list.size(); ++index) {
      const auto chain = analysis_.chain_of_component(index);
      if (owner_.index && std::find(chain.begin(), chain.end(), *owner_.index) != chain.end()) continue;
      add(spelled(list[index].name, *scope_), Kind::Component, facts(list[index]), analysis_.doc(list[index].where));
    }
    return;
  }
  const SlotDefinition* slot = nullptr;
  for (const std::size_t of : owner_.specs) slot = place_of_spec(analysis_, of, owner_.name);
  add_components(slot != nullptr ? analysis_.type(slot->type.text, *slot->scope) : TypeRef{});
  const bool optional = owner_.member == "sidecars" ||
                        (slot != nullptr && (slot->arity == Arity::Optional || slot->arity == Arity::OptionalMany));
  if (may_be_none && optional) add("none", Kind::Word, "leaves it empty", "", 1);
}

void Completer::add_targets_of_kind(NameKind kind) {
  const bool own = owner_.kind == kind && position_.key != nullptr && position_.key->name == "extends";
  const auto add_all = [&](const auto& list, Kind completion) {
    for (std::size_t index = 0; index < list.size(); ++index) {
      if (own && owner_.index == index) continue;
      add(spelled(list[index].name, *scope_), completion, std::string(word(kind)), analysis_.doc(list[index].where));
    }
  };
  if (kind == NameKind::Spec) {
    add_all(analysis_.spec().specs, Kind::Spec);
  } else {
    add_all(analysis_.spec().graphs, Kind::Graph);
  }
}

void Completer::add_slots() {
  for (const std::size_t of : owner_.specs) {
    for (const SlotDefinition* one : slots_of_spec(analysis_, of)) {
      add(one->name.text, Kind::Slot, arity_and_type(one->arity, one->type.text));
    }
  }
}

void Completer::add_wire_targets() {
  const std::size_t dot = owner_.name.find('.');
  if (dot == std::string::npos || !owner_.index) return;
  const std::string slot = owner_.name.substr(0, dot);
  const std::string client = owner_.name.substr(dot + 1);
  TypeRef wanted;
  bool optional = false;
  for (const std::size_t of : owner_.specs) {
    const auto components =
        owner_.kind == NameKind::Graph ? analysis_.bound(*owner_.index, slot) : analysis_.defaults(of, slot);
    for (const std::size_t component : components) {
      const FileScope& scope = *analysis_.spec().components[component].scope;
      for (const ClientDefinition* one : clients_of_component(analysis_, component)) {
        if (one->name.text != client) continue;
        wanted = analysis_.type(one->type.text, scope);
        optional = one->arity == Arity::Optional || one->arity == Arity::OptionalMany;
      }
    }
    for (const SlotDefinition* one : slots_of_spec(analysis_, of)) {
      if (one->name.text == slot) continue;
      const TypeRef type = analysis_.type(one->type.text, *one->scope);
      const bool fits = wanted && type && analysis_.catalog().conforms(type, wanted);
      add(one->name.text, Kind::Slot, arity_and_type(one->arity, one->type.text), "", fits ? 0 : 5);
    }
  }
  if (optional) add("none", Kind::Word, "leaves it unconnected", "", 1);
}

/// `[optional] [many] Type [= Default]`
void Completer::add_client_type(bool with_default) {
  const std::string before = typed();
  const std::size_t equals = before.find('=');
  if (equals != std::string::npos) {
    const auto words = words_of(before.substr(0, equals));
    if (with_default) add_components(words.empty() ? TypeRef{} : analysis_.type(words.back(), *scope_));
    return;
  }
  const auto words = words_of(before);
  const bool optional = !words.empty() && words.front() == "optional";
  const bool many = !words.empty() && words.back() == "many";
  if (words.size() > static_cast<std::size_t>(optional) + static_cast<std::size_t>(many)) return;
  add_types();
  if (words.empty()) add("optional", Kind::Word, "may be empty", "", 3);
  if (!many) add("many", Kind::Word, "one or more", "", 3);
}

void Completer::add_param_type() {
  const std::string before = typed();
  if (before.find('=') == std::string::npos) {
    for (const std::string_view one : Words<ParamType>::list) {
      add(one == "enum" ? "enum(a|b)" : std::string(one), Kind::Word);
    }
    return;
  }
  add_default();
}

/// `enum(a|b) = `, `bool = `
void Completer::add_default() {
  const std::string before = typed();
  const std::string type = before.substr(0, before.find('='));
  const std::size_t open = type.find("enum(");
  if (open != std::string::npos) {
    const std::size_t end = std::min(type.find(')', open), type.size());
    for (std::size_t begin = open + 5; begin < end;) {
      const std::size_t next = std::min(type.find('|', begin), end);
      for (const std::string& word : words_of(type.substr(begin, next - begin))) add(word, Kind::Word);
      begin = next + 1;
    }
  } else if (type.find("bool") != std::string::npos) {
    add("true", Kind::Word);
    add("false", Kind::Word);
  }
}

/// The param that the last key of the path names.
const ParamDefinition* Completer::param_in_question() const {
  if (cursor_.path.empty()) return nullptr;
  const std::string& name = cursor_.path.back().key;
  const auto find = [&](const std::vector<const ParamDefinition*>& params) -> const ParamDefinition* {
    for (const ParamDefinition* one : params) {
      if (one->name.text == name) return one;
    }
    return nullptr;
  };
  if (owner_.member == "params") {
    return owner_.specs.empty() ? nullptr : find(params_of_spec(analysis_, *owner_.specs.begin()));
  }
  for (const std::size_t component : owner_.components) {
    if (const ParamDefinition* found = find(params_of_component(analysis_, component))) return found;
  }
  return nullptr;
}

void Completer::add_param_value() {
  const ParamDefinition* param = param_in_question();
  if (param == nullptr) return;
  for (const std::string& choice : param->choices) add(choice, Kind::Word, declared(*param));
  if (param->type == ParamType::Bool) {
    add("true", Kind::Word, declared(*param));
    add("false", Kind::Word, declared(*param));
  }
}

void Completer::add_promised_endpoints() {
  if (position_.key == nullptr || position_.key->name != "endpoints") return;
  for (const std::size_t one : owner_.components) {
    for (const std::string& name : promised_endpoints(analysis_, one)) add(name, Kind::Endpoint);
  }
}

void Completer::add_paths() {
  const std::string before(text_.substr(cursor_.begin, byte_ - cursor_.begin));
  const std::size_t slash = before.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : before.substr(0, slash + 1);
  begin_ = cursor_.begin + static_cast<std::uint32_t>(folder.size());
  const std::filesystem::path own(path_);
  for (const std::string& name : folders_.list((own.parent_path() / folder).lexically_normal().string())) {
    const bool is_folder = name.ends_with('/');
    if (!is_folder && !name.ends_with(".yaml") && !name.ends_with(".yml")) continue;
    if ((own.parent_path() / folder / name).lexically_normal() == own.lexically_normal()) continue;
    add(name, Kind::File, "", "", is_folder ? 1 : 0);
  }
}

}  // namespace dynamo
