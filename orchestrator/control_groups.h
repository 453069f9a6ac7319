#pragma once
// `resources.memory` and `resources.cpus`, held by the kernel: a control group (cgroup v2) for every replica that has
// such a limit, below the group in which this program was started, if that group was delegated to its user.
//
//   .../ours/                       the controllers are switched on for the groups below
//     dynamo-RUN.supervisor/        guardian and supervisor: a group with controllers below must hold no process itself
//     dynamo-RUN.backend-0/         memory.max, memory.swap.max, memory.oom.group, cpu.max
//
// Where that is not possible a sentence tells why, and the limits are not held. The interface is that of
// Documentation/admin-guide/cgroup-v2.rst of the Linux kernel.

#include "orchestrator/file_descriptor.h"
#include "proto/plan.h"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// The folder of the cgroup v2 group of this process; empty if the host has none.
std::filesystem::path own_control_group();

class ControlGroups {
 public:
  /// `own`: own_control_group(), or a folder that looks like one. `run_dir` names the groups, and beside it lie other
  /// runs: the groups of those that are dead are removed.
  ControlGroups(std::filesystem::path own, std::filesystem::path run_dir);
  ControlGroups(const ControlGroups&) = delete;
  ControlGroups& operator=(const ControlGroups&) = delete;
  /// Removes the groups of this run that are empty.
  ~ControlGroups();

  /// Makes ready what these replicas need; `ours` are the processes of dynamo itself. Why it cannot be done, as the end
  /// of a sentence: "there is no cgroup v2 on this host"; empty if it could, or if nobody has a limit.
  std::string prepare(const std::vector<PlannedProcess>& processes, const std::vector<pid_t>& ours);

  /// The file through which a new process of this replica enters its group; empty without a group.
  [[nodiscard]] FileDescriptor door(const PlannedProcess& process) const;
  /// How often the kernel has ended processes of this replica because they were at their limit of memory.
  [[nodiscard]] std::uint64_t out_of_memory(const PlannedProcess& process) const;

 private:
  [[nodiscard]] std::filesystem::path group(std::string_view name) const;
  [[nodiscard]] std::filesystem::path group_of(const PlannedProcess& process) const;
  [[nodiscard]] std::string switch_on(const std::vector<std::string>& controllers, const std::vector<pid_t>& ours);
  void remove_dead_ones() const;

  std::filesystem::path own_;
  std::filesystem::path run_dir_;
  std::vector<pid_t> moved_;
};

/// Whether a replica has a limit that a control group can hold.
bool has_limits(const PlannedProcess& process);

}  // namespace dynamo
