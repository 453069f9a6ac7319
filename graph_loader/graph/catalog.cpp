#include "graph_loader/graph/catalog.h"

#include "graph_loader/graph/inheritance.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

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
        merge_interface_endpoints(self, definition.endpoints, nullptr);
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
  merge_interface_endpoints(interface, from.endpoints, &item);
}

void Catalog::merge_interface_endpoints(Interface& target, const std::vector<InterfaceEndpoint>& endpoints,
                                        const Name* parent) {
  merge_named(target.endpoints, endpoints, [&](InterfaceEndpoint& known, const InterfaceEndpoint& endpoint) {
    const bool signature_clash =
        known.signature && endpoint.signature && known.signature->value != endpoint.signature->value;
    const bool protocol_clash =
        known.protocol && endpoint.protocol && known.protocol->value != endpoint.protocol->value;
    if ((signature_clash || protocol_clash) && !target.bad) {
      const std::string what = signature_clash ? "signature" : "protocol";
      auto diagnostic = report(
          sink_, codes::inherited_disagree, parent == nullptr ? endpoint.name.where : parent->where,
          parent == nullptr ? fmt::format("endpoint `{}` changes the {} that it inherits", endpoint.name.text, what)
                            : fmt::format("endpoint `{}` is inherited with two {}s", endpoint.name.text, what));
      diagnostic.also(signature_clash ? known.signature->where : known.protocol->where, "first given here");
      if (parent != nullptr) {
        diagnostic.also(signature_clash ? endpoint.signature->where : endpoint.protocol->where, "given here again");
      }
      return;
    }
    if (!known.signature) known.signature = endpoint.signature;
    if (!known.protocol) known.protocol = endpoint.protocol;
  });
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

}  // namespace dynamo
