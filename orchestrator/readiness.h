#pragma once
// Is a replica ready, is it still alive? Repeats the attempts of probe.h as the policy of the replica asks, adds the
// rule that a listening socket must belong to the replica's own tree, and keeps the last miss for people.
//
// Attempts never overlap. Those for readiness begin a few milliseconds after the start and become rarer until they
// keep the replica's interval, so that a quick replica is not made to wait for a slow one's rhythm.

#include "orchestrator/async.h"
#include "orchestrator/clock.h"
#include "orchestrator/launcher.h"
#include "orchestrator/notify_socket.h"
#include "orchestrator/probe.h"
#include "orchestrator/process.h"
#include "orchestrator/worker_spec.h"

#include <functional>
#include <memory>
#include <string>

namespace dynamo {

/// One incarnation of a replica, with what its probes need. It outlives the probing.
struct Incarnation {
  int number = 0;
  std::string mark;
  std::unique_ptr<Process> process;
  std::unique_ptr<NotifySocket> notify;  ///< only with `ready: {notify: true}`
  std::unique_ptr<LogProbe> log;         ///< only with `ready: {log: ...}`
  std::string last_miss;                 ///< of the readiness probe: "connection refused on port 8000"
};

using Warn = std::function<void(std::string sentence)>;

/// Returns when the replica is ready. Throws operation_aborted when it is cancelled. Warns, once, when a stranger
/// answers where the replica should: the replica may never be able to listen there, and its timeout can be long.
Awaitable<> until_ready(Clock& clock, ProcessLauncher& launcher, const WorkerSpec& spec, Incarnation& incarnation,
                        const Warn& warn);

/// Returns when the `live` probe has missed too often in a row; the sentence tells about it.
Awaitable<std::string> until_not_live(Clock& clock, ProcessLauncher& launcher, const WorkerSpec& spec,
                                      const Incarnation& incarnation);

}  // namespace dynamo
