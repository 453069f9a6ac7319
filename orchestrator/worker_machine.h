#pragma once
// The life of one replica, as a pure function: step(life, input, now) changes the life and says what to do.
//
//   pending ──> waiting ──> starting ──> ready ──> completed
//                  ^            │  │        │ │
//                  │            │  └────────┤ └──> stopping ──> stopped
//               backoff <───────┴───────────┘          │
//                  └──────────── failed <──────────────┘
//
// Pending   nothing was done yet. Waiting: it waits for other slots; `waits` tells for which.
// Starting  it runs (or is being launched) and is not ready. `deadline` is the end of its start phase; it is moved
//           when we ourselves did not run when it came (a suspended supervisor).
// Ready     it serves. A replica that ends here is judged by its restart policy.
// Stopping  it ends by itself and has said so, or it was asked to end: on request, or because it was not ready in time,
// or because it did not answer
//           any more, or because it restarts with what it is a client of. `deadline` is the end of its grace; then its
//           whole tree is killed. A stop on request that comes while it ends for another reason wins: it is not
//           started again.
// Backoff   it ended and will be started again at `deadline`, or when what it waits for is ready. A stop ends it at
//           once.
// Stopped, Completed, Failed: it is over; no input changes anything any more.
//
// An end has two halves. Exited: the leader has ended. What is left of its tree is killed at once if nobody asked
// for the end; in a stop it keeps the rest of the grace, because a shell dies of the signal that its program still
// answers. TreeGone: nothing of it runs any more; only now the end is judged, so that two incarnations never
// overlap. `ending` is true between the two.
//
// The judgement of an end that nobody asked for:
// - success (status 0), policy not `always`: completed, if it was ready or has no endpoints. A replica with endpoints
//   that ends before it serves has failed.
// - a restart with a provider is no failure: it waits again, and starts when what it needs is ready.
// - everything else goes through restart_policy.h: backoff, or failed (completed, when it was a success).
// - a program that could not be executed at all fails for good: trying again does not mend a name. When it
//   ran before, or the reason passes (no memory, too many processes), the restart policy decides.
//
// The effects (worker.h) keep one timer at `deadline` and exactly the probing that activity() asks for; both are
// compared with the life after every step, so none can be forgotten or belong to an earlier incarnation.

#include "orchestrator/restart_policy.h"
#include "proto/plan.h"
#include "proto/run.h"

#include <optional>
#include <string>
#include <vector>

namespace dynamo {

/// What never changes for one replica.
struct WorkerRules {
  RestartPolicy restart;
  Duration ready_timeout = std::chrono::minutes(10);
  Duration grace = std::chrono::seconds(10);
  bool serves = false;         ///< it has endpoints
  bool watched = false;        ///< it has a `live` probe
  bool ready_at_once = false;  ///< it has nothing to wait for: ready once it was executed
};

/// Why a replica is being stopped.
enum class StopCause { None, Own, Requested, NotReady, NotLive, Restarted };

struct WorkerLife {
  WorkerState state = WorkerState::Pending;
  int incarnation = 0;
  bool ran = false;          ///< some incarnation was executed
  bool ending = false;       ///< the leader has ended, its tree may not have
  bool overran = false;      ///< it did not end within its grace
  bool stop_wanted = false;  ///< it is to end and not to be started again
  StopCause cause = StopCause::None;
  std::string trouble;             ///< why, when nobody requested it: "not ready within 30s: connection refused"
  std::optional<ExitStatus> exit;  ///< of the present incarnation's leader
  std::optional<TimePoint> launched;
  std::optional<TimePoint> ready;
  std::optional<TimePoint> exited;
  std::optional<TimePoint> deadline;  ///< when Deadline is due
  RestartHistory history;
  friend bool operator==(const WorkerLife&, const WorkerLife&) = default;
};

enum class WorkerInputKind {
  Wait,          ///< other slots are not ready; `text`: which
  Start,         ///< it may start, for the first time or again
  Launched,      ///< it was executed; `pid`
  LaunchFailed,  ///< it could not be; `exit`
  Ready,         ///< the readiness probe of this incarnation succeeded
  Stops,         ///< it has said that it ends by itself
  NotLive,       ///< too many misses; `text`: the last one
  Deadline,      ///< `deadline` has passed; `text`: the last miss of the readiness probe
  Exited,        ///< the leader has ended; `exit`
  TreeGone,      ///< nothing of it runs any more
  Restart,       ///< it is to end in good order and to start again; `text`: why
  Stop,          ///< it is to end in good order
  Kill,          ///< it is to end now
};

struct WorkerInput {
  WorkerInputKind kind = WorkerInputKind::Start;
  std::optional<ExitStatus> exit;
  std::optional<int> pid;
  std::string text;
};

enum class WorkerActionKind {
  AskToStart,  ///< its pause is over; answer with Start, or with Wait while something that it needs is not ready
  Launch,      ///< start the next incarnation; answer with Launched or LaunchFailed
  Signal,      ///< send the stop signal to its group
  KillTree,    ///< SIGKILL to its whole tree; answer with TreeGone
  Report,      ///< `event` is what has happened
};

struct WorkerAction {
  WorkerActionKind kind = WorkerActionKind::Report;
  Event event;  ///< Report: without sequence, time, worker and addresses, which others know
};

/// What has to run beside the process.
enum class Activity { None, UntilReady, WhileReady };

/// In the order in which they are to be done.
std::vector<WorkerAction> step(const WorkerRules& rules, WorkerLife& life, const WorkerInput& input, TimePoint now);

Activity activity(const WorkerRules& rules, const WorkerLife& life);
/// Nothing will ever happen to it again.
bool is_over(WorkerState state);
/// A process of it exists, or is being made.
bool is_running(const WorkerLife& life);

/// "30s", "1m30s", "10m", "250ms": as durations are written in the language.
std::string duration_words(Duration time);

}  // namespace dynamo
