#include "graph_loader/catalog.h"

#include "graph_loader/run_layers.h"
#include "graph_loader/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace dynamo {

Protocol protocol_of(const EndpointDefinition& endpoint, RuntimeKind runtime) {
  if (endpoint.protocol) return endpoint.protocol->value;
  return runtime == RuntimeKind::Dynamo ? Protocol::Dyn : Protocol::Http;
}

Listen listen_of(const EndpointDefinition& endpoint) { return endpoint.listen ? endpoint.listen->value : Listen::Port; }

bool has_port(const EndpointDefinition& endpoint, RuntimeKind runtime) {
  const Protocol protocol = protocol_of(endpoint, runtime);
  return protocol != Protocol::Unix && protocol != Protocol::Dyn;
}

bool Component::has_http_endpoint() const {
  return std::any_of(endpoints.begin(), endpoints.end(),
                     [&](const EndpointDefinition& one) { return protocol_of(one, runtime) == Protocol::Http; });
}

std::vector<std::string_view> Component::port_names() const {
  std::vector<std::string_view> result;
  for (const EndpointDefinition& one : endpoints) {
    if (dynamo::has_port(one, runtime)) result.push_back(one.name.text);
  }
  for (const PortDefinition& one : run.ports) result.push_back(one.name.text);
  if (has_system_port() && find_named(run.ports, "system") == nullptr) result.push_back("system");
  return result;
}

