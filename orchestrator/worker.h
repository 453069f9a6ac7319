#pragma once
// One replica, carried out: every decision is worker_machine.h's, every mechanism somebody else's; this is what
// joins them. All incarnations of the replica share one Worker.
//
// Its coroutines: wait_for_deadlines() tells the machine when one has passed; keep() follows one incarnation from its
// launch until nothing of it is left; one more probes while activity() asks for it.

#include "orchestrator/async.h"
#include "orchestrator/clock.h"
#include "orchestrator/launcher.h"
#include "orchestrator/log_capture.h"
#include "orchestrator/readiness.h"
#include "orchestrator/run_state.h"
#include "orchestrator/task_group.h"
#include "orchestrator/worker_machine.h"
#include "orchestrator/worker_spec.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// What all workers of a run share. Everything outlives them.
struct WorkerServices {
  asio::any_io_executor executor;
  Clock& clock;
  ProcessLauncher& launcher;
  ReadBuffer& buffer;
  std::filesystem::path run_dir;
  /// The replica has changed: its Event without number and time.
  std::function<void(Event)> report;
  /// Something about the replica that is no change.
  std::function<void(Event)> say;
  /// What holds its limits: an open `cgroup.procs`, or nothing; and how often memory has run out there.
  std::function<FileDescriptor(std::string_view worker)> control_group;
  std::function<std::uint64_t(std::string_view worker)> out_of_memory;
  /// Its pause before a restart is over: start() it, or let it wait().
  std::function<void(std::string_view worker)> ask_to_start;
  std::function<void(std::string_view worker, OutputStream stream, std::string_view lines)> output;
  std::function<void(std::string sentence, std::string worker)> warn;
};

class Worker {
 public:
  /// `sockets` are handed down from descriptor 3 on, in this order; they belong to the caller.
  Worker(WorkerServices& services, WorkerSpec spec, LogFile log_file, std::vector<int> sockets);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void wait(std::string reason);
  void start();
  /// Ends it in good order; it then waits to be started again. `why` goes into its events.
  void restart(std::string why);
  /// Goes on with what an earlier program has launched; before anything else is asked of it.
  void resume(const SavedWorker& saved);
  [[nodiscard]] SavedWorker save() const;
  /// Nothing is half done that save() could not tell.
  [[nodiscard]] bool can_be_saved() const;
  /// Probes in one state that save() cannot tell: nothing of them is left when this returns. Followed by
  /// resume_probing(), if this program goes on after all.
  Awaitable<> pause_probing();
  void resume_probing();
  /// In good order: signal, grace, then the whole tree. Returns at once; over() tells when it has happened.
  void stop();
  /// Now.
  void kill();

  [[nodiscard]] WorkerState state() const { return life_.state; }
  [[nodiscard]] bool over() const { return is_over(life_.state); }
  [[nodiscard]] bool running() const { return is_running(life_); }
  /// When the present incarnation was executed; none while there is none.
  [[nodiscard]] std::optional<TimePoint> launched() const { return life_.launched; }
  [[nodiscard]] const WorkerSpec& spec() const { return spec_; }
  [[nodiscard]] const LogCapture& log() const { return log_; }

  /// Returns when the replica is over and none of its coroutines is left.
  Awaitable<> join();

 private:
  void feed(WorkerInput input);
  void feed(WorkerInputKind kind, std::string text = {});
  void launch();
  void adjust_probing();
  void watch_for_ready_line();
  void listen_to_notifications();
  /// Has the machine's deadline watched, if there is one. Most of the time there is none, and nothing that waits.
  void keep_time();
  Awaitable<> wait_for_deadlines();
  Awaitable<> keep();
  Awaitable<> tell_end(Process& process);
  Awaitable<> give_up(ExitStatus failure);
  Awaitable<> probe(Activity what);
  std::optional<ExitStatus> prepare(ProcessSpec& process, LogCapture::ChildEnds& ends);

  WorkerServices& services_;
  WorkerSpec spec_;
  std::vector<int> sockets_;
  WorkerLife life_;
  LogCapture log_;
  Incarnation incarnation_;
  Activity probing_ = Activity::None;
  std::uint64_t out_of_memory_before_ = 0;  ///< when the incarnation was launched
  std::string told_status_;
  TimePoint status_told_at_;
  bool probing_paused_ = false;
  bool kill_wanted_ = false;
  bool keeping_time_ = false;
  std::uint64_t told_lost_bytes_ = 0;
  Condition changed_;
  TaskGroup probes_;
  TaskGroup ends_;  ///< tell_end()
  TaskGroup tasks_;
};

}  // namespace dynamo
