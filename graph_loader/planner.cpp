#include "graph_loader/planner.h"

#include "graph_loader/graph/params.h"
#include "graph_loader/graph/placement.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace dynamo {
namespace {

class Planner {
 public:
  Planner(const CheckedGraph& graph, Workspace& workspace, const LoadRequest& request)
      : graph_(graph), workspace_(workspace), request_(request) {}

  Plan run() {
    Plan plan;
    plan.file = workspace_.target().file;
    plan.graph = graph_.model.name;
    plan.spec = graph_.model.spec->definition->name;
    plan.name_space = graph_.model.name_space;
    plan.entry = graph_.model.spec->entry ? graph_.model.spec->entry->text : "";
    plan.levels = graph_.wired.level_count;
    plan.gpus_visible = request_.gpus.value_or(std::vector<int>{});
    plan.gpus_needed = gpu_need(graph_.values).min;
    for (const BoundSlot& slot : graph_.model.slots) add_slot(plan, slot);
    for (const BoundSlot& slot : graph_.model.sidecars) add_slot(plan, slot);
    for (const Replica& replica : place(graph_.model, graph_.values, graph_.wired, plan.gpus_visible)) {
      plan.processes.push_back(process(replica));
    }
    return plan;
  }

 private:
  void add_slot(Plan& plan, const BoundSlot& bound) {
    PlannedSlot slot;
    slot.name = bound.name;
    slot.sidecar = bound.sidecar;
    slot.type = bound.type_name;
    slot.arity = bound.arity;
    slot.replicas = {0, 0};
    bool serves = false;
    for (const Instance& instance : graph_.values.of(bound)) {
      if (!instance.serves()) continue;
      serves = true;
      if (instance.replicas) {
        slot.replicas.min += instance.replicas->min;
        slot.replicas.max += instance.replicas->max;
      }
      if (bound.sidecar) {
        slot.phase = phase_of(instance);
        slot.on_failure = instance.item->tune.on_failure.value_or(OnFailure::Restart);
      }
    }
    if (!serves) return;
    if (!bound.sidecar) {
      slot.phase = Phase::Level;
      slot.level = graph_.wired.levels.at(bound.name);
      slot.waits_for = graph_.wired.waits_for.at(bound.name);
      slot.expendable =
          bound.optional() &&
          std::none_of(graph_.wired.connections.begin(), graph_.wired.connections.end(), [&](const Connection& one) {
            return one.client->required() &&
                   std::find(one.slots.begin(), one.slots.end(), bound.name) != one.slots.end();
          });
    }
    plan.slots.push_back(std::move(slot));
  }

  // ---- texts ------------------------------------------------------------------------------------------

  /// With everything that is known of this replica filled in.
  Template text(const Text& written) {
    Evaluated evaluated = evaluate(written, scope_, workspace_.diagnostics());
    return std::move(evaluated.value);
  }

  Duration duration(const std::optional<Field>& field, Duration fallback) {
    if (!field) return fallback;
    return parse_duration(text(field->text).as_written()).value_or(fallback);
  }

  static Duration duration(const std::optional<std::string>& written, Duration fallback) {
    return written ? parse_duration(*written).value_or(fallback) : fallback;
  }

  std::string absolute(const std::string& path) const {
    return (std::filesystem::path(request_.current_dir) / path).lexically_normal().string();
  }

  /// A path of the file's, relative to the folder of the file that says it.
  Template path(Template written, const FileScope& scope) const {
    const std::string text = written.as_written();
    if (text.starts_with('/')) return written;
    std::string folder = absolute(scope.directory);
    if (!folder.ends_with('/')) folder += '/';
    if (written.is_literal()) return Template(std::filesystem::path(folder + text).lexically_normal().string());
    written.parts.insert(written.parts.begin(), {folder, std::nullopt});
    return written;
  }

  // ---- one replica ------------------------------------------------------------------------------------

  PlannedProcess process(const Replica& replica) {
    const Instance& instance = *replica.instance;
    const Component& component = *instance.component;
    scope_ = scope_of(graph_.values, instance, &request_.environment, graph_.model.name);
    self_ = {{"slot", instance.slot->name},
             {"replica", std::to_string(replica.number)},
             {"gpus", fmt::format("{}", fmt::join(replica.gpus, ","))}};
    for (const auto& [name, port] : instance.ports) {
      if (port.number) self_["port." + name] = std::to_string(*port.number);
    }
    scope_.self = &self_;

    PlannedProcess result;
    result.slot = instance.slot->name;
    result.replica = replica.number;
    result.component = component.definition->name;
    result.component_at = place_of(component.definition->where);
    result.bound_at = place_of(instance.item->use.where);
    result.bound_how = instance.item->by_default      ? std::string("by default")
                       : instance.item->from_override ? std::string("on the command line")
                                                      : fmt::format("in graph `{}`", graph_.model.name);
    result.runtime = component.runtime;
    for (const Text& word : *component.command) result.command.push_back(text(word));
    const std::string program = result.command.front().as_written();
    if (program.find('/') != std::string::npos)
      result.command.front() = path(result.command.front(), *component.command_scope);
    result.cwd = component.cwd != nullptr ? path(text(*component.cwd), *component.cwd_scope)
                                          : path(Template(), *component.command_scope);
    variables(result, instance);
    result.gpus = replica.gpus;
    for (const EndpointDefinition& endpoint : instance.endpoints)
      result.endpoints.push_back(planned(endpoint, instance));
    for (const PortDefinition& port : instance.run.ports)
      result.ports.push_back({port.name.text, wish(instance, port.name.text)});
    if (component.has_system_port() && find_named(instance.run.ports, "system") == nullptr)
      result.ports.push_back({"system", wish(instance, "system")});
    for (const Client& client : component.clients) result.clients.push_back(planned(client, instance));
    policies(result, instance);
    return result;
  }

