#pragma once
// Who may start, when the graph is ready, when it has failed or completed, and in which order it stops. Pure: all
// answers follow from the plan and the present state of every replica.
//
// Start: sidecars `before` first; when they are ready, every slot as soon as the slots it waits for are ready,
// beside them the sidecars `with`; when the graph is ready, the sidecars `after`. A slot is ready when its minimum
// of replicas is (a completed replica counts), the graph when all its slots are. A sidecar that failed for good
// holds nobody up, nor does a slot without which the graph goes on.
//
// Failure: a slot has failed when fewer replicas than its minimum are left that run, will run again or are
// completed. That fails the graph, unless the slot is expendable; a sidecar fails it only with `stop_graph`.
//
// Stop, in reverse: sidecars `after`, levels from the highest down (`with` beside level 1), sidecars `before`.

#include "proto/plan.h"
#include "proto/run.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dynamo {

/// Indices into Plan::processes.
using WorkerGroup = std::vector<std::size_t>;

class StartOrder {
 public:
  /// `plan` must outlive it.
  explicit StartOrder(const Plan& plan);

  /// In all answers `states[i]` belongs to `plan.processes[i]`.
  using States = std::vector<WorkerState>;

  [[nodiscard]] bool slot_ready(const PlannedSlot& slot, const States& states) const;
  [[nodiscard]] bool slot_failed(const PlannedSlot& slot, const States& states) const;
  /// Every slot (sidecars do not count) is ready, or has failed and the graph goes on without it.
  [[nodiscard]] bool graph_ready(const States& states) const;

  /// Pending and waiting replicas that may start now. `was_ready`: the graph was ready at least once.
  [[nodiscard]] WorkerGroup may_start(const States& states, bool was_ready) const;
  /// The replicas that are to be started again when `provider` was: `on_restart: restart`.
  [[nodiscard]] const WorkerGroup& restarts_with(std::size_t provider) const { return restarts_[slot_of_[provider]]; }
  /// What a replica waits for, in words: "waits for backend and router"; empty when it may start.
  [[nodiscard]] std::string waits_for(std::size_t worker, const States& states, bool was_ready) const;

  /// The slot or sidecar whose failure ends the graph, if one has.
  [[nodiscard]] const PlannedSlot* fatal_slot(const States& states) const;
  /// Nothing is left to do: every replica of every slot is completed (those of an expendable slot may have failed).
  [[nodiscard]] bool completed(const States& states) const;

  /// The reverse of the order of starting; of one level, frontends of Dynamo before its workers.
  [[nodiscard]] std::vector<WorkerGroup> stop_groups() const;

 private:
  [[nodiscard]] const WorkerGroup& workers_of(const PlannedSlot& slot) const;
  [[nodiscard]] std::size_t slot_of(std::size_t worker) const { return slot_of_[worker]; }
  [[nodiscard]] bool holds_up(const PlannedSlot& slot, const States& states) const;
  [[nodiscard]] std::vector<std::string> missing_for(const PlannedSlot& slot, const States& states) const;

  const Plan& plan_;
  std::vector<WorkerGroup> workers_;   ///< per slot
  std::vector<WorkerGroup> restarts_;  ///< per slot: the replicas that restart with it
  std::vector<std::size_t> slot_of_;   ///< per worker
};

}  // namespace dynamo
