#include "graph_loader/graph/references.h"

#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dynamo {
namespace {

constexpr auto self_names = std::to_array<std::string_view>({"slot", "replica", "gpus", "run_dir"});

void visit_probe(const ReadyDefinition* ready, const std::function<void(const Text&, TextPlace)>& visit) {
  if (!ready) return;
  if (ready->timeout) visit(ready->timeout->text, TextPlace::Value);
  if (ready->interval) visit(ready->interval->text, TextPlace::Value);
  if (!ready->probe) return;
  if (ready->probe->path) visit(*ready->probe->path, TextPlace::Run);
  if (ready->probe->service) visit(*ready->probe->service, TextPlace::Run);
  if (ready->probe->pattern) visit(*ready->probe->pattern, TextPlace::Run);
  for (const Text& word : ready->probe->command) visit(word, TextPlace::Run);
}

}  // namespace

void for_each_text(const RunDefinition& run, const std::function<void(const Text&, TextPlace)>& visit) {
  for (const VariableDefinition& variable : run.env) visit(variable.value, TextPlace::Run);
  if (run.resources->gpus) {
    for (const Field& value : run.resources->gpus->values) visit(value.text, TextPlace::Value);
  }
  if (run.resources->cpus) visit(run.resources->cpus->text, TextPlace::Value);
  if (run.resources->memory) visit(run.resources->memory->text, TextPlace::Value);
  for (const UlimitDefinition& limit : run.resources->ulimits) visit(limit.value.text, TextPlace::Value);
  if (run.replicas) visit(run.replicas->text, TextPlace::Value);
  for (const PortDefinition& port : run.ports) visit(port.port.text, TextPlace::Value);
  visit_probe(run.ready.get(), visit);
  visit_probe(run.live.get(), visit);
  if (run.stop->grace) visit(run.stop->grace->text, TextPlace::Value);
}

void for_each_text(const Component& component, const std::function<void(const Text&, TextPlace)>& visit) {
  if (component.command != nullptr) {
    for (const Text& word : *component.command) visit(word, TextPlace::Run);
  }
  if (component.cwd != nullptr) visit(*component.cwd, TextPlace::Run);
  for (const EndpointDefinition& endpoint : component.endpoints) {
    if (endpoint.port) visit(endpoint.port->text, TextPlace::Value);
  }
  for_each_text(component.run, visit);
}

void for_each_text(const TuneDefinition& tune, const std::function<void(const Text&, TextPlace)>& visit) {
  for (const EndpointDefinition& endpoint : tune.endpoints) {
    if (endpoint.port) visit(endpoint.port->text, TextPlace::Value);
  }
  for_each_text(tune.run, visit);
}

void ReferenceChecker::not_here(const Reference& reference, std::string_view allowed) const {
  auto diagnostic =
      report(sink_, codes::unknown_reference, reference.where,
             reference.scope == ReferenceScope::Unknown ? fmt::format("`{}` names nothing", reference.as_written)
                                                        : fmt::format("`{}` is not known here", reference.as_written));
  if (reference.scope == ReferenceScope::Unknown) {
    const std::string_view inner = std::string_view(reference.as_written).substr(2);
    const std::string_view written = inner.substr(0, inner.find('.'));
    const auto& scopes = Words<ReferenceScope>::list;
    if (suggest_fix(diagnostic, reference.where, written, {scopes.begin(), scopes.end()})) return;
  }
  diagnostic.note(fmt::format("here a reference begins with {}", allowed));
}

