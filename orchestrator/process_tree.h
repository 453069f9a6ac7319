#pragma once
// Reads from /proc which processes belong together, and signals a process that was found there without ever
// hitting a stranger that has got its number meanwhile.

#include "orchestrator/process.h"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// What /proc/PID/stat tells. Number and start time together name one process for as long as the host runs.
struct ProcessFacts {
  pid_t pid = 0;
  char state = '?';  ///< R S D Z T ..., of the main thread
  int threads = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  std::uint64_t start_time = 0;  ///< clock ticks since boot
  std::string name;              ///< at most 15 bytes

  [[nodiscard]] bool alive() const { return (state != 'Z' && state != 'X') || threads > 1; }
};

std::optional<ProcessFacts> read_process(pid_t pid);
/// The direct children, in the order of their making. Empty when the process is gone.
std::vector<pid_t> children_of(pid_t pid);
/// Everything below `pid`, parents before children, `pid` itself not included.
std::vector<pid_t> descendants_of(pid_t pid);
/// The value of a variable in the environment that a process was started with; nullopt when it is not there or the
/// process does not let us look.
std::optional<std::string> environment_of(pid_t pid, std::string_view variable);

/// The tree of the replica whose leader is (or was) `leader`: the leader, its descendants, and those of `orphans`
/// (Children::orphans()) that carry `mark` in their environment or are in the leader's session, with their
/// descendants. Only living processes, parents before children.
std::vector<ProcessFacts> replica_tree(pid_t leader, std::string_view mark, const std::vector<pid_t>& orphans);

/// Sends a signal if the process is still the one that `facts` describes. False: it is not, or we may not.
bool signal_verified(const ProcessFacts& facts, int number);

}  // namespace dynamo
