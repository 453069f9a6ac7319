#pragma once
// A running process: the leader of a session of its own together with everything that it has started, its tree.
//
// The life of one: ProcessLauncher::launch() -> wait() tells that the leader has ended -> kill_tree() ends what is
// left of the tree and reaps. Between the two the leader is a zombie on purpose: as long as it has not been reaped
// nobody else can get its number, so that signalling its group can never hit a stranger.
//
// A graceful stop: signal(SIGTERM); co_await (wait_tree() || clock.sleep_until(deadline)); co_await kill_tree().
// An exit by itself: status = co_await wait(); co_await kill_tree().
//
// Process is an interface, so that tests can fake one, and because a later engine may run workers on other hosts.

#include "orchestrator/async.h"
#include "orchestrator/file_descriptor.h"
#include "proto/run.h"

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dynamo {

class Children;

/// A process that could not be ended: it has changed its user, or the kernel holds it.
struct Survivor {
  pid_t pid = 0;
  std::string name;
};

class Process {
 public:
  /// The last resort: whatever still runs is killed with SIGKILL.
  virtual ~Process() = default;

  [[nodiscard]] virtual pid_t pid() const = 0;
  /// How the leader ended, if it has; looks at the kernel, not at what the loop has handled so far.
  virtual std::optional<ExitStatus> ended() = 0;
  /// Returns when the leader has ended. Any number of coroutines may wait, before and after the end.
  virtual Awaitable<ExitStatus> wait() = 0;
  /// Returns when the leader has ended and nothing of its tree runs any more.
  virtual Awaitable<> wait_tree() = 0;
  /// Sends a signal to the process group. Does nothing once kill_tree() has returned.
  virtual void signal(int number) = 0;
  /// SIGKILL to the whole tree (group, session, descendants, daemonised ones), again and again until nothing is
  /// left; then reaps. Returns what could not be ended within five seconds: nearly always nothing. May be called
  /// again, and at any time; must not be called by two coroutines at once. A coroutine that has been cancelled must
  /// say `co_await asio::this_coro::throw_if_cancelled(false)` before it calls this.
  virtual Awaitable<std::vector<Survivor>> kill_tree() = 0;
  /// A descriptor that names the leader, for upgrade.h; -1 if there is none.
  [[nodiscard]] virtual int pidfd() const { return -1; }
  /// Every living process of the tree, the leader included.
  [[nodiscard]] virtual std::vector<pid_t> tree() const = 0;
};

/// A process of this host that the launcher has just made. `mark` is the text that its tree carries in the
/// environment (launcher.h).
std::unique_ptr<Process> make_local_process(const asio::any_io_executor& executor, Children& children, pid_t pid,
                                            FileDescriptor pidfd, std::string mark);

}  // namespace dynamo
