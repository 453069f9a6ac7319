#pragma once
// Ports and GPUs of one graph: what would collide, and which replica gets which GPU. Reports DG0701 to DG0704.

#include "graph_loader/graph/instances.h"
#include "graph_loader/graph/wiring.h"

#include <map>
#include <optional>
#include <vector>

namespace dynamo {

/// DG0702, DG0703: needs no host.
void check_ports(const GraphModel& model, const GraphValues& values, DiagnosticSink& sink);

struct GpuNeed {
  int min = 0;  ///< of the replicas that `serve` starts, and the distinct explicit ids
  int max = 0;
};
GpuNeed gpu_need(const GraphValues& values);

/// DG0701, DG0704 against the pool.
void check_gpus(const GraphModel& model, const GraphValues& values, const std::vector<int>& pool, DiagnosticSink& sink);

/// One replica that `serve` starts.
struct Replica {
  const Instance* instance = nullptr;
  int number = 0;
  std::vector<int> gpus;
};

/// All replicas in start order (before, by level with `with` beside level 1, after), with their GPUs: explicit ids,
/// else the first of the pool that nobody names. The pool must be large enough.
std::vector<Replica> place(const GraphModel& model, const GraphValues& values, const WiredGraph& wired,
                           const std::vector<int>& pool);

/// When the instance starts: `level` for slots.
Phase phase_of(const Instance& instance);

}  // namespace dynamo
