#include "orchestrator/run.h"

#include "orchestrator/children.h"
#include "orchestrator/clients_file.h"
#include "orchestrator/clock.h"
#include "orchestrator/event_log.h"
#include "orchestrator/host_setup.h"
#include "orchestrator/kill_below.h"
#include "orchestrator/launcher.h"
#include "orchestrator/observing.h"
#include "orchestrator/run_folder.h"
#include "orchestrator/supervisor.h"
#include "orchestrator/sweep.h"
#include "orchestrator/task_group.h"

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>

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
      FileDescriptor events)
      : children_(executor_),
        launcher_(executor_, children_),
        observing_(executor_, clock_, observer),
        events_(clock_, observing_, std::move(events), initial_snapshot(plan, options.run_id)),
        supervisor_(executor_, clock_, launcher_, plan, options, folder, setup, events_, observing_),
        background_(executor_),
        foreground_(executor_) {}

  RunOutcome carry_out(const std::vector<SweptProcess>& swept) {
    const Clock::TimePoint start = clock_.now();
    emit(EventKind::RunStarted, {}, std::nullopt);
    tell_swept(events_, swept);
    foreground_.spawn(all());
    context_.run();
    RunOutcome outcome = supervisor_.outcome();
    if (failure_) std::rethrow_exception(failure_);
    // Whatever a worker has hidden from its own stop is below us all the same.
    if (const int left = kill_everything_below(); left > 0) {
      events_.warn(fmt::format("{} processes could not be ended; they run as another user", left));
    }
    const auto took = std::chrono::duration_cast<Duration>(clock_.now() - start);
    emit(EventKind::RunEnded, std::string(word(outcome.reason)), took.count());
    return outcome;
  }

 private:
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

  asio::io_context context_{1};
  asio::any_io_executor executor_{context_.get_executor()};
  SystemClock clock_;
  Children children_;
  PosixLauncher launcher_;
  Observing observing_;
  EventLog events_;
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
    Run whole(plan, options, observer, *folder, setup, std::move(*events));
    outcome = whole.carry_out(swept);
  }
  folder->remove_sockets();
  return outcome;
}

}  // namespace dynamo
