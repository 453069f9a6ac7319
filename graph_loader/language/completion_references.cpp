// The part of completion that knows what may follow `${`.

#include "graph_loader/language/completer.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace dynamo {
namespace {

using Kind = Completion::Kind;

constexpr auto keys_with_everything = std::to_array<std::string_view>({"command", "cwd", "env", "ready", "live"});

bool takes_references(const grammar::Value& value) {
  if (value.references) return value.leaf != grammar::Leaf::Doc;
  if (value.kind == grammar::Value::Kind::List) return takes_references(*value.item);
  return std::any_of(value.choices.begin(), value.choices.end(), takes_references);
}

}  // namespace

/// False: the cursor is not behind an open `${`.
bool Completer::add_references() {
  if (byte_ <= cursor_.begin) return false;
  const std::string_view before = text_.substr(cursor_.begin, byte_ - cursor_.begin);
  const std::size_t open = before.rfind("${");
  if (open == std::string_view::npos || before.find('}', open) != std::string_view::npos) return false;
  // `$$` is a dollar sign.
  const std::size_t other = before.find_last_not_of('$', open);
  if ((open - (other == std::string_view::npos ? 0 : other + 1)) % 2 == 1) return true;
  const std::string inner(before.substr(open + 2));
  if (inner.find(':') != std::string::npos || !takes_references(*position_.value)) return true;
  const std::size_t dot = inner.rfind('.');
  begin_ = cursor_.begin + static_cast<std::uint32_t>(open + 2 + (dot == std::string::npos ? 0 : dot + 1));
  end_ = byte_;
  while (end_ < text_.size() &&
         (std::isalnum(static_cast<unsigned char>(text_[end_])) != 0 || text_[end_] == '_' || text_[end_] == '-')) {
    ++end_;
  }
  if (dot == std::string::npos) {
    add_scopes();
    return true;
  }
  const std::string scope = inner.substr(0, inner.find('.'));
  const std::string rest = inner.substr(scope.size() + 1);
  if (scope == "params") {
    for (const std::size_t one : owner_.components) {
      for (const ParamDefinition* param : params_of_component(analysis_, one)) {
        add_reference_name(param->name.text, Kind::Param, declared(*param));
      }
    }
  } else if (scope == "graph") {
    for (const std::size_t of : specs_in_sight()) {
      for (const ParamDefinition* param : params_of_spec(analysis_, of)) {
        add_reference_name(param->name.text, Kind::Param, declared(*param));
      }
    }
    add_reference_name("name", Kind::Word, "the name of the graph");
    add_reference_name("namespace", Kind::Word, "the namespace of the graph");
  } else if (scope == "self") {
    add_self(rest);
  } else if (scope == "clients") {
    add_clients(rest);
  }
  return true;
}

/// The specs whose params may be meant; those of a component that nothing uses yet are not known.
std::set<std::size_t> Completer::specs_in_sight() const {
  if (!owner_.specs.empty() || owner_.kind != NameKind::Component) return owner_.specs;
  std::set<std::size_t> result;
  for (std::size_t index = 0; index < analysis_.spec().specs.size(); ++index) result.insert(index);
  return result;
}

void Completer::add_scopes() {
  const bool whole_graph =
      owner_.kind == NameKind::Spec || (owner_.kind == NameKind::Graph && owner_.member == "params");
  const auto in_path = [&](std::string_view key) {
    return std::any_of(cursor_.path.begin(), cursor_.path.end(), [&](const Step& step) { return step.key == key; });
  };
  const bool of_graph = whole_graph || owner_.components.empty();
  const bool value_of_param = owner_.kind == NameKind::Graph && in_path("params");
  const bool everything =
      !of_graph && !value_of_param && std::any_of(keys_with_everything.begin(), keys_with_everything.end(), in_path);
  if (!of_graph && !value_of_param) add_reference_name("params", Kind::Scope, "params of the component", true);
  add_reference_name("graph", Kind::Scope, "params of the spec, `name`, `namespace`", true);
  add_reference_name("env", Kind::Scope, "variables of the caller", true);
  if (everything || (of_graph && in_path("env"))) {
    add_reference_name("self", Kind::Scope, "slot, replica, ports of the process itself", true);
  }
  if (everything) add_reference_name("clients", Kind::Scope, "addresses of what it needs", true);
}

/// `more`: a dot and another name follow.
void Completer::add_reference_name(const std::string& name, Kind kind, const std::string& detail, bool more) {
  const std::size_t before = result_.size();
  add(name, kind, detail);
  if (result_.size() == before) return;
  const bool ends = end_ < text_.size() && (text_[end_] == '}' || text_[end_] == ':' || text_[end_] == '.');
  result_.back().insert = name + (ends ? "" : more ? "." : "}");
}

void Completer::add_self(const std::string& rest) {
  if (rest.starts_with("port.") || rest.starts_with("listen.")) {
    for (const std::size_t one : owner_.components) {
      const auto names =
          rest.starts_with("port.") ? ports_of_component(analysis_, one) : endpoints_of_component(analysis_, one);
      for (const std::string& name : names) add_reference_name(name, Kind::Endpoint, "");
    }
    return;
  }
  add_reference_name("slot", Kind::Word, "the slot of the process");
  add_reference_name("replica", Kind::Word, "its number, from 0");
  add_reference_name("gpus", Kind::Word, "its GPU ids, with commas between");
  add_reference_name("run_dir", Kind::Word, "the folder of its run");
  if (owner_.components.empty()) return;
  add_reference_name("port", Kind::Scope, "one of its ports", true);
  add_reference_name("listen", Kind::Scope, "the address of one of its endpoints", true);
}

void Completer::add_clients(const std::string& rest) {
  const std::size_t dot = rest.find('.');
  for (const std::size_t one : owner_.components) {
    for (const ClientDefinition* client : clients_of_component(analysis_, one)) {
      const TypeRef type = analysis_.type(client->type.text, *analysis_.spec().components[one].scope);
      const auto endpoints = endpoints_of_type(analysis_, type);
      if (dot == std::string::npos) {
        const bool more = type.kind != TypeRef::Kind::Any && endpoints.size() > 1;
        add_reference_name(client->name.text, Kind::Client, arity_and_type(client->arity, client->type.text), more);
      } else if (client->name.text == rest.substr(0, dot)) {
        for (const std::string& endpoint : endpoints) add_reference_name(endpoint, Kind::Endpoint, "");
      }
    }
  }
}

}  // namespace dynamo
