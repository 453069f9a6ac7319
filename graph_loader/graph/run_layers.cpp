#include "graph_loader/graph/run_layers.h"

namespace dynamo {
namespace {

template <class T>
void replace(std::optional<T>& base, const std::optional<T>& layer) {
  if (layer) base = layer;
}

template <class T>
void replace(std::shared_ptr<const T>& base, const std::shared_ptr<const T>& layer) {
  if (layer) base = layer;
}

void merge_resources(ResourcesDefinition& base, const ResourcesDefinition& layer) {
  replace(base.gpus, layer.gpus);
  replace(base.cpus, layer.cpus);
  replace(base.memory, layer.memory);
  merge_named(base.ulimits, layer.ulimits);
}

void merge_restart(RestartDefinition& base, const RestartDefinition& layer) {
  replace(base.policy, layer.policy);
  replace(base.max, layer.max);
  replace(base.window, layer.window);
  replace(base.backoff, layer.backoff);
  replace(base.backoff_max, layer.backoff_max);
}

void merge_stop(StopDefinition& base, const StopDefinition& layer) {
  replace(base.signal, layer.signal);
  replace(base.grace, layer.grace);
}

/// Takes over a whole part without a copy where `base` has none.
template <class T>
void merge_part(Rare<T>& base, const Rare<T>& layer, void (*merge)(T& base, const T& layer)) {
  if (!base.is_set()) {
    base = layer;
  } else if (layer.is_set()) {
    merge(base.edit(), *layer);
  }
}

}  // namespace

void merge_variables(std::vector<VariableDefinition>& base, const std::vector<VariableDefinition>& layer) {
  merge_named(base, layer);
}

void merge_params(std::vector<ParamValue>& base, const std::vector<ParamValue>& layer) { merge_named(base, layer); }

void merge_endpoint(EndpointDefinition& base, const EndpointDefinition& layer) {
  replace(base.signature, layer.signature);
  replace(base.protocol, layer.protocol);
  replace(base.path, layer.path);
  if (layer.port) {
    base.port = layer.port;
    base.port_key = layer.port_key;
  }
  if (layer.listen) {
    base.listen = layer.listen;
    base.listen_key = layer.listen_key;
  }
}

void merge_endpoints(std::vector<EndpointDefinition>& base, const std::vector<EndpointDefinition>& layer) {
  merge_named(base, layer, merge_endpoint);
}

void merge_run(RunDefinition& base, const RunDefinition& layer) {
  merge_named(base.env, layer.env);
  merge_part(base.resources, layer.resources, merge_resources);
  replace(base.replicas, layer.replicas);
  merge_named(base.ports, layer.ports);
  replace(base.ready, layer.ready);
  replace(base.live, layer.live);
  merge_part(base.restart, layer.restart, merge_restart);
  merge_part(base.stop, layer.stop, merge_stop);
}

namespace {

/// Key by key; a probe of another kind takes the place of the old one.
void tune_probe(std::shared_ptr<const ReadyDefinition>& base, const std::shared_ptr<const ReadyDefinition>& layer) {
  if (!layer || !base) return replace(base, layer);
  auto result = std::make_shared<ReadyDefinition>(*base);
  result->nodes.insert(result->nodes.end(), layer->nodes.begin(), layer->nodes.end());
  result->key = layer->key;
  replace(result->probe, layer->probe);
  replace(result->timeout, layer->timeout);
  replace(result->interval, layer->interval);
  replace(result->failures, layer->failures);
  base = std::move(result);
}

}  // namespace

void tune_run(RunDefinition& base, const RunDefinition& layer) {
  auto ready = base.ready;
  auto live = base.live;
  merge_run(base, layer);
  tune_probe(ready, layer.ready);
  tune_probe(live, layer.live);
  base.ready = std::move(ready);
  base.live = std::move(live);
}

void merge_tune(TuneDefinition& base, const TuneDefinition& layer) {
  merge_params(base.params, layer.params);
  merge_endpoints(base.endpoints, layer.endpoints);
  tune_run(base.run, layer.run);
  replace(base.start, layer.start);
  replace(base.on_failure, layer.on_failure);
  replace(base.where, layer.where);
}

}  // namespace dynamo