void ReferenceChecker::check(const Text& text, TextPlace place, const Component& component) const {
  for (const Piece& piece : text.pieces) {
    if (!piece.reference) continue;
    const Reference& reference = *piece.reference;
    switch (reference.scope) {
      case ReferenceScope::Env:
      case ReferenceScope::Graph: break;
      case ReferenceScope::Params: {
        if (names_of(component).params.count(reference.name) != 0) break;
        auto diagnostic =
            report(sink_, codes::unknown_reference, reference.where,
                   fmt::format("component `{}` has no param `{}`", component.definition->name, reference.name));
        std::vector<std::string_view> names;
        for (const ParamDefinition& param : component.params) names.push_back(param.name.text);
        suggest_fix(diagnostic, reference.where, reference.name, names, "its params are");
        break;
      }
      case ReferenceScope::Self:
        if (place == TextPlace::Run) {
          check_self(reference, component);
        } else {
          not_here(reference, "`params`, `graph` or `env`");
        }
        break;
      case ReferenceScope::Clients:
        if (place == TextPlace::Run) {
          check_client(reference, component);
        } else {
          not_here(reference, "`params`, `graph` or `env`");
        }
        break;
      case ReferenceScope::Unknown:
        not_here(reference, place == TextPlace::Run ? "`params`, `graph`, `env`, `self` or `clients`"
                                                    : "`params`, `graph` or `env`");
        break;
    }
  }
}

const ReferenceChecker::NamesOfOne& ReferenceChecker::names_of(const Component& component) const {
  if (names_.component == &component) return names_;
  names_ = {};
  names_.component = &component;
  for (const ParamDefinition& param : component.params) names_.params.insert(param.name.text);
  for (const std::string_view port : component.port_names()) names_.ports.insert(port);
  for (const Client& client : component.clients) names_.clients.emplace(client.definition.name.text, &client);
  return names_;
}

void ReferenceChecker::check_component(const Component& component) const {
  for_each_text(component, [&](const Text& text, TextPlace place) { check(text, place, component); });
  for (const ParamDefinition& param : component.params) {
    if (param.default_value) check(*param.default_value, TextPlace::Value, component);
  }
}

void ReferenceChecker::check_self(const Reference& reference, const Component& component) const {
  const std::string_view name = reference.name;
  if (std::find(self_names.begin(), self_names.end(), name) != self_names.end()) return;
  if (name.starts_with("port.")) {
    const std::string_view port = name.substr(5);
    if (names_of(component).ports.count(port) != 0 || component.lacks(port)) return;
    auto diagnostic = report(sink_, codes::unknown_reference, reference.where,
                             fmt::format("component `{}` has no port `{}`", component.definition->name, port));
    suggest_fix(diagnostic, reference.where, port, component.port_names(), "its ports are");
    return;
  }
  if (name.starts_with("listen.")) {
    const std::string_view wanted = name.substr(7);
    std::vector<std::string_view> names;
    for (const EndpointDefinition& endpoint : component.endpoints) {
      if (protocol_of(endpoint, component.runtime) != Protocol::Dyn) names.push_back(endpoint.name.text);
    }
    if (std::find(names.begin(), names.end(), wanted) != names.end() || component.lacks(wanted)) return;
    auto diagnostic =
        report(sink_, codes::unknown_reference, reference.where,
               fmt::format("component `{}` has no endpoint `{}` to listen on", component.definition->name, wanted));
    suggest_fix(diagnostic, reference.where, wanted, names, "it listens on");
    return;
  }
  auto diagnostic =
      report(sink_, codes::unknown_reference, reference.where, fmt::format("`{}` names nothing", reference.as_written));
  const std::vector<std::string_view> known = {"slot", "replica", "gpus", "run_dir", "port", "listen"};
  if (suggest_fix(diagnostic, reference.where, name.substr(0, name.find('.')), known)) return;
  diagnostic.note("`self` has `slot`, `replica`, `gpus`, `run_dir`, `port.NAME` and `listen.ENDPOINT`");
}

