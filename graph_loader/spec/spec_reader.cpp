#include "graph_loader/spec/spec_reader.h"

#include "graph_loader/spec/binding_reader.h"
#include "graph_loader/spec/compact.h"
#include "graph_loader/spec/habits.h"
#include "graph_loader/spec/run_reader.h"

#include <algorithm>
#include <cctype>

namespace dynamo {
namespace {

const Node* mapping_of(const Entry& entry) { return entry.value->is_mapping() ? entry.value : nullptr; }

void read_doc(const Entry& entry, Shape& shape) {
  if (entry.value->kind != NodeKind::String)
    shape.wrong_kind(entry.value->where, "`doc`", "text", describe(*entry.value)).emit();
}

std::vector<Name> read_names(const Node& node, std::string_view what, Shape& shape) {
  std::vector<Name> result;
  if (const auto* items = shape.items(node, what)) {
    for (const Node* item : *items) {
      if (auto name = shape.name(*item, fmt::format("an item of {}", what))) result.push_back(std::move(*name));
    }
  }
  return result;
}

InterfaceEndpoint read_interface_endpoint(const Entry& entry, Shape& shape) {
  InterfaceEndpoint endpoint;
  endpoint.name = {std::string(entry.key->text), entry.key->where};
  if (entry.value->kind == NodeKind::Null) return endpoint;
  if (!entry.value->is_mapping()) {
    endpoint.signature = read_signature(*entry.value, shape);
    return endpoint;
  }
  for (const KnownEntry& one : shape.keys(*entry.value, grammar::interface_endpoint)) {
    if (one.key->text == "sig") {
      endpoint.signature = read_signature(*one.value, shape);
    } else if (const auto protocol = shape.choice<Protocol>(one, "`protocol`")) {
      endpoint.protocol = Located<Protocol>{*protocol, one.value->where};
    }
  }
  return endpoint;
}

std::vector<ParamDefinition> read_params(const Entry& entry, Shape& shape) {
  std::vector<ParamDefinition> result;
  for (const Entry& one : shape.names(entry, "`params`")) result.push_back(read_param(one, shape));
  return result;
}

ClientDefinition read_client(const Entry& entry, Shape& shape) {
  ClientDefinition client;
  client.name = {std::string(entry.key->text), entry.key->where};
  client.readable = false;
  client.type_value = entry.value->where;
  const Node* type = entry.value;
  if (entry.value->is_mapping()) {
    type = nullptr;
    for (const KnownEntry& one : shape.keys(*entry.value, grammar::client)) {
      if (one.key->text == "type") {
        type = one.value;
      } else if (one.key->text == "wait") {
        client.wait = shape.boolean(*one.value, "`wait`");
      } else if (const auto word = shape.choice<OnRestart>(one, "`on_restart`")) {
        client.on_restart = Located<OnRestart>{*word, one.value->where};
      }
    }
    if (type == nullptr) {
      report(shape.sink(), codes::missing_key, entry.key->where,
             fmt::format("client `{}` has no `type`", client.name.text))
          .help("add `type: SomeInterface`");
      return client;
    }
    client.type_value = type->where;
  }
  if (auto read = read_arity_type(*type, shape)) {
    client.readable = true;
    client.arity = read->arity;
    client.type = std::move(read->type);
  }
  return client;
}

std::vector<ClientDefinition> read_clients(const Entry& entry, Shape& shape) {
  std::vector<ClientDefinition> result;
  if (entry.value->is_sequence()) {
    auto diagnostic = shape.wrong_kind(entry.value->where, "`clients`", "a mapping", "a list");
    diagnostic.note("each client has a name, by which the component finds it in its environment");
    Shape::propose(diagnostic, *entry.value, clients_as_mapping(*entry.value));
    return result;
  }
  for (const Entry& one : shape.names(entry, "`clients`")) result.push_back(read_client(one, shape));
  return result;
}

std::vector<WireDefinition> read_wires(const Entry& entry, Shape& shape) {
  std::vector<WireDefinition> result;
  if (!entry.value->is_mapping()) {
    if (entry.value->kind != NodeKind::Null)
      shape.wrong_kind(entry.value->where, "`wire`", "a mapping", describe(*entry.value)).emit();
    return result;
  }
  for (const Entry& one : entry.value->entries) {
    WireDefinition wire;
    wire.key = {std::string(one.key->text), one.key->where};
    const std::size_t dot = wire.key.text.find('.');
    wire.slot = wire.key.text.substr(0, dot);
    wire.client = dot == std::string::npos ? "" : wire.key.text.substr(dot + 1);
    if (!is_name(wire.slot) || !is_name(wire.client)) {
      report(shape.sink(), codes::wrong_kind, one.key->where,
             fmt::format("`{}` does not name a client of a slot", wire.key.text))
          .help("write `SLOT.CLIENT: target`");
      continue;
    }
    const std::vector<const Node*> single = {one.value};
    const std::vector<const Node*>& nodes = one.value->is_sequence() ? one.value->items : single;
    if (nodes.empty()) {
      report(shape.sink(), codes::wrong_kind, one.value->where, "a wire needs a target")
          .help("write `none` to leave the client unconnected");
      wire.readable = false;
      result.push_back(std::move(wire));
      continue;
    }
    for (const Node* node : nodes) {
      const auto text = shape.string(*node, "the target of a wire");
      if (!text) {
        wire.readable = false;
        continue;
      }
      WireTarget target{WireTarget::Kind::Slot, text->value, node->where};
      if (text->value == "none") target.kind = WireTarget::Kind::None;
      if (text->value.find("://") != std::string::npos) target.kind = WireTarget::Kind::Url;
      wire.targets.push_back(std::move(target));
    }
    result.push_back(std::move(wire));
  }
  return result;
}

}  // namespace

std::string_view doc_of(const Node* definition) {
  const Entry* doc = definition == nullptr ? nullptr : definition->find("doc");
  return doc != nullptr && doc->value->kind == NodeKind::String ? doc->value->text : std::string_view();
}

InterfaceDefinition read_interface(const Entry& entry, const FileScope* scope, Shape& shape) {
  InterfaceDefinition result;
  result.node = mapping_of(entry);
  result.name = entry.key->text;
  result.where = entry.key->where;
  result.scope = scope;
  for (const KnownEntry& one : shape.keys(entry, grammar::interface, &result.unread)) {
    if (one.key->text == "doc") {
      read_doc(one, shape);
    } else if (one.key->text == "extends") {
      result.extends = read_names(*one.value, "`extends`", shape);
    } else if (one.value->is_sequence()) {
      for (EndpointDefinition& endpoint : read_endpoints(one, shape, false)) {
        result.endpoints.push_back({std::move(endpoint.name), std::nullopt, std::nullopt});
      }
    } else if (!one.value->is_mapping() && one.value->kind != NodeKind::Null) {
      shape.not_a_list(*one.value, "`endpoints`", "a list of names or a mapping");
    } else {
      for (const Entry& endpoint : shape.names(one, "`endpoints`")) {
        result.endpoints.push_back(read_interface_endpoint(endpoint, shape));
      }
    }
  }
  return result;
}

ComponentDefinition read_component(const Entry& entry, const FileScope* scope, Shape& shape) {
  ComponentDefinition result;
  result.node = mapping_of(entry);
  result.name = entry.key->text;
  result.simple_name = result.name;
  result.where = entry.key->where;
  result.scope = scope;
  result.unreadable = !entry.value->is_mapping() && entry.value->kind != NodeKind::Null;
  for (const KnownEntry& one : shape.keys(entry, grammar::component, &result.unread)) {
    const std::string_view key = one.key->text;
    if (key == "doc") {
      read_doc(one, shape);
    } else if (key == "extends") {
      result.extends = shape.name(*one.value, "`extends`");
      if (!result.extends) result.unreadable = true;
    } else if (key == "implements") {
      result.implements = read_names(*one.value, "`implements`", shape);
    } else if (key == "runtime") {
      result.runtime = shape.choice<RuntimeKind>(one, "`runtime`");
    } else if (key == "command") {
      std::vector<Text> words;
      if (one.value->kind == NodeKind::String) {
        auto diagnostic = shape.wrong_kind(one.value->where, "`command`", "a list", "text");
        diagnostic.note("each word is an argument; there is no shell between");
        Shape::propose(diagnostic, *one.value, argument_list(one.value->text),
                       is_one_word(one.value->text) ? Applicability::Machine : Applicability::Maybe);
      } else if (const auto* items = shape.items(*one.value, "`command`")) {
        if (items->empty())
          report(shape.sink(), codes::wrong_kind, one.value->where, "`command` must not be empty").emit();
        for (const Node* item : *items) {
          if (auto word = shape.text(*item, "a word of `command`")) words.push_back(std::move(*word));
        }
        if (!items->empty() && words.size() == items->size()) {
          result.command = std::move(words);
        } else {
          result.unread.insert("command");
        }
      }
    } else if (key == "cwd") {
      result.cwd = shape.text(*one.value, "`cwd`");
    } else if (key == "params") {
      result.params = read_params(one, shape);
    } else if (key == "clients") {
      result.clients = read_clients(one, shape);
    } else if (key == "endpoints") {
      result.endpoints = read_endpoints(one, shape, false);
    } else {
      read_run_key(one, result.run, false, shape);
    }
  }
  return result;
}

SpecDefinition read_spec(const Entry& entry, const FileScope* scope, Shape& shape) {
  SpecDefinition result;
  result.node = mapping_of(entry);
  result.name = entry.key->text;
  result.where = entry.key->where;
  result.scope = scope;
  for (const KnownEntry& one : shape.keys(entry, grammar::spec, &result.unread)) {
    const std::string_view key = one.key->text;
    if (key == "doc") {
      read_doc(one, shape);
    } else if (key == "extends") {
      result.extends = shape.name(*one.value, "`extends`");
      if (!result.extends) result.extends = Name{"", one.value->where};
    } else if (key == "params") {
      result.params = read_params(one, shape);
    } else if (key == "slots" || key == "sidecars") {
      auto& list = key == "slots" ? result.slots : result.sidecars;
      if (key == "slots") result.has_slots = true;
      for (const Entry& slot : shape.names(one, fmt::format("`{}`", key)))
        list.push_back(read_slot(slot, scope, shape));
    } else if (key == "entry") {
      result.entry = shape.name(*one.value, "`entry`");
      if (!result.entry) result.entry = Name{"", one.value->where};
    } else {
      result.wires = read_wires(one, shape);
    }
  }
  const bool empty = entry.value->is_mapping() || entry.value->kind == NodeKind::Null;
  if (empty && !result.has_slots && !result.extends && !result.unread.contains("slots") &&
      !result.unread.contains("extends")) {
    report(shape.sink(), codes::missing_key, result.where,
           fmt::format("spec `{}` has neither `slots` nor `extends`", result.name))
        .help("add `slots: {NAME: Type = Default}`");
  }
  return result;
}

GraphDefinition read_graph(const Entry& entry, const FileScope* scope, Shape& shape) {
  GraphDefinition result;
  result.node = mapping_of(entry);
  result.name = entry.key->text;
  result.simple_name = result.name;
  result.where = entry.key->where;
  result.scope = scope;
  if (!entry.value->is_mapping()) {
    auto diagnostic = shape.wrong_kind(entry.value->where, fmt::format("graph `{}`", result.name), "a mapping",
                                       describe(*entry.value));
    Shape::propose(diagnostic, *entry.value, mapping_with(grammar::graph, *entry.value));
    result.unreadable_shape = true;
    return result;
  }
  Span spec_key;
  Span extends_key;
  UnreadKeys unread;
  for (const KnownEntry& one : shape.keys(*entry.value, grammar::graph, &unread)) {
    const std::string_view key = one.key->text;
    if (key == "doc") {
      read_doc(one, shape);
    } else if (key == "spec") {
      spec_key = one.key->where;
      result.spec = shape.name(*one.value, "`spec`");
      if (!result.spec) result.unreadable_shape = true;
    } else if (key == "extends") {
      extends_key = one.key->where;
      result.extends = shape.name(*one.value, "`extends`");
      if (!result.extends) result.unreadable_shape = true;
    } else if (key == "namespace") {
      result.name_space = shape.name(*one.value, "`namespace`");
      if (result.name_space && !is_name(result.name_space->text)) {
        report(shape.sink(), codes::bad_name, one.value->where,
               fmt::format("`{}` cannot be a name", result.name_space->text))
            .note("a name is a letter and up to 62 letters, digits, `_` and `-`");
      }
    } else if (key == "params") {
      result.params = read_param_values(one, shape);
    } else if (key == "bind") {
      result.bind = read_bindings(one, scope, shape);
    } else if (key == "sidecars") {
      result.sidecars = read_sidecars(one, scope, shape);
    } else if (key == "wire") {
      result.wires = read_wires(one, shape);
    } else {
      result.env = read_env(one, shape);
    }
  }
  // What they would have said may be all that the graph lacks.
  for (const std::string_view key : {"spec", "extends", "params", "bind", "sidecars", "wire"}) {
    if (unread.contains(key)) result.unreadable_shape = true;
  }
  if (spec_key && extends_key) {
    // A key that an overlay adds is the later one, too.
    const bool spec_later =
        spec_key.file == extends_key.file ? spec_key.begin > extends_key.begin : spec_key.file != scope->source;
    const Span later = spec_later ? spec_key : extends_key;
    report(shape.sink(), codes::exclusive_keys, later,
           fmt::format("graph `{}` has both `spec` and `extends`", result.name))
        .note("a graph that extends another is of the same spec");
    result.unreadable_shape = true;
  } else if (!spec_key && !extends_key && !unread.contains("spec") && !unread.contains("extends")) {
    report(shape.sink(), codes::missing_key, result.where,
           fmt::format("graph `{}` has neither `spec` nor `extends`", result.name))
        .help("add `spec: NAME`");
    result.unreadable_shape = true;
  }
  return result;
}

}  // namespace dynamo
