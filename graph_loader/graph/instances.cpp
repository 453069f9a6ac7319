#include "graph_loader/graph/instances.h"

#include "graph_loader/graph/graph_sink.h"
#include "graph_loader/graph/references.h"
#include "graph_loader/graph/run_layers.h"
#include "graph_loader/spec/quantity.h"
#include "graph_loader/spec/run_reader.h"
#include "graph_loader/spec/shape.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace dynamo {
namespace {

class Evaluator {
 public:
  Evaluator(const GraphModel& model, const Catalog& catalog, const std::map<std::string, std::string>* env,
            DiagnosticSink& sink)
      : model_(model),
        catalog_(catalog),
        env_(env),
        sink_(sink, model.name),
        with_sources_(sink_),
        shape_(with_sources_),
        references_(catalog, sink_) {}

  GraphValues run() {
    graph_params();
    for (const VariableDefinition& variable : model_.env) {
      references_.check_graph_env(variable.value);
      references_.check_graph_names(variable.value, *model_.spec, model_.name);
    }
    values_.instances.reserve(model_.slots.size() + model_.sidecars.size());
    for (const BoundSlot& slot : model_.slots) add_slot(slot);
    for (const BoundSlot& slot : model_.sidecars) add_slot(slot);
    return std::move(values_);
  }

 private:
  void graph_params() {
    const auto built_in = [](std::string_view text) {
      ParamState state;
      state.kind = ParamState::Kind::Known;
      state.text = text;
      state.value = boost::json::string(text.data(), text.size());
      return state;
    };
    ParamTable own;
    own["name"] = built_in(model_.simple_name);
    own["namespace"] = built_in(model_.name_space);
    for (const ParamValue& value : model_.params) {
      references_.check_graph_value(value.text);
      references_.check_graph_names(value.text, *model_.spec, model_.name);
    }
    ParamRequest request;
    request.definitions = &model_.spec->params;
    request.values = &model_.params;
    request.owner = model_.is_spec ? fmt::format("spec `{}`", model_.name)
                                   : fmt::format("graph `{}` (spec `{}`)", model_.name, model_.spec->definition->name);
    request.owner_where = model_.where;
    request.silent_missing = model_.silent_missing || model_.parent_tells;
    request.values_see_this = true;
    EvaluationScope scope;
    scope.graph = &own;
    scope.env = env_;
    scope.checked_graph = model_.name;
    values_.graph = evaluate_params(request, scope, sink_);
    values_.graph.merge(own);
  }

  void add_slot(const BoundSlot& slot) {
    values_.of_slot.emplace(&slot, std::pair(values_.instances.size(), slot.items.size()));
    int first = 0;
    for (const BoundItem& item : slot.items) {
      Instance instance = make(slot, item);
      instance.first_replica = first;
      first += instance.replicas ? instance.replicas->max : 1;
      values_.instances.push_back(std::move(instance));
    }
  }

  Instance make(const BoundSlot& slot, const BoundItem& item) {
    Instance instance;
    instance.slot = &slot;
    instance.item = &item;
    instance.component = &catalog_.component(item.component);
    const Component& component = *instance.component;
    instance.run = component.run;
    instance.endpoints = component.endpoints;
    check_tune(item, component);
    // What the component does not have was told above, and takes no port.
    std::vector<EndpointDefinition> endpoints = item.tune.endpoints;
    std::erase_if(endpoints, [&](const EndpointDefinition& one) {
      return find_named(component.endpoints, one.name.text) == nullptr;
    });
    RunDefinition run = item.tune.run;
    std::erase_if(run.ports, [&](const PortDefinition& one) { return !has_named_port(component, one.name.text); });
    tune_run(instance.run, run);
    if (instance.run.live && !instance.run.live->probe && run.live) report_no_probe(run.live->key, sink_);
    merge_endpoints(instance.endpoints, endpoints);

    for (const ParamValue& value : item.tune.params) {
      references_.check_graph_value(value.text);
      references_.check_graph_names(value.text, *model_.spec, model_.name);
    }
    const auto graph_names = [&](const Text& text, TextPlace) {
      references_.check_graph_names(text, *model_.spec, model_.name);
    };
    for_each_text(component, graph_names);
    for (const ParamDefinition& param : component.params) {
      if (param.default_value) references_.check_graph_names(*param.default_value, *model_.spec, model_.name);
    }
    for_each_text(item.tune, graph_names);

    ParamRequest request;
    request.definitions = &component.params;
    request.values = &item.tune.params;
    request.owner = fmt::format("component `{}`", component.definition->name);
    request.owner_where = item.use.where;
    const std::string_view section = slot.sidecar ? "sidecars" : "bind";
    if (item.by_default) {
      request.how_to_set =
          fmt::format("set it in the graph: `{}: {{{{{}: {{{{params: {{{{{{}}: VALUE}}}}}}}}}}}}`", section, slot.name);
    } else if (item.tunes.empty() || item.tunes.front()->node == nullptr) {
      request.how_to_set =
          fmt::format("write `{}: {{{{use: {}, params: {{{{{{}}: VALUE}}}}}}}}`", slot.name, item.use.text);
    }
    request.silent_missing = model_.silent_missing;
    request.defaults_see_params = true;
    EvaluationScope scope;
    scope.graph = &values_.graph;
    scope.env = env_;
    scope.checked_graph = model_.name;
    instance.params = evaluate_params(request, scope, sink_);
    scope.params = &instance.params;
    numbers(instance, scope);
    return instance;
  }

