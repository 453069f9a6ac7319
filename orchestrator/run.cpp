#include "orchestrator/run.h"

#include "orchestrator/children.h"
#include "orchestrator/clients_file.h"
#include "orchestrator/clock.h"
#include "orchestrator/control_groups.h"
#include "orchestrator/event_log.h"
#include "orchestrator/host_setup.h"
#include "orchestrator/kill_below.h"
#include "orchestrator/launcher.h"
#include "orchestrator/observing.h"
#include "orchestrator/run_folder.h"
#include "orchestrator/supervisor.h"
#include "orchestrator/sweep.h"
#include "orchestrator/task_group.h"
#include "orchestrator/upgrade.h"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>

#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace dynamo {
namespace {

RunOutcome not_started(std::vector<std::string> problems) {
  RunOutcome outcome;
  outcome.reason = EndReason::NotStarted;
  outcome.problems = std::move(problems);
  return outcome;
}

void tell_swept(EventLog& events, const std::vector<SweptProcess>& swept) {
  for (const SweptProcess& process : swept) {
    events.warn(fmt::format("{} process {} (`{}`) that was left of {} in the dead run {}",
                            process.killed ? "ended" : "could not end", process.pid, process.name, process.worker,
                            std::filesystem::path(process.run_dir).filename().string()));
  }
}

/// Everything that lives in the loop of one run.
class Run {
 public:
  Run(const Plan& plan, const RunOptions& options, RunObserver& observer, const RunFolder& folder, HostSetup& setup,
      FileDescriptor events, RunSnapshot snapshot)
      : plan_(plan),
        options_(options),
        folder_(folder),
        setup_(setup),
        children_(executor_),
        launcher_(executor_, children_),
        observing_(executor_, clock_, observer),
        events_(clock_, observing_, std::move(events), std::move(snapshot)),
        groups_(own_control_group(), options.run_dir),
        supervisor_(executor_, clock_, launcher_, plan, options, folder, setup, groups_, events_, observing_,
                    [this] { return upgrade(); }),
        background_(executor_),
        foreground_(executor_) {}

  RunOutcome begin(const std::vector<SweptProcess>& swept) {
    started_ = clock_.now();
    emit(EventKind::RunStarted, {}, std::nullopt);
    tell_swept(events_, swept);
    file_limit_ = raise_file_limit();
    launcher_.set_file_limit_of_children(file_limit_);
    // The guardian is our parent.
    if (const std::string reason = groups_.prepare(plan_.processes, {::getppid(), ::getpid()}); !reason.empty()) {
      events_.warn(fmt::format("`memory` and `cpus` under `resources` are not enforced: {}", reason));
    }
    return carry_out();
  }

  RunOutcome go_on(SavedRun& state) {
    started_ = state.started;
    file_limit_ = state.host.file_limit;
    launcher_.set_file_limit_of_children(file_limit_);
    // Told already, if it cannot be done.
    groups_.prepare(plan_.processes, {::getppid(), ::getpid()});
    supervisor_.resume(state);
    // What it took to read the state is not needed again.
    state.workers = {};
    state.unread = {};
    ::malloc_trim(0);
    // Whatever has come since the old program stopped listening is handled now.
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    children_.reap_orphans();
    const auto blind = std::chrono::duration_cast<Duration>(clock_.now() - state.written);
    emit(EventKind::RunUpgraded, fmt::format("dynamo {}", DYNAMO_VERSION), blind.count());
    return carry_out();
  }

 private:
  RunOutcome carry_out() {
    foreground_.spawn(all());
    context_.run();
    RunOutcome outcome = supervisor_.outcome();
    if (failure_) std::rethrow_exception(failure_);
    // Whatever a worker has hidden from its own stop is below us all the same.
    if (const int left = kill_everything_below(); left > 0) {
      events_.warn(fmt::format("{} processes could not be ended; they run as another user", left));
    }
    const auto took = std::chrono::duration_cast<Duration>(clock_.now() - started_);
    emit(EventKind::RunEnded, std::string(word(outcome.reason)), took.count());
    return outcome;
  }

