#include "graph_loader/graph/catalog.h"

#include "graph_loader/graph/inheritance.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <unordered_set>

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

namespace {

/// What it provides, needs or can be tuned by is not known.
bool hides_structure(const ComponentDefinition& definition) {
  constexpr std::array keys = {"extends", "implements", "endpoints", "ports", "params", "clients"};
  return std::any_of(keys.begin(), keys.end(), [&](const char* key) { return definition.unread.contains(key); });
}

}  // namespace

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

bool Component::lacks(std::string_view endpoint) const {
  return std::find(missing_endpoints.begin(), missing_endpoints.end(), endpoint) != missing_endpoints.end();
}

bool Component::has_port(std::string_view name) const {
  const auto names = port_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

Catalog::Catalog(const Spec& spec, Names& names, DiagnosticSink& sink)
    : spec_(spec),
      names_(names),
      sink_(sink),
      inherited_(sink, "what components and interfaces inherit"),
      interfaces_(spec.interfaces.size()),
      components_(spec.components.size()) {
  resolve_interfaces();
  resolve_components();
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

/// Depth first, parents before children, without recursion: a chain may be as long as a file.
void Catalog::resolve_interfaces() {
  enum class Mark : unsigned char { Fresh, Open, Done };
  struct Visit {
    std::size_t index;
    std::size_t next_parent = 0;
  };
  std::vector<Mark> marks(interfaces_.size(), Mark::Fresh);
  std::vector<Visit> path;
  const auto open = [&](std::size_t index) {
    marks[index] = Mark::Open;
    const InterfaceDefinition& definition = spec_.interfaces[index];
    interfaces_[index].definition = &definition;
    interfaces_[index].bad = definition.unread.contains("extends") || definition.unread.contains("endpoints");
    path.push_back({index});
  };
  for (std::size_t first = 0; first < interfaces_.size(); ++first) {
    if (marks[first] == Mark::Fresh) open(first);
    while (!path.empty()) {
      Visit& visit = path.back();
      Interface& self = interfaces_[visit.index];
      const InterfaceDefinition& definition = *self.definition;
      if (visit.next_parent == definition.extends.size()) {
        for (const InterfaceEndpoint& endpoint : definition.endpoints) {
          merge_interface_endpoint(self, endpoint, endpoint.name.where, true);
        }
        marks[visit.index] = Mark::Done;
        path.pop_back();
        continue;
      }
      const Name& item = definition.extends[visit.next_parent];
      const auto parent = names_.interface(item, *definition.scope);
      if (parent && marks[*parent] == Mark::Fresh) {
        open(*parent);  // and come back
        continue;
      }
      ++visit.next_parent;
      if (!parent) {
        self.bad = true;
      } else if (marks[*parent] == Mark::Open) {
        report(sink_, codes::interface_cycle, item.where, fmt::format("interface `{}` extends itself", item.text))
            .also(spec_.interfaces[*parent].where, "the chain begins here");
        self.bad = true;
        // Everything on the open path between the two lies on the cycle.
        interfaces_[*parent].bad = true;
      } else {
        inherit(self, *parent, item);
      }
    }
  }
}

void Catalog::inherit(Interface& interface, std::size_t parent, const Name& item) {
  const Interface& from = interfaces_[parent];
  if (from.bad) interface.bad = true;
  interface.parents.push_back(parent);
  interface.depth = std::max(interface.depth, from.depth + 1);
  if (!inherited_.afford(from.endpoints.size(), item.where)) {
    interface.bad = true;
    return;
  }
  for (const InterfaceEndpoint& endpoint : from.endpoints) {
    merge_interface_endpoint(interface, endpoint, item.where, false);
  }
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

void Catalog::resolve_components() {
  const auto parent_of = [&](std::size_t index) -> std::optional<std::size_t> {
    const ComponentDefinition& definition = spec_.components[index];
    if (!definition.extends) return std::nullopt;
    return names_.component(*definition.extends, *definition.scope);
  };
  const auto cycle = [&](std::size_t index, std::size_t parent) {
    const Name& extends = *spec_.components[index].extends;
    report(sink_, codes::inheritance_cycle, extends.where, fmt::format("component `{}` extends itself", extends.text))
        .also(spec_.components[parent].where, "the chain begins here");
    components_[parent].bad = true;
  };
  resolve_parents_first(components_.size(), parent_of, cycle,
                        [&](std::size_t index, std::optional<std::size_t> parent) { resolve(index, parent); });
}

void Catalog::resolve(std::size_t index, std::optional<std::size_t> parent) {
  Component& self = components_[index];
  const ComponentDefinition& definition = spec_.components[index];
  self.definition = &definition;
  self.bad = self.bad || definition.unreadable || hides_structure(definition) || (definition.extends && !parent);
  if (parent) inherit(self, *parent);
  add_own(self);
  if (!self.bad) apply_interfaces(index);
}

void Catalog::inherit(Component& component, std::size_t parent_index) {
  const Component& parent = components_[parent_index];
  component.parent = parent_index;
  component.depth = parent.depth + 1;
  component.bad = component.bad || parent.bad;
  const std::size_t size = parent.implements.size() + parent.params.size() + parent.clients.size() +
                           parent.endpoints.size() + parent.run.env.size() + parent.run.ports.size();
  if (!inherited_.afford(size, component.definition->extends->where)) {
    component.bad = true;
    return;
  }
  component.implements = parent.implements;
  for (Implemented& item : component.implements) item.own = false;
  component.runtime = parent.runtime;
  component.command = parent.command;
  component.command_unread = parent.command_unread;
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
  component.command_unread = component.command_unread || definition.unread.contains("command");
  if (definition.command) {
    component.command = &*definition.command;
    component.command_scope = folder_of(definition.command->front(), definition);
  }
  if (definition.cwd) {
    component.cwd = &*definition.cwd;
    component.cwd_scope = folder_of(*definition.cwd, definition);
  }
  merge_named(component.params, definition.params);
  std::unordered_map<std::string, std::size_t> clients;
  for (std::size_t at = 0; at < component.clients.size(); ++at) {
    clients.emplace(component.clients[at].definition.name.text, at);
  }
  for (const ClientDefinition& client : definition.clients) {
    Client own{client, {}, definition.scope};
    const auto [place, is_new] = clients.emplace(client.name.text, component.clients.size());
    if (is_new) {
      component.clients.push_back(std::move(own));
    } else {
      component.clients[place->second] = std::move(own);
    }
  }
  merge_endpoints(component.endpoints, definition.endpoints);
  merge_run(component.run, definition.run);
  if (!component.bad && component.command == nullptr && !component.command_unread) {
    report(sink_, codes::missing_key, definition.where, fmt::format("component `{}` has no `command`", definition.name))
        .help("add `command: [program, argument]`, or `extends: COMPONENT` to inherit one");
  }
}

namespace {

/// An endpoint of the component that is none of the interface's, and is called nearly as one that is missing.
const EndpointDefinition* misspelled_endpoint(const ComponentDefinition& definition, const Interface& interface,
                                              std::string_view missing) {
  std::vector<std::string_view> extra;
  for (const EndpointDefinition& one : definition.endpoints) {
    if (find_named(interface.endpoints, one.name.text) == nullptr) extra.emplace_back(one.name.text);
  }
  const auto near = nearest(missing, extra);
  return near ? find_named(definition.endpoints, std::string(*near)) : nullptr;
}

}  // namespace

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
        self.missing_endpoints.push_back(promised.name.text);
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
    auto diagnostic = report(sink_, codes::missing_endpoint, item.item.where,
                             fmt::format("component `{}` lacks {} {} of `{}`", definition.name,
                                         missing.size() == 1 ? "endpoint" : "endpoints", list, item.item.text));
    diagnostic.also(interface.definition->where, fmt::format("`{}` promises {}", interface.definition->name, list));
    if (const EndpointDefinition* meant = misspelled_endpoint(definition, interface, missing.front())) {
      diagnostic.also(meant->name.where, fmt::format("is this meant to be `{}`?", missing.front()));
    } else {
      diagnostic.help(fmt::format("add {} to `endpoints`", list));
    }
  }
}

/// Programs of Dynamo have a port `system`, declared or not.
void Catalog::report_like_system(const Component& component) {
  const auto check = [&](const Name& name) {
    if (variable_part(name.text) != "SYSTEM") return;
    const bool same = name.text == "system";
    report(sink_, same ? codes::defined_twice : codes::variables_collide, name.where,
           same ? std::string("`system` is the port of every program of Dynamo")
                : fmt::format("`{}` gives the variable of the port `system`", name.text))
        .note("a component with `runtime: dynamo` and no http endpoint has the port `system`, which tells its health")
        .help("choose another name");
  };
  for (const EndpointDefinition& one : component.definition->endpoints) check(one.name);
  for (const PortDefinition& one : component.definition->run.ports) check(one.name);
}

/// DG0205 and DG0310: endpoints and ports share one set of names, and one set of variables.
void Catalog::check_names(const Component& component) {
  const ComponentDefinition& definition = *component.definition;
  struct Known {
    Name name;
    std::string variable;
    bool own;
  };
  std::unordered_map<std::string_view, Span> own_endpoints;
  for (const EndpointDefinition& one : definition.endpoints) own_endpoints.emplace(one.name.text, one.name.where);
  std::unordered_set<std::string_view> own_ports;
  for (const PortDefinition& one : definition.run.ports) own_ports.insert(one.name.text);

  // The order in which a clash is told: inherited before own, endpoints before ports.
  std::vector<Known> inherited;
  std::vector<Known> own;
  for (const EndpointDefinition& one : component.endpoints) {
    const auto mine = own_endpoints.find(one.name.text);
    const bool is_own = mine != own_endpoints.end();
    const bool is_new = is_own && mine->second == one.name.where;
    (is_new ? own : inherited).push_back({one.name, variable_part(one.name.text), is_own});
  }
  for (const PortDefinition& one : component.run.ports) {
    const bool mine = own_ports.contains(one.name.text);
    (mine ? own : inherited).push_back({one.name, variable_part(one.name.text), mine});
  }
  if (component.has_system_port() && find_named(component.run.ports, "system") == nullptr) {
    report_like_system(component);
  }
  const auto check = [&](const std::vector<Known>& all, Code same_code, bool same_names) {
    // By name or variable: those before, and those of them that are this component's own.
    struct Before {
      std::vector<std::size_t> all;
      std::vector<std::size_t> own;
    };
    std::unordered_map<std::string_view, Before> before;
    for (std::size_t later = 0; later < all.size(); ++later) {
      Before& known = before[same_names ? std::string_view(all[later].name.text) : all[later].variable];
      // Two that are inherited were told where they come from.
      for (const std::size_t earlier : all[later].own ? known.all : known.own) {
        if (!same_names && all[later].name.text == all[earlier].name.text) continue;
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
      known.all.push_back(later);
      if (all[later].own) known.own.push_back(later);
    }
  };
  std::vector<Known> all = inherited;
  all.insert(all.end(), own.begin(), own.end());
  check(all, codes::defined_twice, true);
  check(all, codes::variables_collide, false);

  // Variables of clients: DYNAMO_CLIENT_<CLIENT> and DYNAMO_CLIENT_<CLIENT>_<ENDPOINT>.
  std::unordered_map<std::string, const Client*> variables;  // and the first client that sets them
  std::unordered_set<std::string_view> own_clients;
  for (const ClientDefinition& one : definition.clients) own_clients.insert(one.name.text);
  const auto is_own_client = [&](const Client& client) { return own_clients.contains(client.definition.name.text); };
  for (const Client& client : component.clients) {
    const std::string base = variable_part(client.definition.name.text);
    std::vector<std::string> names = {base};
    if (client.type && !is_bad(client.type)) {
      const std::vector<std::string> endpoints = endpoints_of(client.type);
      if (!inherited_.afford(endpoints.size(), client.definition.type_value)) return;
      for (const std::string& endpoint : endpoints) {
        if (endpoint != "*") names.push_back(base + "_" + variable_part(endpoint));
      }
    }
    for (const std::string& name : names) {
      const auto taken = variables.find(name);
      if (taken == variables.end()) continue;
      const Client& here = is_own_client(client) ? client : *taken->second;
      const Client& there = is_own_client(client) ? *taken->second : client;
      if (is_own_client(here)) {
        report(sink_, codes::variables_collide, here.definition.name.where,
               fmt::format("clients `{}` and `{}` give one environment variable", there.definition.name.text,
                           here.definition.name.text))
            .also(there.definition.name.where, "the other client")
            .note(fmt::format("both set `DYNAMO_CLIENT_{}`", name));
      }
      break;
    }
    for (std::string& name : names) variables.emplace(std::move(name), &client);
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
    if (component.lacks(probe.port->text)) return;  // an endpoint that it should have: that was told
    const auto names = component.port_names();
    auto diagnostic =
        report(sink, codes::unknown_name, probe.port->where,
               fmt::format("component `{}` has no port `{}`", component.definition->name, probe.port->text));
    if (const EndpointDefinition* endpoint = find_named(component.endpoints, probe.port->text)) {
      diagnostic
          .also(endpoint->name.where, fmt::format("an endpoint without a port: it speaks `{}`",
                                                  word(protocol_of(*endpoint, component.runtime))))
          .help("ask it with `exec`, or wait for a line of its output with `log`");
      return;
    }
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

std::vector<std::size_t> Catalog::chain_of(std::size_t component) const {
  std::vector<std::size_t> result;
  for (std::optional<std::size_t> at = component; at; at = components_[*at].parent) result.push_back(*at);
  return result;
}

bool Catalog::interface_extends(std::size_t narrow, std::size_t wide) const {
  if (narrow == wide) return true;
  // Each interface is looked at once, however many ways lead to it; what extends `wide` is deeper than it.
  const std::size_t least = interfaces_[wide].depth;
  std::vector<std::size_t> open = {narrow};
  std::unordered_set<std::size_t> seen = {narrow};
  while (!open.empty()) {
    const Interface& one = interfaces_[open.back()];
    open.pop_back();
    if (one.depth <= least) continue;
    for (const std::size_t parent : one.parents) {
      if (parent == wide) return true;
      if (!interfaces_[parent].parents.empty() && seen.insert(parent).second) open.push_back(parent);
    }
  }
  return false;
}

bool Catalog::conforms(std::size_t component, const TypeRef& type) const {
  const Component& self = components_[component];
  switch (type.kind) {
    case TypeRef::Kind::None:
    case TypeRef::Kind::Any: return true;
    case TypeRef::Kind::Component: {
      std::size_t at = component;
      while (components_[at].depth > components_[type.index].depth && components_[at].parent) {
        at = *components_[at].parent;
      }
      return at == type.index;
    }
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

std::vector<TypeRef> Catalog::conforms_to(const TypeRef& type) const {
  std::vector<TypeRef> result;
  std::unordered_set<std::size_t> seen;
  std::vector<std::size_t> open;
  if (type.kind == TypeRef::Kind::Interface) open.push_back(type.index);
  if (type.kind == TypeRef::Kind::Component) {
    for (const Implemented& item : components_[type.index].implements) open.push_back(item.interface);
    for (std::optional<std::size_t> at = type.index; at; at = components_[*at].parent) {
      result.push_back({TypeRef::Kind::Component, *at});
    }
  }
  while (!open.empty()) {
    const std::size_t one = open.back();
    open.pop_back();
    if (!seen.insert(one).second) continue;
    result.push_back({TypeRef::Kind::Interface, one});
    open.insert(open.end(), interfaces_[one].parents.begin(), interfaces_[one].parents.end());
  }
  return result;
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
  if (!sink_.afford_hint(components_.size())) return result;
  for (std::size_t index = 0; index < components_.size(); ++index) {
    if (!components_[index].bad && conforms(index, type)) result.push_back(components_[index].definition->name);
  }
  return result;
}

}  // namespace dynamo