  void variables(PlannedProcess& process, const Instance& instance) {
    std::vector<VariableDefinition> env = graph_.model.env;
    merge_variables(env, instance.run.env);
    for (const VariableDefinition& variable : env) process.env.push_back({variable.name.text, text(variable.value)});
  }

  static PortWish wish(const Instance& instance, const std::string& name) {
    const auto port = instance.ports.find(name);
    return {port == instance.ports.end() ? std::nullopt : port->second.number};
  }

  PlannedEndpoint planned(const EndpointDefinition& endpoint, const Instance& instance) {
    PlannedEndpoint result;
    result.name = endpoint.name.text;
    result.protocol = protocol_of(endpoint, instance.component->runtime);
    if (endpoint.signature) result.signature = endpoint.signature->value;
    if (has_port(endpoint, instance.component->runtime)) result.port = wish(instance, endpoint.name.text);
    if (endpoint.path) result.path = endpoint.path->value;
    result.listen = listen_of(endpoint);
    return result;
  }

  PlannedClient planned(const Client& client, const Instance& instance) {
    PlannedClient result;
    result.name = client.definition.name.text;
    result.type = workspace_.catalog().name_of(client.type);
    result.arity = client.definition.arity;
    result.waits = client.waits();
    result.on_restart = client.on_restart();
    result.endpoints = workspace_.catalog().endpoints_of(client.type);
    if (const Connection* connection = graph_.wired.find(instance, result.name)) {
      result.slots = connection->slots;
      result.urls = connection->urls;
    }
    return result;
  }

  Probe planned(const ProbeDefinition& probe, const Component& component) {
    Probe result;
    result.kind = probe.kind;
    result.status = probe.status;
    if (probe.path) result.path = text(*probe.path);
    if (probe.service) result.service = text(*probe.service);
    if (probe.pattern) result.pattern = text(*probe.pattern);
    for (const Text& word : probe.command) result.command.push_back(text(word));
    if (probe.port) {
      result.port = probe.port->text;
    } else if (probe.kind == ProbeKind::Http) {
      result.port = http_port(component);
    }
    return result;
  }

  /// The first http endpoint, else the port `system` of the dynamo runtime.
  static std::string http_port(const Component& component) {
    for (const EndpointDefinition& endpoint : component.endpoints) {
      if (protocol_of(endpoint, component.runtime) == Protocol::Http) return endpoint.name.text;
    }
    return "system";
  }

  void policies(PlannedProcess& process, const Instance& instance) {
    const RunDefinition& run = instance.run;
    const Component& component = *instance.component;
    const bool dynamo = component.runtime == RuntimeKind::Dynamo;
    if (run.ready) {
      process.ready.timeout = duration(run.ready->timeout, process.ready.timeout);
      process.ready.interval = duration(run.ready->interval, process.ready.interval);
      if (run.ready->probe) process.ready.probe = planned(*run.ready->probe, component);
    }
    if (dynamo && !process.ready.probe) {
      Probe health;
      health.kind = ProbeKind::Http;
      health.path = Template("/health");
      health.port = http_port(component);
      process.ready.probe = std::move(health);
    }
    if (run.live && run.live->probe) {
      LivePolicy live;
      live.probe = planned(*run.live->probe, component);
      live.interval = duration(run.live->interval, live.interval);
      live.failures = run.live->failures.value_or(live.failures);
      process.live = std::move(live);
    }
    RestartPolicy& restart = process.restart;
    restart.policy = run.restart->policy.value_or(restart.policy);
    restart.max = run.restart->max.value_or(restart.max);
    restart.window = duration(run.restart->window, restart.window);
    restart.backoff = duration(run.restart->backoff, restart.backoff);
    restart.backoff_max = duration(run.restart->backoff_max, restart.backoff_max);
    process.stop.signal = run.stop->signal.value_or(StopSignal::Term);
    process.stop.grace = duration(run.stop->grace, dynamo ? Duration(std::chrono::seconds(60)) : process.stop.grace);
    Resources& resources = process.resources;
    if (run.resources->cpus) resources.cpus = parse_number(text(run.resources->cpus->text).as_written());
    if (run.resources->memory) {
      resources.memory = text(run.resources->memory->text).as_written();
      resources.memory_bytes = parse_size(*resources.memory);
    }
    for (const UlimitDefinition& limit : run.resources->ulimits) {
      const LimitKind kind = *from_word<LimitKind>(limit.name.text);
      resources.ulimits.push_back({kind, parse_ulimit(text(limit.value.text).as_written(), kind)->value});
    }
    std::ranges::sort(resources.ulimits, {}, &Ulimit::kind);
    resources.gpus = static_cast<int>(process.gpus.size());
  }

  const CheckedGraph& graph_;
  Workspace& workspace_;
  const LoadRequest& request_;
  EvaluationScope scope_;
  std::map<std::string, std::string> self_;
};

}  // namespace

Plan make_plan(const CheckedGraph& graph, Workspace& workspace, const LoadRequest& request) {
  return Planner(graph, workspace, request).run();
}

}  // namespace dynamo
