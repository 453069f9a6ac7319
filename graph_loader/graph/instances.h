#pragma once
// The components of one graph with everything merged and every value that is known filled in: params, replicas,
// GPUs, ports. Reports what only this graph can get wrong: DG0601 to DG0605, DG0201 of bindings, and values
// that turn out wrong once their references are known.

#include "graph_loader/graph/catalog.h"
#include "graph_loader/graph/graphs.h"
#include "graph_loader/graph/params.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dynamo {

/// A port once its references are known.
struct KnownPort {
  bool known = false;         ///< false: depends on an environment that is not looked at, or was reported
  std::optional<int> number;  ///< none: auto
  Span where;                 ///< of a fixed number
};

struct Instance {
  const BoundSlot* slot = nullptr;
  const BoundItem* item = nullptr;
  const Component* component = nullptr;
  RunDefinition run;
  std::vector<EndpointDefinition> endpoints;
  ParamTable params;
  std::optional<ReplicaRange> replicas;  ///< none: not known
  Span replicas_where;                   ///< of the value in force; unset: the default of 1
  int first_replica = 0;                 ///< number of its first replica in the slot
  std::optional<int> gpu_count;          ///< none: not known; explicit ids count as 0
  std::vector<int> gpu_ids;
  std::vector<Span> gpu_id_places;
  std::map<std::string, KnownPort> ports;  ///< of endpoints with a port, of `ports`, and `system`

  [[nodiscard]] bool serves() const;  ///< started by `serve` (a sidecar may be for `deploy` only)
};

struct GraphValues {
  ParamTable graph;                 ///< params of the spec, `name` and `namespace`
  std::vector<Instance> instances;  ///< slots in order, then sidecars
  std::unordered_map<const BoundSlot*, std::pair<std::size_t, std::size_t>> of_slot;  ///< the first, and how many

  [[nodiscard]] std::span<const Instance> of(const BoundSlot& slot) const;
};

/// `env` null: variables are not looked at.
GraphValues evaluate_graph(const GraphModel& model, const Catalog& catalog,
                           const std::map<std::string, std::string>* env, DiagnosticSink& sink);

/// DG0705.
void report_gpus_twice(const VariableDefinition& variable, Span gpus, const Component& component, DiagnosticSink& sink);

/// The scope in which the texts of an instance are read.
EvaluationScope scope_of(const GraphValues& values, const Instance& instance,
                         const std::map<std::string, std::string>* env, const std::string& graph);

}  // namespace dynamo