bool Component::has_port(std::string_view name) const {
  const auto names = port_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

Catalog::Catalog(const Spec& spec, Names& names, DiagnosticSink& sink)
    : spec_(spec),
      names_(names),
      sink_(sink),
      interfaces_(spec.interfaces.size()),
      components_(spec.components.size()) {
  std::vector<Mark> marks(interfaces_.size(), Mark::Fresh);
  for (std::size_t index = 0; index < interfaces_.size(); ++index) resolve_interface(index, marks);
  marks.assign(components_.size(), Mark::Fresh);
  for (std::size_t index = 0; index < components_.size(); ++index) resolve_component(index, marks);
  for (Component& component : components_) {
    // Types of clients need every component resolved.
    for (Client& client : component.clients) {
      if (!client.definition.readable) continue;
      // An inherited client was reported where it is defined; asking again changes nothing, equal places are told once.
      client.type = names_.type(client.definition.type, *client.scope);
    }
  }
  for (Component& component : components_) {
    if (component.bad) continue;
    check_names(component);
    check_exclusive(component);
    check_probes(component);
  }
}

// ---- interfaces ------------------------------------------------------------------------------------------

void Catalog::resolve_interface(std::size_t index, std::vector<Mark>& marks) {
  if (marks[index] != Mark::Fresh) return;
  marks[index] = Mark::Open;
  Interface& self = interfaces_[index];
  self.definition = &spec_.interfaces[index];
  for (const Name& item : self.definition->extends) {
    const auto parent = names_.interface(item, *self.definition->scope);
    if (!parent) {
      self.bad = true;
      continue;
    }
    if (marks[*parent] == Mark::Open) {
      report(sink_, codes::interface_cycle, item.where, fmt::format("interface `{}` extends itself", item.text))
          .also(spec_.interfaces[*parent].where, "the chain begins here");
      self.bad = true;
      // Everything on the open path between the two lies on the cycle.
      interfaces_[*parent].bad = true;
      continue;
    }
    resolve_interface(*parent, marks);
    if (interfaces_[*parent].bad) self.bad = true;
    self.parents.push_back(*parent);
    for (const InterfaceEndpoint& endpoint : interfaces_[*parent].endpoints) {
      merge_interface_endpoint(self, endpoint, item.where, false);
    }
  }
  for (const InterfaceEndpoint& endpoint : self.definition->endpoints) {
    merge_interface_endpoint(self, endpoint, endpoint.name.where, true);
  }
  marks[index] = Mark::Done;
}

void Catalog::merge_interface_endpoint(Interface& target, const InterfaceEndpoint& endpoint, Span where, bool own) {
  InterfaceEndpoint* known = find_named(target.endpoints, endpoint.name.text);
  if (known == nullptr) {
    target.endpoints.push_back(endpoint);
    return;
  }
  const bool signature_clash =
      known->signature && endpoint.signature && known->signature->value != endpoint.signature->value;
  const bool protocol_clash =
      known->protocol && endpoint.protocol && known->protocol->value != endpoint.protocol->value;
  if ((signature_clash || protocol_clash) && !target.bad) {
    const std::string what = signature_clash ? "signature" : "protocol";
    auto diagnostic =
        report(sink_, codes::inherited_disagree, where,
               own ? fmt::format("endpoint `{}` changes the {} that it inherits", endpoint.name.text, what)
                   : fmt::format("endpoint `{}` is inherited with two {}s", endpoint.name.text, what));
    diagnostic.also(signature_clash ? known->signature->where : known->protocol->where, "first given here");
    if (!own)
      diagnostic.also(signature_clash ? endpoint.signature->where : endpoint.protocol->where, "given here again");
    return;
  }
  if (!known->signature) known->signature = endpoint.signature;
  if (!known->protocol) known->protocol = endpoint.protocol;
}

// ---- components ------------------------------------------------------------------------------------------

void Catalog::resolve_component(std::size_t index, std::vector<Mark>& marks) {
  if (marks[index] != Mark::Fresh) return;
  marks[index] = Mark::Open;
  Component& self = components_[index];
  const ComponentDefinition& definition = spec_.components[index];
  self.definition = &definition;
  self.chain.push_back(index);
  self.bad = definition.unreadable;
  if (definition.extends) {
    const auto parent = names_.component(*definition.extends, *definition.scope);
    if (!parent) {
      self.bad = true;
    } else if (marks[*parent] == Mark::Open) {
      report(sink_, codes::inheritance_cycle, definition.extends->where,
             fmt::format("component `{}` extends itself", definition.extends->text))
          .also(spec_.components[*parent].where, "the chain begins here");
      self.bad = true;
      components_[*parent].bad = true;
    } else {
      resolve_component(*parent, marks);
      inherit(self, components_[*parent]);
    }
  }
  add_own(self);
  if (!self.bad) apply_interfaces(index);
  marks[index] = Mark::Done;
}

void Catalog::inherit(Component& component, const Component& parent) {
  component.bad = component.bad || parent.bad;
  component.chain.insert(component.chain.end(), parent.chain.begin(), parent.chain.end());
  component.implements = parent.implements;
  for (Implemented& item : component.implements) item.own = false;
  component.runtime = parent.runtime;
  component.command = parent.command;
  component.command_scope = parent.command_scope;
  component.cwd = parent.cwd;
  component.cwd_scope = parent.cwd_scope;
  component.params = parent.params;
  component.clients = parent.clients;
  component.endpoints = parent.endpoints;
  component.run = parent.run;
}

/// An overlay's paths are relative to its own folder.
const FileScope* Catalog::folder_of(const Text& text, const ComponentDefinition& definition) const {
  return &spec_.scope_of(text.where, *definition.scope);
}

void Catalog::add_own(Component& component) {
  const ComponentDefinition& definition = *component.definition;
  for (const Name& item : definition.implements) {
    const auto found = names_.interface(item, *definition.scope);
    if (!found || interfaces_[*found].bad) component.bad = true;
    if (found) component.implements.push_back({item, *found, true});
  }
  if (definition.runtime) component.runtime = *definition.runtime;
  if (definition.command) {
    component.command = &*definition.command;
    component.command_scope = folder_of(definition.command->front(), definition);
  }
  if (definition.cwd) {
    component.cwd = &*definition.cwd;
    component.cwd_scope = folder_of(*definition.cwd, definition);
  }
  for (const ParamDefinition& param : definition.params) {
    if (ParamDefinition* known = find_named(component.params, param.name.text)) {
      *known = param;
    } else {
      component.params.push_back(param);
    }
  }
  for (const ClientDefinition& client : definition.clients) {
    Client own{client, {}, definition.scope};
    const auto known = std::find_if(component.clients.begin(), component.clients.end(),
                                    [&](const Client& one) { return one.definition.name.text == client.name.text; });
    if (known != component.clients.end()) {
      *known = std::move(own);
    } else {
      component.clients.push_back(std::move(own));
    }
  }
  merge_endpoints(component.endpoints, definition.endpoints);
  merge_run(component.run, definition.run);
  if (!component.bad && component.command == nullptr && !definition.command_reported) {
    report(sink_, codes::missing_key, definition.where, fmt::format("component `{}` has no `command`", definition.name))
        .help("add `command: [program, argument]`, or `extends: COMPONENT` to inherit one");
  }
}

/// Checks the endpoints against each interface, and lets endpoints take what only the interface says.
void Catalog::apply_interfaces(std::size_t index) {
  Component& self = components_[index];
  const ComponentDefinition& definition = *self.definition;
  for (const Implemented& item : self.implements) {
    const Interface& interface = interfaces_[item.interface];
    std::vector<std::string_view> missing;
    for (const InterfaceEndpoint& promised : interface.endpoints) {
      EndpointDefinition* endpoint = find_named(self.endpoints, promised.name.text);
      if (endpoint == nullptr) {
        missing.emplace_back(promised.name.text);
        continue;
      }
      const EndpointDefinition* own = find_named(definition.endpoints, promised.name.text);
      const bool own_signature = own != nullptr && own->signature.has_value();
      const bool own_protocol = own != nullptr && own->protocol.has_value();
      if (endpoint->signature && promised.signature && endpoint->signature->value != promised.signature->value &&
          (item.own || own_signature)) {
        report(sink_, codes::signature_differs, own_signature ? own->signature->where : item.item.where,
               fmt::format("endpoint `{}` is `{}`, but `{}` says `{}`", promised.name.text, endpoint->signature->value,
                           interface.definition->name, promised.signature->value))
            .also(promised.signature->where, fmt::format("promised by `{}`", interface.definition->name))
            .note("signatures are compared word by word")
            .help("leave the signature out to take the one of the interface");
      }
      if (endpoint->protocol && promised.protocol && endpoint->protocol->value != promised.protocol->value &&
          (item.own || own_protocol)) {
        report(sink_, codes::protocol_differs, own_protocol ? own->protocol->where : item.item.where,
               fmt::format("endpoint `{}` speaks `{}`, but `{}` says `{}`", promised.name.text,
                           word(endpoint->protocol->value), interface.definition->name, word(promised.protocol->value)))
            .also(promised.protocol->where, fmt::format("promised by `{}`", interface.definition->name));
      }
      if (!endpoint->signature) endpoint->signature = promised.signature;
      if (!endpoint->protocol) endpoint->protocol = promised.protocol;
    }
    if (missing.empty() || !item.own) continue;
    const std::string list = quoted({missing.begin(), missing.end()});
    report(sink_, codes::missing_endpoint, item.item.where,
           fmt::format("component `{}` lacks {} {} of `{}`", definition.name,
                       missing.size() == 1 ? "endpoint" : "endpoints", list, item.item.text))
        .also(interface.definition->where, fmt::format("`{}` promises {}", interface.definition->name, list))
        .help(fmt::format("add {} to `endpoints`", list));
  }
}

/// DG0205 and DG0310: endpoints and ports share one set of names, and one set of variables.
void Catalog::check_names(const Component& component) {
  const ComponentDefinition& definition = *component.definition;
  struct Known {
    Name name;
    std::string variable;
    bool own;
  };
  const auto is_own_endpoint = [&](const Name& name) { return find_named(definition.endpoints, name.text); };
  const auto is_own_port = [&](const Name& name) { return find_named(definition.run.ports, name.text); };

  // The order in which a clash is told: inherited before own, endpoints before ports.
  std::vector<Known> inherited;
  std::vector<Known> own;
  for (const EndpointDefinition& one : component.endpoints) {
    const EndpointDefinition* mine = is_own_endpoint(one.name);
    const bool is_new = mine != nullptr && mine->name.where == one.name.where;
    (is_new ? own : inherited).push_back({one.name, variable_part(one.name.text), mine != nullptr});
  }
  for (const PortDefinition& one : component.run.ports) {
    const bool mine = is_own_port(one.name) != nullptr;
    (mine ? own : inherited).push_back({one.name, variable_part(one.name.text), mine});
  }
  const auto check = [&](const std::vector<Known>& all, Code same_code, bool same_names) {
    for (std::size_t later = 1; later < all.size(); ++later) {
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        const bool same = all[later].name.text == all[earlier].name.text;
        if (same_names ? !same : (same || all[later].variable != all[earlier].variable)) continue;
        if (!all[later].own && !all[earlier].own) continue;  // told where it was inherited from
        const Known& here = all[later].own ? all[later] : all[earlier];
        const Known& there = all[later].own ? all[earlier] : all[later];
        if (same_names) {
          report(sink_, same_code, here.name.where,
                 fmt::format("`{}` is the name of an endpoint and of a port", here.name.text))
              .also(there.name.where, "also defined here")
              .note("endpoints and `ports` of a component share one set of names");
        } else {
          report(sink_, same_code, here.name.where,
                 fmt::format("`{}` and `{}` give one environment variable", there.name.text, here.name.text))
              .also(there.name.where, "the other name")
              .note(fmt::format("both become `..._{}`", here.variable));
        }
        break;
      }
    }
  };
  std::vector<Known> all = inherited;
  all.insert(all.end(), own.begin(), own.end());
  check(all, codes::defined_twice, true);
  check(all, codes::variables_collide, false);

  // Variables of clients: DYNAMO_CLIENT_<CLIENT> and DYNAMO_CLIENT_<CLIENT>_<ENDPOINT>.
  struct ClientVariable {
    const Client* client;
    std::string name;
  };
  std::vector<ClientVariable> variables;
  const auto is_own_client = [&](const Client& client) {
    return find_named(definition.clients, client.definition.name.text) != nullptr;
  };
  for (const Client& client : component.clients) {
    const std::string base = variable_part(client.definition.name.text);
    std::vector<std::string> names = {base};
    if (client.type && !is_bad(client.type)) {
      for (const std::string& endpoint : endpoints_of(client.type)) {
        if (endpoint != "*") names.push_back(base + "_" + variable_part(endpoint));
      }
    }
    for (std::string& name : names) {
      const auto taken = std::find_if(variables.begin(), variables.end(), [&](const ClientVariable& one) {
        return one.name == name && one.client != &client;
      });
      if (taken == variables.end()) continue;
      const Client& here = is_own_client(client) ? client : *taken->client;
      const Client& there = is_own_client(client) ? *taken->client : client;
      if (is_own_client(here)) {
        report(sink_, codes::variables_collide, here.definition.name.where,
               fmt::format("clients `{}` and `{}` give one environment variable", there.definition.name.text,
                           here.definition.name.text))
            .also(there.definition.name.where, "the other client")
            .note(fmt::format("both set `DYNAMO_CLIENT_{}`", name));
      }
      break;
    }
    for (std::string& name : names) variables.push_back({&client, std::move(name)});
  }
}

