#pragma once
// A whole run: starts the replicas in order, watches them, and stops them in reverse, until nothing is left.
//
// One coroutine, conduct(), takes every decision: it wakes when a replica has changed or somebody wants the run to
// end, looks at all states, and acts. What it decides is start_order.h's; how a replica carries it out, worker.h's.
//
// SIGUSR2 asks for an upgrade in place (upgrade.h). It happens as soon as no replica is between two states, and before
// a stop only.
//
// Stopping is a conversation. A first signal (or a failure, or completion) stops group after group in good order;
// SIGINT while that goes on kills at once; SIGHUP and SIGTERM then change nothing.

#include "orchestrator/async.h"
#include "orchestrator/children.h"
#include "orchestrator/clients_file.h"
#include "orchestrator/clock.h"
#include "orchestrator/control_groups.h"
#include "orchestrator/event_log.h"
#include "orchestrator/host_setup.h"
#include "orchestrator/launcher.h"
#include "orchestrator/observing.h"
#include "orchestrator/run_folder.h"
#include "orchestrator/run_state.h"
#include "orchestrator/start_order.h"
#include "orchestrator/task_group.h"
#include "orchestrator/worker.h"

#include <boost/asio/signal_set.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dynamo {

class Supervisor {
 public:
  /// Everything that is passed must outlive it; `setup` must be without problems.
  Supervisor(const asio::any_io_executor& executor, Clock& clock, ProcessLauncher& launcher, const Plan& plan,
             const RunOptions& options, const RunFolder& folder, HostSetup& setup, const ControlGroups& groups,
             EventLog& events, Observing& observing, std::function<Awaitable<>()> upgrade);

  /// The whole run; returns when every replica is over.
  Awaitable<> conduct();
  [[nodiscard]] RunOutcome outcome() const { return outcome_; }

  /// For upgrade.h: its part of the state; and a life that goes on with it, before conduct().
  void save(SavedRun& state) const;
  void resume(const SavedRun& state);
  [[nodiscard]] bool can_be_saved() const;
  /// See Worker::pause_probing().
  Awaitable<> pause_probing();
  void resume_probing();
  void ask_for_upgrade() { upgrade_wanted_ = true; }

 private:
  void on_report(const Event& event);
  void on_rested(std::string_view worker);
  void update_clients();
  /// True when the run is to end: begin_stop() has been called.
  bool look_for_an_end();
  void tell_ready();
  void restart_clients();
  void start_what_may();
  void begin_stop(EndReason reason, std::string sentence);
  Awaitable<> stop_everything();
  void hold_what_rests();
  Awaitable<> changed();
  Awaitable<> listen();
  void on_signal(int signal);
  [[nodiscard]] const PlannedProcess& process_of(std::string_view worker) const;
  [[nodiscard]] FailureReport failure_of(const PlannedSlot& slot) const;

  Clock& clock_;
  const Plan& plan_;
  EventLog& events_;
  StartOrder order_;
  ClientsFiles clients_;
  ReadBuffer buffer_;
  WorkerServices services_;
  std::vector<std::unique_ptr<Worker>> workers_;  ///< [i] carries out plan.processes[i]
  std::map<std::string, std::size_t, std::less<>> index_of_;
  StartOrder::States states_;
  std::vector<std::string> last_words_;  ///< per worker: why it failed for good
  std::optional<std::size_t> last_failed_;
  std::set<std::string> changed_slots_;
  std::vector<std::size_t> started_again_;  ///< ready again, and their clients do not know it yet
  boost::asio::signal_set signals_;
  TaskGroup listeners_;
  Condition wake_;
  TimePoint started_;
  RunOutcome outcome_;
  bool dirty_ = false;
  bool was_ready_ = false;
  bool stopping_ = false;
  Clock::TimePoint stopping_since_;
  bool kill_now_ = false;
  bool upgrade_wanted_ = false;
  std::function<Awaitable<>()> upgrade_;
};

}  // namespace dynamo
