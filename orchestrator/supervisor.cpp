#include "orchestrator/supervisor.h"

#include "orchestrator/kernel_signals.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

namespace dynamo {

namespace {

/// A SIGINT so soon after another reason to stop belongs to the same request (a window that is closed, a service that
/// sends several signals); nobody has become impatient yet.
constexpr Duration one_instant{200};

}  // namespace

Supervisor::Supervisor(const asio::any_io_executor& executor, Clock& clock, ProcessLauncher& launcher, const Plan& plan,
                       const RunOptions& options, const RunFolder& folder, HostSetup& setup,
                       const ControlGroups& groups, EventLog& events, Observing& observing,
                       std::function<Awaitable<>()> upgrade)
    : clock_(clock),
      plan_(plan),
      events_(events),
      order_(plan),
      clients_(plan, setup.addresses, options, folder.clients()),
      services_{.executor = executor,
                .clock = clock,
                .launcher = launcher,
                .buffer = buffer_,
                .run_dir = options.run_dir,
                .report = [this](const Event& event) { on_report(event); },
                .say = [this](Event event) { events_.emit(std::move(event)); },
                .control_group = [this, &groups](std::string_view worker) { return groups.door(process_of(worker)); },
                .out_of_memory =
                    [this, &groups](std::string_view worker) { return groups.out_of_memory(process_of(worker)); },
                .ask_to_start = [this](std::string_view worker) { on_rested(worker); },
                .output = [&observing](std::string_view worker, OutputStream stream,
                                       std::string_view lines) { observing.output(worker, stream, lines); },
                .warn = [this](std::string sentence,
                               std::string worker) { events_.warn(std::move(sentence), std::move(worker)); }},
      states_(plan.processes.size(), WorkerState::Pending),
      last_words_(plan.processes.size()),
      signals_(executor, SIGINT, SIGTERM, SIGUSR2),
      listeners_(executor),
      wake_(executor),
      started_(clock.now()),
      upgrade_(std::move(upgrade)) {
  // nohup and its like start a program with SIGHUP ignored; that is to stay so.
  if (!is_ignored(SIGHUP)) signals_.add(SIGHUP);
  const LogLimits logs = share_of(options.logs, plan.processes.size());
  for (std::size_t worker = 0; worker < plan.processes.size(); ++worker) {
    const PlannedProcess& process = plan.processes[worker];
    index_of_.emplace(process.id(), worker);
    workers_.push_back(std::make_unique<Worker>(services_, std::move(setup.specs[worker]),
                                                LogFile(clock, folder.log(process), logs),
                                                std::move(setup.handed_down[worker])));
  }
  setup.specs = {};
}

Awaitable<> Supervisor::conduct() {
  listeners_.spawn(listen());
  // Everybody's clients file is there before anybody starts.
  if (const Result<void> written = clients_.update(states_); !written) events_.warn(written.error().message());
  while (!look_for_an_end()) {
    start_what_may();
    co_await changed();
    update_clients();
    restart_clients();
    if (upgrade_wanted_ && !stopping_ && can_be_saved()) {
      upgrade_wanted_ = false;
      co_await upgrade_();
    }
  }
  co_await stop_everything();
  for (const std::unique_ptr<Worker>& worker : workers_) co_await worker->join();
  // Whoever asks for an upgrade now comes too late, and must not end us by that.
  sigset_t late;
  ::sigemptyset(&late);
  ::sigaddset(&late, SIGUSR2);
  ::sigprocmask(SIG_BLOCK, &late, nullptr);
  signals_.cancel();
  listeners_.cancel();
  co_await listeners_.join();
}

const PlannedProcess& Supervisor::process_of(std::string_view worker) const {
  return plan_.processes[index_of_.find(worker)->second];
}

Awaitable<> Supervisor::changed() {
  while (!dirty_) co_await wake_.wait();
  dirty_ = false;
}

void Supervisor::on_report(const Event& event) {
  const std::size_t worker = index_of_.find(event.worker)->second;
  states_[worker] = event.state;
  changed_slots_.insert(plan_.processes[worker].slot);
  if (event.state == WorkerState::Failed) {
    last_words_[worker] = event.reason;
    last_failed_ = worker;
  }
  if (event.state == WorkerState::Ready && event.incarnation > 1) started_again_.push_back(worker);
  events_.emit(event);
  dirty_ = true;
  wake_.notify_all();
}

/// Whoever comes out of a pause is in the place of one that waits: what it needs may have gone meanwhile.
void Supervisor::on_rested(std::string_view worker) {
  states_[index_of_.find(worker)->second] = WorkerState::Waiting;
  dirty_ = true;
  wake_.notify_all();
}

void Supervisor::restart_clients() {
  for (const std::size_t provider : std::exchange(started_again_, {})) {
    for (const std::size_t client : order_.restarts_with(provider)) {
      // A client that is younger knows no other provider than this one.
      if (workers_[client]->launched() >= workers_[provider]->launched()) continue;
      workers_[client]->restart(fmt::format("{} was started again", plan_.processes[provider].id()));
    }
  }
}

void Supervisor::update_clients() {
  const std::set<std::string> slots = std::exchange(changed_slots_, {});
  if (slots.empty()) return;
  if (const Result<void> written = clients_.update(states_, slots); !written) events_.warn(written.error().message());
}

bool Supervisor::look_for_an_end() {
  if (stopping_) return true;
  tell_ready();
  if (const PlannedSlot* slot = order_.fatal_slot(states_)) {
    outcome_.failure = failure_of(*slot);
    begin_stop(was_ready_ ? EndReason::SlotFailed : EndReason::NeverReady,
               fmt::format("{} `{}` failed", slot->sidecar ? "sidecar" : "slot", slot->name));
  } else if (order_.completed(states_)) {
    begin_stop(EndReason::Completed, "every replica has completed");
  }
  return stopping_;
}

void Supervisor::tell_ready() {
  if (was_ready_ || !order_.graph_ready(states_)) return;
  was_ready_ = true;
  Event event;
  event.kind = EventKind::RunReady;
  event.after = std::chrono::duration_cast<Duration>(clock_.now() - started_).count();
  for (std::size_t worker = 0; worker < workers_.size() && event.addresses.empty(); ++worker) {
    if (plan_.processes[worker].slot == plan_.entry) event.addresses = workers_[worker]->spec().urls;
  }
  events_.emit(std::move(event));
}

void Supervisor::start_what_may() {
  for (const std::size_t worker : order_.may_start(states_, was_ready_)) workers_[worker]->start();
  for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
    const bool waits = states_[worker] == WorkerState::Pending || states_[worker] == WorkerState::Waiting;
    if (!waits || workers_[worker]->state() == WorkerState::Waiting) continue;
    if (std::string reason = order_.waits_for(worker, states_, was_ready_); !reason.empty()) {
      workers_[worker]->wait(std::move(reason));
    }
  }
}