/// DG0113 of endpoints: which settings a protocol allows. DG0109 of the port `system`.
void Catalog::check_exclusive(const Component& component) {
  for (const EndpointDefinition& endpoint : component.endpoints) {
    const Protocol protocol = protocol_of(endpoint, component.runtime);
    if (endpoint.port && (protocol == Protocol::Dyn || protocol == Protocol::Unix)) {
      report(sink_, codes::exclusive_keys, endpoint.port_key,
             fmt::format("endpoint `{}` speaks `{}` and cannot have a `port`", endpoint.name.text, word(protocol)))
          .note(protocol == Protocol::Dyn ? "`dyn` endpoints are found by the runtime's own discovery"
                                          : "a `unix` endpoint has a socket path");
    }
    if (endpoint.listen && endpoint.listen->value == Listen::Fd && protocol == Protocol::Dyn) {
      report(sink_, codes::exclusive_keys, endpoint.listen_key,
             fmt::format("endpoint `{}` speaks `dyn` and cannot inherit a socket", endpoint.name.text))
          .note("`dyn` endpoints are found by the runtime's own discovery");
    }
  }
  if (!component.has_system_port()) return;
  if (const PortDefinition* port = find_named(component.run.ports, "system")) {
    const std::string written = port->port.text.as_written();
    if (!port->port.text.has_references() && written != "auto" && std::stol("0" + written) > 32767) {
      report(sink_, codes::out_of_range, port->port.where, fmt::format("port `system` cannot be {}", written))
          .note("the dynamo runtime reads it as a 16-bit signed number: it is between 1 and 32767");
    }
  }
}