void ReferenceChecker::check_client(const Reference& reference, const Component& component) const {
  const std::size_t dot = reference.name.find('.');
  const std::string_view name = std::string_view(reference.name).substr(0, dot);
  const auto& clients = names_of(component).clients;
  const auto found = clients.find(name);
  if (found == clients.end()) {
    auto diagnostic = report(sink_, codes::unknown_reference, reference.where,
                             fmt::format("component `{}` has no client `{}`", component.definition->name, name));
    std::vector<std::string_view> names;
    for (const Client& one : component.clients) names.push_back(one.definition.name.text);
    suggest_fix(diagnostic, reference.where, name, names, "its clients are");
    return;
  }
  const Client* client = found->second;
  if (!client->type || catalog_.is_bad(client->type)) return;
  const std::vector<std::string> endpoints = catalog_.endpoints_of(client->type);
  const std::vector<std::string_view> names(endpoints.begin(), endpoints.end());
  const std::string type = catalog_.name_of(client->type);
  if (dot == std::string::npos) {
    if (endpoints.size() == 1) return;
    auto diagnostic =
        report(sink_, codes::unknown_reference, reference.where,
               fmt::format("`{}` has {} endpoints, and `{}` does not say which", type,
                           endpoints.empty() ? "no" : std::to_string(endpoints.size()), reference.as_written));
    diagnostic.also(client->definition.type_value, fmt::format("client `{}`", name));
    if (!endpoints.empty())
      diagnostic.help(
          fmt::format("write `${{clients.{}.{}}}`; its endpoints are {}", name, names.front(), quoted(names)));
    return;
  }
  const std::string_view endpoint = std::string_view(reference.name).substr(dot + 1);
  if (client->type.kind != TypeRef::Kind::Any && std::find(names.begin(), names.end(), endpoint) != names.end()) return;
  auto diagnostic = report(sink_, codes::unknown_reference, reference.where,
                           fmt::format("`{}` has no endpoint `{}`", type, endpoint));
  diagnostic.also(client->definition.type_value, fmt::format("client `{}`", name));
  if (client->type.kind != TypeRef::Kind::Any) {
    suggest_fix(diagnostic, reference.where, endpoint, names, "its endpoints are");
  } else {
    diagnostic.help(fmt::format("write `${{clients.{}}}`: the addresses of all endpoints", name));
  }
}

void ReferenceChecker::check_graph_value(const Text& text) const {
  for (const Piece& piece : text.pieces) {
    if (!piece.reference) continue;
    if (piece.reference->scope == ReferenceScope::Graph || piece.reference->scope == ReferenceScope::Env) continue;
    not_here(*piece.reference, "`graph` or `env`");
  }
}

void ReferenceChecker::check_graph_env(const Text& text) const {
  for (const Piece& piece : text.pieces) {
    if (!piece.reference) continue;
    const Reference& reference = *piece.reference;
    if (reference.scope == ReferenceScope::Graph || reference.scope == ReferenceScope::Env) continue;
    const bool common = reference.scope == ReferenceScope::Self &&
                        std::find(self_names.begin(), self_names.end(), reference.name) != self_names.end();
    if (!common) not_here(reference, "`graph`, `env` or `self`");
  }
}

void ReferenceChecker::check_graph_names(const Text& text, const SpecModel& spec,
                                         const std::optional<std::string>& graph) const {
  for (const Piece& piece : text.pieces) {
    if (!piece.reference || piece.reference->scope != ReferenceScope::Graph) continue;
    const Reference& reference = *piece.reference;
    if (reference.name == "name" || reference.name == "namespace") continue;
    if (reference.fallback == Fallback::Default || find_named(spec.params, reference.name) != nullptr) continue;
    auto diagnostic = report(sink_, codes::unknown_reference, reference.where,
                             fmt::format("spec `{}` has no param `{}`", spec.definition->name, reference.name));
    diagnostic.in_graph(graph);
    std::vector<std::string_view> names = {"name", "namespace"};
    for (const ParamDefinition& param : spec.params) names.push_back(param.name.text);
    suggest_fix(diagnostic, reference.where, reference.name, names, "`graph` has");
  }
}

}  // namespace dynamo