  void emit(EventKind kind, std::string reason, std::optional<std::int64_t> after) {
    Event event;
    event.kind = kind;
    event.reason = std::move(reason);
    event.after = after;
    events_.emit(std::move(event));
  }

  Awaitable<> all() {
    background_.spawn(observing_.tick());
    try {
      co_await supervisor_.conduct();
    } catch (...) {
      failure_ = std::current_exception();
    }
    background_.cancel();
    try {
      co_await background_.join();
    } catch (...) {
      if (!failure_) failure_ = std::current_exception();
    }
    // Whatever has happened, the loop must come to its end.
    children_.close();
  }

  [[nodiscard]] SavedRun save() {
    SavedRun state;
    state.format = SavedRun::present_format;
    state.version = DYNAMO_VERSION;
    state.written = clock_.now();
    state.plan = plan_;
    state.options = options_;
    state.host = save_host(setup_);
    state.host.run_lock = folder_.lock();
    state.host.file_limit = file_limit_;
    state.snapshot = events_.snapshot();
    supervisor_.save(state);
    return state;
  }

  Awaitable<> upgrade() {
    SavedRun state = save();
    std::string trouble = co_await reason_against(clock_, launcher_, state);
    if (trouble.empty()) {
      co_await supervisor_.pause_probing();
      if (!supervisor_.can_be_saved()) {
        supervisor_.resume_probing();
        supervisor_.ask_for_upgrade();
        co_return;
      }
      state = save();
      state.unread = observing_.hand_over();
      trouble = replace_program(state);
      supervisor_.resume_probing();
    }
    events_.warn(fmt::format("no upgrade: {}; this program goes on", trouble));
  }

  const Plan& plan_;
  const RunOptions& options_;
  const RunFolder& folder_;
  HostSetup& setup_;
  Clock::TimePoint started_;
  std::uint64_t file_limit_ = 0;
  asio::io_context context_{1};
  asio::any_io_executor executor_{context_.get_executor()};
  SystemClock clock_;
  Children children_;
  PosixLauncher launcher_;
  Observing observing_;
  EventLog events_;
  ControlGroups groups_;
  Supervisor supervisor_;
  TaskGroup background_;
  TaskGroup foreground_;
  std::exception_ptr failure_;
};

}  // namespace

RunOutcome run(const Plan& plan, const RunOptions& options, RunObserver& observer) {
  const std::vector<SweptProcess> swept = sweep_dead_runs();
  Result<RunFolder> folder = RunFolder::create(plan, options);
  if (!folder) return not_started({folder.error().message()});
  Result<FileDescriptor> events = EventLog::open(folder->events());
  if (!events) return not_started({events.error().message()});

  HostSetup setup;
  const Duration patience = swept.empty() ? Duration::zero() : Duration(1000);
  const auto clients_file = [&](std::size_t worker) {
    return clients_file_path(folder->clients(), plan.processes[worker]);
  };
  prepare_host(plan, options, clients_file, patience, setup);
  if (!setup.problems.empty()) {
    folder->discard();
    return not_started(std::move(setup.problems));
  }
  RunOutcome outcome;
  {
    Run whole(plan, options, observer, *folder, setup, std::move(*events), initial_snapshot(plan, options.run_id));
    outcome = whole.begin(swept);
  }
  folder->remove_sockets();
  return outcome;
}

RunOutcome resume(SavedRun& state, RunObserver& observer) {
  const RunOptions options = std::exchange(state.options, {});
  const RunFolder folder = RunFolder::resume(options, FileDescriptor::inherited(state.host.run_lock));
  Result<FileDescriptor> events = EventLog::open(folder.events());
  if (!events) return not_started({events.error().message()});
  HostSetup setup;
  const auto clients_file = [&](std::size_t worker) {
    return clients_file_path(folder.clients(), state.plan.processes[worker]);
  };
  resume_host(state.plan, options, clients_file, state.host, setup);
  RunOutcome outcome;
  {
    Run whole(state.plan, options, observer, folder, setup, std::move(*events), std::exchange(state.snapshot, {}));
    outcome = whole.go_on(state);
  }
  folder.remove_sockets();
  return outcome;
}

}  // namespace dynamo