void check_probe(const ProbeDefinition& probe, const Component& component, DiagnosticSink& sink) {
  if (probe.port) {
    if (component.has_port(probe.port->text)) return;
    const auto names = component.port_names();
    auto diagnostic =
        report(sink, codes::unknown_name, probe.port->where,
               fmt::format("component `{}` has no port `{}`", component.definition->name, probe.port->text));
    suggest_fix(diagnostic, probe.port->where, probe.port->text, names, "its ports are");
    if (names.empty()) diagnostic.help("name it under `ports`");
    return;
  }
  if (probe.kind != ProbeKind::Http || component.has_http_endpoint() || component.has_system_port()) return;
  report(
      sink, codes::missing_key, probe.key,
      fmt::format("the `http` probe needs a `port`: component `{}` has no http endpoint", component.definition->name))
      .help("write `http: {path: /health, port: NAME}`, with NAME under `ports`");
}

void Catalog::check_probes(const Component& component) {
  for (const auto* ready : {&component.run.ready, &component.run.live}) {
    if (*ready && (*ready)->probe) check_probe(*(*ready)->probe, component, sink_);
  }
}

// ---- questions -------------------------------------------------------------------------------------------

bool Catalog::interface_extends(std::size_t narrow, std::size_t wide) const {
  if (narrow == wide) return true;
  const auto& parents = interfaces_[narrow].parents;
  return std::any_of(parents.begin(), parents.end(),
                     [&](std::size_t parent) { return interface_extends(parent, wide); });
}

