#pragma once
// The children of this process, which is a subreaper: the leaders that the launcher made, and orphans, which are
// daemonised descendants of those that the kernel has handed to us. Orphans that end are reaped here, by their
// number and never with "any child", so that a leader's exit status is never taken away from its Process.
//
// Listing all children costs as much as there are, and when many replicas stop at once each wants to know its orphans.
// So one list serves all of them until something happens that can have added to it: forget_orphans().

#include "orchestrator/async.h"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace dynamo {

class Children {
 public:
  /// Makes this process a subreaper and begins to listen for SIGCHLD.
  explicit Children(const asio::any_io_executor& executor);
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  ~Children();

  /// Stops listening; without it io_context::run() would not return. Idempotent.
  void close();

  /// From now on `pid` is a leader: its Process reaps it.
  void add_leader(pid_t pid) { leaders_.insert(pid); }
  void remove_leader(pid_t pid) { leaders_.erase(pid); }

  /// The children of this process that are no leaders, dead ones included; as they are now.
  [[nodiscard]] std::vector<pid_t> orphans() const;
  /// Reaps orphans that have ended, and returns the others, which live. SIGCHLD does it too; this is for those who do
  /// not want to wait for it. Those who have become orphans since the last forget_orphans() may be missing, but for
  /// those whose parent is found to have ended.
  std::vector<pid_t> reap_orphans();
  /// A process has ended, or been stopped: its children may have become ours, or no more will.
  void forget_orphans() { known_orphans_.reset(); }
  /// Returns when a child has ended (and orphans have been reaped).
  Awaitable<> changed() { return changed_.wait(); }

 private:
  struct Listener;
  std::set<pid_t> leaders_;
  std::optional<std::vector<pid_t>> known_orphans_;
  Condition changed_;
  std::shared_ptr<Listener> listener_;
};

}  // namespace dynamo
