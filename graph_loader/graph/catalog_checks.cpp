// The part of Catalog that checks components against their interfaces and in themselves.

#include "graph_loader/graph/catalog.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace dynamo {

namespace {

/// An endpoint of the component that is none of the interface's, and is called nearly as one that is missing.
const EndpointDefinition* misspelled_endpoint(const ComponentDefinition& definition, const Interface& interface,
                                              std::string_view missing) {
  std::vector<std::string_view> extra;
  const ByName promised(interface.endpoints);
  for (const EndpointDefinition& one : definition.endpoints) {
    if (promised.find(one.name.text) == nullptr) extra.emplace_back(one.name.text);
  }
  const auto near = nearest(missing, extra);
  return near ? find_named(definition.endpoints, std::string(*near)) : nullptr;
}

}  // namespace

/// Checks the endpoints against each interface, and lets endpoints take what only the interface says.
void Catalog::apply_interfaces(std::size_t index) {
  Component& self = components_[index];
  const ComponentDefinition& definition = *self.definition;
  const ByName endpoints(self.endpoints);
  const ByName own_endpoints(definition.endpoints);
  for (const Implemented& item : self.implements) {
    const Interface& interface = interfaces_[item.interface];
    std::vector<std::string_view> missing;
    for (const InterfaceEndpoint& promised : interface.endpoints) {
      EndpointDefinition* endpoint = endpoints.find(promised.name.text);
      if (endpoint == nullptr) {
        missing.emplace_back(promised.name.text);
        self.missing_endpoints.push_back(promised.name.text);
        continue;
      }
      const EndpointDefinition* own = own_endpoints.find(promised.name.text);
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

}  // namespace dynamo