bool Catalog::conforms(std::size_t component, const TypeRef& type) const {
  const Component& self = components_[component];
  switch (type.kind) {
    case TypeRef::Kind::None:
    case TypeRef::Kind::Any: return true;
    case TypeRef::Kind::Component:
      return std::find(self.chain.begin(), self.chain.end(), type.index) != self.chain.end();
    case TypeRef::Kind::Interface:
      return std::any_of(self.implements.begin(), self.implements.end(),
                         [&](const Implemented& item) { return interface_extends(item.interface, type.index); });
  }
  return false;
}

bool Catalog::conforms(const TypeRef& narrow, const TypeRef& wide) const {
  if (wide.kind == TypeRef::Kind::Any || wide.kind == TypeRef::Kind::None || narrow == wide) return true;
  if (narrow.kind == TypeRef::Kind::Component) return conforms(narrow.index, wide);
  if (narrow.kind != TypeRef::Kind::Interface || wide.kind != TypeRef::Kind::Interface) return false;
  return interface_extends(narrow.index, wide.index);
}

bool Catalog::is_bad(const TypeRef& type) const {
  if (type.kind == TypeRef::Kind::Interface) return interfaces_[type.index].bad;
  if (type.kind == TypeRef::Kind::Component) return components_[type.index].bad;
  return type.kind == TypeRef::Kind::None;
}

std::vector<std::string> Catalog::endpoints_of(const TypeRef& type) const {
  std::vector<std::string> result;
  if (type.kind == TypeRef::Kind::Any) result.emplace_back("*");
  if (type.kind == TypeRef::Kind::Interface) {
    for (const InterfaceEndpoint& one : interfaces_[type.index].endpoints) result.push_back(one.name.text);
  }
  if (type.kind == TypeRef::Kind::Component) {
    for (const EndpointDefinition& one : components_[type.index].endpoints) result.push_back(one.name.text);
  }
  return result;
}

std::string Catalog::name_of(const TypeRef& type) const {
  switch (type.kind) {
    case TypeRef::Kind::None: return "?";
    case TypeRef::Kind::Any: return "Any";
    case TypeRef::Kind::Interface: return interfaces_[type.index].definition->name;
    case TypeRef::Kind::Component: return components_[type.index].definition->name;
  }
  return {};
}

std::string Catalog::implemented_words(std::size_t component) const {
  std::vector<std::string_view> names;
  for (const Implemented& item : components_[component].implements) {
    names.push_back(interfaces_[item.interface].definition->name);
  }
  return names.empty() ? "implements no interface" : "implements " + quoted(names);
}

std::vector<std::string_view> Catalog::fitting(const TypeRef& type) const {
  std::vector<std::string_view> result;
  for (std::size_t index = 0; index < components_.size(); ++index) {
    if (!components_[index].bad && conforms(index, type)) result.push_back(components_[index].definition->name);
  }
  return result;
}

}  // namespace dynamo