  void check_tune(const BoundItem& item, const Component& component) {
    for (const EndpointDefinition& endpoint : item.tune.endpoints) {
      if (find_named(component.endpoints, endpoint.name.text) != nullptr) continue;
      std::vector<std::string_view> names;
      for (const EndpointDefinition& one : component.endpoints) names.push_back(one.name.text);
      unknown(endpoint.name, "endpoint", names, component);
    }
    for (const PortDefinition& port : item.tune.run.ports) {
      if (has_named_port(component, port.name.text)) continue;
      std::vector<std::string_view> names;
      for (const PortDefinition& one : component.run.ports) names.push_back(one.name.text);
      unknown(port.name, "port", names, component);
    }
    for (const EndpointDefinition& endpoint : item.tune.endpoints) {
      const EndpointDefinition* base = find_named(component.endpoints, endpoint.name.text);
      if (base == nullptr) continue;
      const Protocol protocol = protocol_of(*base, component.runtime);
      if (endpoint.port && (protocol == Protocol::Dyn || protocol == Protocol::Unix)) {
        report(sink_, codes::exclusive_keys, endpoint.port_key,
               fmt::format("endpoint `{}` speaks `{}` and cannot have a `port`", endpoint.name.text, word(protocol)))
            .emit();
      }
      if (endpoint.listen && endpoint.listen->value == Listen::Fd && protocol == Protocol::Dyn) {
        report(sink_, codes::exclusive_keys, endpoint.listen_key,
               fmt::format("endpoint `{}` speaks `dyn` and cannot inherit a socket", endpoint.name.text))
            .emit();
      }
    }
    for (const auto* ready : {&item.tune.run.ready, &item.tune.run.live}) {
      if (*ready && (*ready)->probe) check_probe(*(*ready)->probe, component, sink_);
    }
    for_each_text(item.tune, [&](const Text& text, TextPlace place) { references_.check(text, place, component); });
  }

  /// One of `ports`, or the port `system` that programs of Dynamo have.
  static bool has_named_port(const Component& component, const std::string& name) {
    return (name == "system" && component.has_system_port()) || find_named(component.run.ports, name) != nullptr;
  }

  void unknown(const Name& name, std::string_view what, const std::vector<std::string_view>& names,
               const Component& component) {
    auto diagnostic = report(sink_, codes::unknown_name, name.where,
                             fmt::format("component `{}` has no {} `{}`", component.definition->name, what, name.text));
    suggest_fix(diagnostic, name.where, name.text, names, "it has");
  }

  /// The value of a field as plain text, if it is known; `checked` is false if it had references.
  std::optional<std::string> plain(const Field& field, const EvaluationScope& scope) {
    with_sources_.set(sources_of(field.text, scope));
    return evaluate(field.text, scope, sink_).known();
  }

  /// The field with its references filled in, for the checks of its type.
  static Field filled(const Field& field, const std::string& text) {
    Field result;
    result.where = field.where;
    result.text.where = field.where;
    result.text.pieces.push_back({text, nullptr});
    return result;
  }

  void numbers(Instance& instance, const EvaluationScope& scope) {
    const RunDefinition& run = instance.run;
    instance.replicas = ReplicaRange{};
    if (run.replicas) {
      instance.replicas_where = run.replicas->where;
      instance.replicas.reset();
      const auto text = plain(*run.replicas, scope);
      if (text && shape_.check_replicas(filled(*run.replicas, *text))) {
        const auto range = parse_range(*text);
        instance.replicas = ReplicaRange{static_cast<int>(range->min), static_cast<int>(range->max)};
      }
    }
    gpus(instance, scope);
    if (run.resources->cpus) {
      if (const auto text = plain(*run.resources->cpus, scope)) shape_.check_cpus(filled(*run.resources->cpus, *text));
    }
    if (run.resources->memory) {
      if (const auto text = plain(*run.resources->memory, scope))
        shape_.check_memory(filled(*run.resources->memory, *text));
    }
    for (const UlimitDefinition& limit : run.resources->ulimits) {
      if (const auto text = plain(limit.value, scope))
        shape_.check_ulimit(filled(limit.value, *text), *from_word<LimitKind>(limit.name.text));
    }
    durations(run, scope);
    for (const EndpointDefinition& endpoint : instance.endpoints) {
      if (!has_port(endpoint, instance.component->runtime)) continue;
      instance.ports[endpoint.name.text] =
          port(endpoint.port, scope, fmt::format("the port of `{}`", endpoint.name.text), 65535);
    }
    const bool system = instance.component->has_system_port();
    for (const PortDefinition& one : run.ports) {
      const int limit = system && one.name.text == "system" ? 32767 : 65535;
      instance.ports[one.name.text] = port(one.port, scope, fmt::format("port `{}`", one.name.text), limit);
    }
    if (system) instance.ports.try_emplace("system", KnownPort{true, std::nullopt, {}});
  }

