#include "orchestrator/worker.h"

#include "orchestrator/discovery_folder.h"
#include "orchestrator/ports.h"

#include <fmt/format.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <cerrno>
#include <csignal>
#include <utility>

namespace dynamo {
namespace {

using boost::asio::experimental::awaitable_operators::operator||;

/// How long output is waited for that a stranger to the tree may still write.
constexpr std::chrono::seconds drain_limit{2};

/// Between two texts of a replica about itself.
constexpr std::chrono::seconds status_pause{1};

ExitStatus not_started(int error, std::string detail) {
  ExitStatus status;
  status.kind = EndKind::NotStarted;
  status.code = error;
  status.detail = std::move(detail);
  return status;
}

}  // namespace

Worker::Worker(WorkerServices& services, WorkerSpec spec, LogFile log_file, std::vector<int> sockets)
    : services_(services),
      spec_(std::move(spec)),
      sockets_(std::move(sockets)),
      log_(services.executor, services.clock, services.buffer, std::move(log_file),
           {.lines = [this](OutputStream stream, std::string_view lines) { services_.output(spec_.id, stream, lines); },
            .trouble = [this](std::string_view sentence) { services_.warn(std::string(sentence), spec_.id); }}),
      changed_(services.executor),
      probes_(services.executor),
      ends_(services.executor),
      tasks_(services.executor) {}

void Worker::wait(std::string reason) { feed(WorkerInputKind::Wait, std::move(reason)); }
void Worker::start() { feed(WorkerInputKind::Start); }
void Worker::restart(std::string why) { feed(WorkerInputKind::Restart, std::move(why)); }
void Worker::stop() { feed(WorkerInputKind::Stop); }
void Worker::kill() { feed(WorkerInputKind::Kill); }

void Worker::feed(WorkerInputKind kind, std::string text) {
  WorkerInput input;
  input.kind = kind;
  input.text = std::move(text);
  feed(std::move(input));
}

void Worker::feed(WorkerInput input) {
  const std::vector<WorkerAction> actions = step(spec_.rules, life_, input, services_.clock.now());
  adjust_probing();
  changed_.notify_all();
  keep_time();
  for (const WorkerAction& action : actions) {
    switch (action.kind) {
      case WorkerActionKind::AskToStart: services_.ask_to_start(spec_.id); break;
      case WorkerActionKind::Launch: launch(); break;
      case WorkerActionKind::Signal:
        if (incarnation_.process) incarnation_.process->signal(spec_.stop_signal);
        break;
      case WorkerActionKind::KillTree:
        kill_wanted_ = true;
        changed_.notify_all();
        break;
      case WorkerActionKind::Report: {
        Event event = action.event;
        event.worker = spec_.id;
        if (event.state == WorkerState::Ready) event.addresses = spec_.urls;
        services_.report(std::move(event));
        break;
      }
    }
  }
}

void Worker::keep_time() {
  if (life_.deadline && !std::exchange(keeping_time_, true)) tasks_.spawn(wait_for_deadlines());
}

Awaitable<> Worker::wait_for_deadlines() {
  while (life_.deadline) {
    const TimePoint deadline = *life_.deadline;
    co_await (changed_.wait() || services_.clock.sleep_until(deadline));
    if (life_.deadline && services_.clock.now() >= *life_.deadline) {
      feed(WorkerInputKind::Deadline, incarnation_.last_miss);
    }
  }
  keeping_time_ = false;
}

Awaitable<> Worker::join() {
  for (;;) {
    co_await tasks_.join();  // throws what one of them threw
    if (over()) co_return;
    co_await changed_.wait();
  }
}

/// Everything of a start that can fail before the program is executed.
std::optional<ExitStatus> Worker::prepare(ProcessSpec& process, LogCapture::ChildEnds& ends) {
  const auto program = find_program(process.arguments.front(), variable_of(process, "PATH"), process.cwd);
  if (!program) return not_started(ENOENT, fmt::format("`{}`", process.arguments.front()));
  process.program = *program;
  for (const std::string& file : spec_.socket_files) remove_stale_socket(file);
  if (!spec_.notify_socket.empty()) {
    auto notify = NotifySocket::open(services_.executor, spec_.notify_socket);
    if (!notify) return not_started(notify.error().error.value(), notify.error().doing);
    incarnation_.notify = std::move(*notify);
    listen_to_notifications();
  }
  watch_for_ready_line();
  auto pipes = log_.begin(incarnation_.number);
  if (!pipes) return not_started(pipes.error().error.value(), pipes.error().doing);
  ends = std::move(*pipes);
  return std::nullopt;
}

void Worker::watch_for_ready_line() {
  if (!spec_.ready || spec_.ready->kind != ProbeKind::Log) return;
  incarnation_.log = std::make_unique<LogProbe>(services_.executor, spec_.ready->pattern);
  log_.watch([this](std::string_view line) {
    if (incarnation_.log) incarnation_.log->feed(line);
  });
}

void Worker::listen_to_notifications() {
  incarnation_.notify->watch([this] {
    const NotifySocket& notify = *incarnation_.notify;
    if (!notify.ready() && !notify.status().empty()) {
      incarnation_.last_miss = fmt::format("it sent no READY=1 to NOTIFY_SOCKET; it said: {}", notify.status());
    }
    // A program that talks all the time must not fill the record of the run.
    const TimePoint now = services_.clock.now();
    if (notify.status() != told_status_ && now - status_told_at_ >= status_pause) {
      told_status_ = notify.status();
      status_told_at_ = now;
      Event event;
      event.kind = EventKind::WorkerSays;
      event.worker = spec_.id;
      event.state = life_.state;
      event.incarnation = life_.incarnation;
      event.reason = told_status_;
      services_.say(std::move(event));
    }
    if (notify.stopping()) feed(WorkerInputKind::Stops);
  });
}

bool Worker::can_be_saved() const {
  if (!is_running(life_)) return true;
  return life_.state != WorkerState::Stopping && life_.launched && !life_.ending && !kill_wanted_;
}

SavedWorker Worker::save() const {
  SavedWorker saved;
  saved.life = life_;
  saved.log = log_.save();
  saved.out_of_memory_before = out_of_memory_before_;
  if (!incarnation_.process) return saved;
  saved.pid = incarnation_.process->pid();
  saved.pidfd = incarnation_.process->pidfd();
  saved.mark = incarnation_.mark;
  saved.log_matched = incarnation_.log && incarnation_.log->matched();
  if (incarnation_.notify) saved.notify = incarnation_.notify->save();
  return saved;
}

void Worker::resume(const SavedWorker& saved) {
  life_ = saved.life;
  out_of_memory_before_ = saved.out_of_memory_before;
  if (saved.pid) {
    incarnation_.number = life_.incarnation;
    incarnation_.mark = saved.mark;
    incarnation_.process = services_.launcher.adopt(*saved.pid, FileDescriptor::inherited(saved.pidfd), saved.mark);
    watch_for_ready_line();
    if (incarnation_.log && saved.log_matched) incarnation_.log->set_matched();
    if (saved.notify) {
      incarnation_.notify = NotifySocket::resume(services_.executor, spec_.notify_socket, *saved.notify);
      listen_to_notifications();
    }
    tasks_.spawn(keep());
  }
  if (const Result<void> opened = log_.resume(saved.log, life_.incarnation); !opened) {
    services_.warn(opened.error().message(), spec_.id);
  }
  resume_probing();
  keep_time();
}

Awaitable<> Worker::pause_probing() {
  probing_paused_ = true;
  probes_.cancel();
  co_await probes_.join();
  probing_ = Activity::None;
}

void Worker::resume_probing() {
  probing_paused_ = false;
  adjust_probing();
  changed_.notify_all();
}

void Worker::launch() {
  incarnation_ = Incarnation{};
  incarnation_.number = life_.incarnation;
  told_status_.clear();  // what an earlier life said of itself
  incarnation_.mark = make_mark(services_.run_dir.string(), spec_.id, life_.incarnation);
  kill_wanted_ = false;

  ProcessSpec process = spec_.process;
  process.mark = incarnation_.mark;
  LogCapture::ChildEnds ends;
  if (auto failure = prepare(process, ends)) {
    tasks_.spawn(give_up(std::move(*failure)));
    return;
  }
  process.descriptors = {{.source = ends.out.get(), .target = 1}, {.source = ends.err.get(), .target = 2}};
  constexpr int first_socket = 3;
  for (const int socket : sockets_) {
    const int target = first_socket + static_cast<int>(process.descriptors.size()) - 2;
    process.descriptors.push_back({.source = socket, .target = target});
  }
  const FileDescriptor control_group = services_.control_group(spec_.id);
  process.control_group = control_group.get();
  out_of_memory_before_ = services_.out_of_memory(spec_.id);
  LaunchResult launched = services_.launcher.launch(process);
  ends = {};
  if (!launched) {
    tasks_.spawn(give_up(launched.error().exit_status()));
    return;
  }
  incarnation_.process = std::move(*launched);
  tasks_.spawn(keep());
  WorkerInput input;
  input.kind = WorkerInputKind::Launched;
  input.pid = incarnation_.process->pid();
  feed(std::move(input));
}

Awaitable<> Worker::give_up(ExitStatus failure) {
  const TimePoint deadline = services_.clock.now() + drain_limit;
  co_await log_.finish(deadline);
  incarnation_.notify.reset();
  WorkerInput input;
  input.kind = WorkerInputKind::LaunchFailed;
  input.exit = std::move(failure);
  feed(std::move(input));
}

/// Beside keep(), which would need several times the memory to wait for this and for changes by itself.
Awaitable<> Worker::tell_end(Process& process) {
  co_await process.wait();
  changed_.notify_all();
}

Awaitable<> Worker::keep() {
  Process& process = *incarnation_.process;
  const auto tell_exit = [this](const ExitStatus& status) {
    WorkerInput input;
    input.kind = WorkerInputKind::Exited;
    input.exit = status;
    if (status.kind == EndKind::Signalled && status.code == SIGKILL &&
        services_.out_of_memory(spec_.id) > out_of_memory_before_) {
      input.exit->detail = "out of memory, it has reached its limit";
    }
    feed(std::move(input));
  };

  ends_.spawn(tell_end(process));
  while (!kill_wanted_ && !process.ended()) co_await changed_.wait();
  if (const std::optional<ExitStatus> status = process.ended()) tell_exit(*status);
  // In a stop the rest of the tree keeps its grace; in any other end the machine has asked for the kill by now.
  while (!kill_wanted_) {
    const auto gone = co_await (process.wait_tree() || changed_.wait());
    if (gone.index() == 0) break;
  }

  const std::vector<Survivor> survivors = co_await process.kill_tree();
  for (const Survivor& survivor : survivors) {
    services_.warn(fmt::format("process {} (`{}`) could not be ended", survivor.pid, survivor.name), spec_.id);
  }
  if (!life_.ending) {
    ExitStatus killed;  // what it will be, should the kernel still hold it
    killed.kind = EndKind::Signalled;
    killed.code = SIGKILL;
    tell_exit(process.ended().value_or(killed));
  }
  ends_.cancel();
  co_await ends_.join();
  probes_.cancel();
  co_await probes_.join();
  const TimePoint deadline = services_.clock.now() + drain_limit;
  co_await log_.finish(deadline);
  if (const std::uint64_t lost = log_.lost_bytes() - std::exchange(told_lost_bytes_, log_.lost_bytes()); lost > 0) {
    services_.warn(fmt::format("{} bytes of its output are missing in {}", lost, log_.file()), spec_.id);
  }
  for (const std::string& file : spec_.socket_files) remove_stale_socket(file);
  // In a stop the others are ending too, and have nothing to send.
  if (!spec_.discovery.empty() && !life_.stop_wanted) forget_the_dead(spec_.discovery, ListeningSockets::read());
  incarnation_.notify.reset();
  incarnation_.process.reset();
  feed(WorkerInputKind::TreeGone);
}

void Worker::adjust_probing() {
  if (probing_paused_) return;
  const Activity wanted = activity(spec_.rules, life_);
  if (wanted == probing_) return;
  if (probing_ != Activity::None) probes_.cancel();
  probing_ = wanted;
  if (wanted != Activity::None) probes_.spawn(probe(wanted));
}

Awaitable<> Worker::probe(Activity what) {
  if (what == Activity::UntilReady) {
    const Warn warn = [this](std::string sentence) { services_.warn(std::move(sentence), spec_.id); };
    co_await until_ready(services_.clock, services_.launcher, spec_, incarnation_, warn);
    // It has done its work: nobody needs to cancel it.
    probing_ = Activity::None;
    feed(WorkerInputKind::Ready);
  } else {
    std::string sentence = co_await until_not_live(services_.clock, services_.launcher, spec_, incarnation_);
    // An attempt that was cut off says nothing about the replica.
    if (probing_paused_) co_return;
    probing_ = Activity::None;
    feed(WorkerInputKind::NotLive, std::move(sentence));
  }
}

}  // namespace dynamo
