#pragma once
// What happens in a run. Events are the only truth about it: every change is one Event with a sequence
// number; a RunSnapshot is their fold. Terminal lines, events.jsonl, `dynamo ps` and later the metrics and
// the web page are views of the two.

#include "proto/plan.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// The life of one replica. The rules of the transitions stand in orchestrator/worker_machine.h.
enum class WorkerState {
  Pending,    ///< planned, nothing done yet
  Waiting,    ///< waits for slots that it needs
  Starting,   ///< runs, not ready yet
  Ready,      ///< runs and serves
  Stopping,   ///< was asked to stop
  Backoff,    ///< ended, will be started again after a pause
  Stopped,    ///< ended on request
  Completed,  ///< ended with status 0 and is not started again
  Failed,     ///< ended for good without success
};
DYNAMO_WORDS(WorkerState, "pending", "waiting", "starting", "ready", "stopping", "backoff", "stopped", "completed",
             "failed");

enum class EndKind {
  Exited,      ///< `code` is its exit status
  Signalled,   ///< `code` is the signal's number
  NotStarted,  ///< the program could not be executed; `code` is an errno
};
DYNAMO_WORDS(EndKind, "exited", "signalled", "not_started");

/// How a process ended. `words()` says it for people: "exit status 1", "killed by SIGKILL",
/// "could not be started: No such file or directory (python4)".
struct ExitStatus {
  EndKind kind = EndKind::Exited;
  int code = 0;
  bool core_dumped = false;
  std::string detail;  ///< NotStarted: the stage and what it was about; Signalled: why, if that is known
  [[nodiscard]] std::string words() const;
  [[nodiscard]] bool success() const { return kind == EndKind::Exited && code == 0; }
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};
BOOST_DESCRIBE_STRUCT(ExitStatus, (), (kind, code, core_dumped, detail))

enum class EventKind {
  RunStarted,   ///< first event
  Worker,       ///< a replica changed its state
  WorkerSays,   ///< `reason` is how a replica describes what it does (STATUS= of sd_notify)
  RunReady,     ///< all slots are ready; `after` is the time since RunStarted
  RunUpgraded,  ///< another program goes on with the run; `reason`: which; `after`: how long nobody watched
  RunStopping,  ///< `reason` says why
  RunEnded,     ///< last event
  Warning,      ///< `reason` says what; `worker` is set if it is about one
};
DYNAMO_WORDS(EventKind, "run_started", "worker", "worker_says", "run_ready", "run_upgraded", "run_stopping",
             "run_ended", "warning");

struct Event {
  std::uint64_t sequence = 0;  ///< from 1, without gaps
  std::int64_t time = 0;       ///< milliseconds since 1970, UTC
  EventKind kind = EventKind::Worker;
  std::string worker;  ///< SLOT/N, empty for the run as a whole
  WorkerState state = WorkerState::Pending;
  std::optional<int> pid;
  int incarnation = 0;                ///< how often this replica was started, from 1
  std::optional<std::int64_t> after;  ///< milliseconds: start to ready, or start to end
  std::optional<ExitStatus> exit;
  std::optional<int> restart;  ///< Backoff: this is the n-th restart in the window
  std::optional<int> restart_max;
  std::optional<std::int64_t> delay;   ///< Backoff: milliseconds until the next start
  std::vector<std::string> addresses;  ///< Ready: its endpoints as URLs, in endpoint order
  std::string reason;                  ///< why, in words: "not ready within 10m", "waits for backend"
  friend bool operator==(const Event&, const Event&) = default;
};
BOOST_DESCRIBE_STRUCT(Event, (),
                      (sequence, time, kind, worker, state, pid, incarnation, after, exit, restart, restart_max, delay,
                       addresses, reason))

enum class RunState { Starting, Ready, Stopping, Ended };
DYNAMO_WORDS(RunState, "starting", "ready", "stopping", "ended");

struct WorkerStatus {
  std::string id;
  std::string slot;
  std::string component;
  bool sidecar = false;
  WorkerState state = WorkerState::Pending;
  std::optional<int> pid;
  int incarnation = 0;
  std::int64_t since = 0;  ///< of the present state
  std::optional<ExitStatus> last_exit;
  std::vector<std::string> addresses;
  std::string reason;
  friend bool operator==(const WorkerStatus&, const WorkerStatus&) = default;
};
BOOST_DESCRIBE_STRUCT(WorkerStatus, (),
                      (id, slot, component, sidecar, state, pid, incarnation, since, last_exit, addresses, reason))

struct RunSnapshot {
  std::string run_id;
  std::string file;
  std::string graph;
  std::string name_space;
  RunState state = RunState::Starting;
  std::int64_t started = 0;
  std::uint64_t sequence = 0;  ///< of the last event that was folded in
  std::string address;         ///< of the entry, empty until known
  std::vector<WorkerStatus> workers;
  friend bool operator==(const RunSnapshot&, const RunSnapshot&) = default;
};
BOOST_DESCRIBE_STRUCT(RunSnapshot, (), (run_id, file, graph, name_space, state, started, sequence, address, workers))

/// The snapshot of a run before its first event.
RunSnapshot initial_snapshot(const Plan& plan, std::string run_id);
/// Folds one event in. Events must come in the order of their sequence numbers.
void apply(RunSnapshot& snapshot, const Event& event);

/// Why a run ended; cli turns it into an exit code.
enum class EndReason {
  Completed,   ///< every replica of every slot completed
  Requested,   ///< stopped by `dynamo stop`
  Signalled,   ///< stopped by a signal to dynamo
  NeverReady,  ///< a slot failed before the graph was ready
  SlotFailed,  ///< a slot, or a `stop_graph` sidecar, failed after the graph was ready
  NotStarted,  ///< ports, folders or programs of the host were missing: nothing was started
};
DYNAMO_WORDS(EndReason, "completed", "requested", "signalled", "never_ready", "slot_failed", "not_started");

/// What to tell about the replica that ended a run.
struct FailureReport {
  std::string slot;
  std::string worker;    ///< SLOT/N
  std::string sentence;  ///< "exit status 1 after 3.1 s; restarts used up (5 within 10m)"
  std::string component;
  Place component_at;
  Place bound_at;
  std::string bound_how;
  std::vector<std::string> last_lines;  ///< at most 20, oldest first
  std::string log_file;
  friend bool operator==(const FailureReport&, const FailureReport&) = default;
};
BOOST_DESCRIBE_STRUCT(FailureReport, (),
                      (slot, worker, sentence, component, component_at, bound_at, bound_how, last_lines, log_file))

struct RunOutcome {
  EndReason reason = EndReason::Completed;
  int signal = 0;                        ///< Signalled: its number
  std::optional<FailureReport> failure;  ///< NeverReady, SlotFailed
  std::vector<std::string> problems;     ///< NotStarted: one sentence each
};

}  // namespace dynamo