  void durations(const RunDefinition& run, const EvaluationScope& scope) {
    const auto check = [&](const std::optional<Field>& field, std::string_view what) {
      if (!field || !field->text.has_references()) return;
      if (const auto text = plain(*field, scope)) shape_.check_duration(filled(*field, *text), what);
    };
    for (const auto* ready : {&run.ready, &run.live}) {
      if (!*ready) continue;
      check((*ready)->timeout, "`timeout`");
      check((*ready)->interval, "`interval`");
    }
    check(run.stop->grace, "`grace`");
  }

  void gpus(Instance& instance, const EvaluationScope& scope) {
    instance.gpu_count = 0;
    if (!instance.run.resources->gpus) return;
    const GpusDefinition& gpus = *instance.run.resources->gpus;
    bool known = true;
    std::unordered_set<int> seen;
    for (const Field& field : gpus.values) {
      const auto text = plain(field, scope);
      if (!text ||
          !shape_.check_integer(filled(field, *text), gpus.is_list ? "a GPU id" : "`gpus`", 0, 1'000'000'000)) {
        known = false;
        continue;
      }
      const int value = static_cast<int>(*parse_integer(*text));
      if (!gpus.is_list) {
        instance.gpu_count = value;
        continue;
      }
      if (!seen.insert(value).second) {
        report(sink_, codes::gpu_id, field.where, fmt::format("GPU {} is listed twice", value)).emit();
        continue;
      }
      instance.gpu_ids.push_back(value);
      instance.gpu_id_places.push_back(field.where);
    }
    if (!known) instance.gpu_count.reset();
    const bool asks = !instance.gpu_ids.empty() || instance.gpu_count.value_or(0) > 0;
    const VariableDefinition* variable = find_named(instance.run.env, "CUDA_VISIBLE_DEVICES");
    if (!asks || variable == nullptr) return;
    report_gpus_twice(*variable, gpus.where, *instance.component, sink_);
  }

  KnownPort port(const std::optional<Field>& field, const EvaluationScope& scope, const std::string& what, int limit) {
    KnownPort result;
    result.known = true;
    if (!field) return result;
    const auto text = plain(*field, scope);
    if (!text) {
      result.known = false;
      return result;
    }
    if (*text == "auto") return result;
    const Field value = filled(*field, *text);
    if (!shape_.check_port(value, what) || (limit < 65535 && !shape_.check_integer(value, what, 1, limit))) {
      result.known = false;
      return result;
    }
    result.number = static_cast<int>(*parse_integer(*text));
    result.where = field->where;
    return result;
  }

  const GraphModel& model_;
  const Catalog& catalog_;
  const std::map<std::string, std::string>* env_;
  GraphSink sink_;
  LabelSink with_sources_;
  Shape shape_;  ///< of values that had references
  ReferenceChecker references_;
  GraphValues values_;
};

}  // namespace

void report_gpus_twice(const VariableDefinition& variable, Span gpus, const Component& component,
                       DiagnosticSink& sink) {
  report(sink, codes::gpus_twice, variable.name.where,
         fmt::format("component `{}` asks for GPUs and sets `CUDA_VISIBLE_DEVICES`", component.definition->name))
      .also(gpus, "asked for here")
      .note("a replica that asks for GPUs gets this variable with its ids")
      .help("leave one of the two out; a list of ids under `gpus` chooses them");
}

bool Instance::serves() const {
  if (!slot->sidecar || !item->tune.where) return true;
  const auto& places = *item->tune.where;
  return std::find(places.begin(), places.end(), "serve") != places.end();
}

std::span<const Instance> GraphValues::of(const BoundSlot& slot) const {
  const auto found = of_slot.find(&slot);
  if (found == of_slot.end()) return {};
  return std::span(instances).subspan(found->second.first, found->second.second);
}

GraphValues evaluate_graph(const GraphModel& model, const Catalog& catalog,
                           const std::map<std::string, std::string>* env, DiagnosticSink& sink) {
  return Evaluator(model, catalog, env, sink).run();
}

EvaluationScope scope_of(const GraphValues& values, const Instance& instance,
                         const std::map<std::string, std::string>* env, const std::string& graph) {
  EvaluationScope scope;
  scope.params = &instance.params;
  scope.graph = &values.graph;
  scope.env = env;
  scope.checked_graph = graph;
  return scope;
}

}  // namespace dynamo