void Supervisor::begin_stop(EndReason reason, std::string sentence) {
  stopping_ = true;
  stopping_since_ = clock_.now();
  outcome_.reason = reason;
  Event event;
  event.kind = EventKind::RunStopping;
  event.reason = std::move(sentence);
  events_.emit(std::move(event));
}

/// While the run stops, nothing begins and nothing comes back; after a second Ctrl-C nothing goes on either.
void Supervisor::hold_what_rests() {
  for (const std::unique_ptr<Worker>& worker : workers_) {
    if (worker->over()) continue;
    if (kill_now_) {
      worker->kill();
    } else if (!worker->running()) {
      worker->stop();
    }
  }
}

Awaitable<> Supervisor::stop_everything() {
  hold_what_rests();
  for (const WorkerGroup& group : order_.stop_groups()) {
    for (const std::size_t worker : group) workers_[worker]->stop();
    while (std::ranges::any_of(group, [this](std::size_t worker) { return !workers_[worker]->over(); })) {
      co_await changed();
      hold_what_rests();
    }
  }
  update_clients();
}

Awaitable<> Supervisor::listen() {
  for (;;) {
    const auto [error, signal] = co_await signals_.async_wait(quiet);
    if (error) co_return;
    on_signal(signal);
  }
}

void Supervisor::on_signal(int signal) {
  if (signal == SIGUSR2) {
    upgrade_wanted_ = true;
  } else if (!stopping_) {
    outcome_.signal = signal;
    begin_stop(EndReason::Signalled, fmt::format("SIG{}", ::sigabbrev_np(signal)));
  } else if (signal == SIGINT && (outcome_.signal == SIGINT || clock_.now() - stopping_since_ > one_instant)) {
    kill_now_ = true;
  }
  dirty_ = true;
  wake_.notify_all();
}

bool Supervisor::can_be_saved() const {
  return std::ranges::all_of(workers_, [](const std::unique_ptr<Worker>& worker) { return worker->can_be_saved(); });
}

void Supervisor::save(SavedRun& state) const {
  state.started = started_;
  state.was_ready = was_ready_;
  state.last_words = last_words_;
  if (last_failed_) state.last_failed = *last_failed_;
  state.client_revisions = clients_.revisions();
  for (const std::unique_ptr<Worker>& worker : workers_) state.workers.push_back(worker->save());
}

void Supervisor::resume(const SavedRun& state) {
  started_ = state.started;
  was_ready_ = state.was_ready;
  if (state.last_words.size() == last_words_.size()) last_words_ = state.last_words;
  if (state.last_failed) last_failed_ = *state.last_failed;
  clients_.resume(state.client_revisions);
  for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
    workers_[worker]->resume(state.workers[worker]);
    states_[worker] = workers_[worker]->state();
    // A pause that was over, and nobody had answered yet.
    if (states_[worker] == WorkerState::Backoff && !state.workers[worker].life.deadline) {
      states_[worker] = WorkerState::Waiting;
    }
  }
}

Awaitable<> Supervisor::pause_probing() {
  for (const std::unique_ptr<Worker>& worker : workers_) co_await worker->pause_probing();
}

void Supervisor::resume_probing() {
  for (const std::unique_ptr<Worker>& worker : workers_) worker->resume_probing();
}

FailureReport Supervisor::failure_of(const PlannedSlot& slot) const {
  std::size_t worker = 0;
  for (std::size_t index = 0; index < workers_.size(); ++index) {
    if (plan_.processes[index].slot == slot.name && states_[index] == WorkerState::Failed) worker = index;
  }
  if (last_failed_ && plan_.processes[*last_failed_].slot == slot.name) worker = *last_failed_;
  const PlannedProcess& process = plan_.processes[worker];
  FailureReport report;
  report.slot = slot.name;
  report.worker = process.id();
  report.sentence = last_words_[worker];
  report.component = process.component;
  report.component_at = process.component_at;
  report.bound_at = process.bound_at;
  report.bound_how = process.bound_how;
  report.last_lines = workers_[worker]->log().last_lines();
  report.log_file = workers_[worker]->log().file();
  return report;
}

}  // namespace dynamo
