#include "orchestrator/worker_machine.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace dynamo {
namespace {

using Actions = std::vector<WorkerAction>;

Duration between(TimePoint from, TimePoint to) { return std::chrono::duration_cast<Duration>(to - from); }

void act(Actions& actions, WorkerActionKind kind) { actions.push_back({.kind = kind, .event = {}}); }

Event& report(Actions& actions, WorkerLife& life, WorkerState state, std::string reason = {}) {
  life.state = state;
  Event event;
  event.kind = EventKind::Worker;
  event.state = state;
  event.incarnation = life.incarnation;
  event.reason = std::move(reason);
  actions.push_back({.kind = WorkerActionKind::Report, .event = std::move(event)});
  return actions.back().event;
}

void launch(Actions& actions, WorkerLife& life) {
  ++life.incarnation;
  life.state = WorkerState::Starting;
  life.ending = false;
  life.overran = false;
  life.cause = StopCause::None;
  life.trouble.clear();
  life.exit.reset();
  life.launched.reset();
  life.ready.reset();
  life.exited.reset();
  life.deadline.reset();
  act(actions, WorkerActionKind::Launch);
}

void become_ready(Actions& actions, WorkerLife& life, TimePoint now) {
  life.ready = now;
  life.deadline.reset();
  report(actions, life, WorkerState::Ready).after = between(*life.launched, now).count();
}

void begin_stop(Actions& actions, WorkerLife& life, const WorkerRules& rules, StopCause cause, std::string trouble,
                TimePoint now) {
  life.cause = cause;
  life.trouble = std::move(trouble);
  life.deadline = now + rules.grace;
  report(actions, life, WorkerState::Stopping, life.trouble);
  // A launcher may take its time; then Launched is answered with the signal.
  if (life.launched) act(actions, WorkerActionKind::Signal);
}

/// A deadline that is seen so late means that we ourselves were suspended. What the replica did meanwhile could not be
/// seen, so it gets that time again, at least enough for one more look.
constexpr Duration held_up{200};
constexpr Duration shortest_respite{1000};

bool reason_passes(int error) {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE || error == ETXTBSY ||
         error == EINTR || error == EBUSY;
}

/// The sentence of an end without success, without what the restart policy made of it.
std::string end_words(const WorkerLife& life, const ExitStatus& exit, bool too_early) {
  if (life.cause == StopCause::NotReady || life.cause == StopCause::NotLive) return life.trouble;
  std::string words = exit.words();
  if (life.launched && life.exited) {
    words += fmt::format(" after {:.1f} s", static_cast<double>(between(*life.launched, *life.exited).count()) / 1000);
  }
  if (too_early) words += ", before it was ready";
  return words;
}

/// Everything of the incarnation is gone: what becomes of the replica?
void judge(Actions& actions, WorkerLife& life, const WorkerRules& rules, TimePoint now) {
  life.ending = false;
  life.deadline.reset();
  const ExitStatus exit = life.exit.value_or(ExitStatus{});
  const auto tell_end = [&](Event& event) {
    event.exit = life.exit;
    if (life.launched) event.after = between(*life.launched, life.exited.value_or(now)).count();
  };
  if (life.stop_wanted) {
    tell_end(report(actions, life, WorkerState::Stopped,
                    life.overran ? fmt::format("killed: it did not end within {}", duration_words(rules.grace)) : ""));
    return;
  }
  if (life.cause == StopCause::Restarted) {
    tell_end(report(actions, life, WorkerState::Waiting, life.trouble));
    return;
  }
  const bool own_end = life.cause == StopCause::None || life.cause == StopCause::Own;
  const bool too_early = own_end && exit.success() && !life.ready && rules.serves;
  const bool failed = !own_end || !exit.success() || too_early;
  const std::string words = end_words(life, exit, too_early);

  if (exit.kind == EndKind::NotStarted && !life.ran && !reason_passes(exit.code)) {
    tell_end(report(actions, life, WorkerState::Failed, words));
    return;
  }
  std::optional<Duration> ready_for;
  if (life.ready) ready_for = between(*life.ready, life.exited.value_or(now));
  RestartVerdict verdict = decide_restart(rules.restart, std::move(life.history), failed, ready_for, now);
  life.history = std::move(verdict.history);
  if (verdict.restart) {
    life.deadline = now + verdict.restart->delay;
    Event& event = report(actions, life, WorkerState::Backoff, words);
    tell_end(event);
    event.restart = verdict.restart->number;
    event.restart_max = rules.restart.max;
    event.delay = verdict.restart->delay.count();
    return;
  }
  if (!failed) {
    tell_end(report(actions, life, WorkerState::Completed));
    return;
  }
  std::string reason = words;
  if (verdict.used_up && rules.restart.max > 0) {
    reason += fmt::format("; restarts used up ({} within {})", rules.restart.max, duration_words(rules.restart.window));
  }
  tell_end(report(actions, life, WorkerState::Failed, std::move(reason)));
}

void on_deadline(Actions& actions, WorkerLife& life, const WorkerRules& rules, const std::string& miss, TimePoint now) {
  // A timer that was already on its way when the life changed must not count.
  if (!life.deadline || now < *life.deadline) return;
  switch (life.state) {
    case WorkerState::Backoff:
      life.deadline.reset();
      act(actions, WorkerActionKind::AskToStart);
      break;
    case WorkerState::Stopping:
      life.deadline.reset();
      life.overran = true;
      act(actions, WorkerActionKind::KillTree);
      break;
    case WorkerState::Starting: {
      if (const Duration late = between(*life.deadline, now); late > held_up) {
        life.deadline = now + std::max(late, shortest_respite);
        return;
      }
      std::string trouble = fmt::format("not ready within {}", duration_words(rules.ready_timeout));
      if (!miss.empty()) trouble += ": " + miss;
      begin_stop(actions, life, rules, StopCause::NotReady, std::move(trouble), now);
      break;
    }
    default: break;
  }
}

void on_exited(Actions& actions, WorkerLife& life, const ExitStatus& exit, TimePoint now) {
  if (!is_running(life) || life.ending) return;
  life.ending = true;
  life.exit = exit;
  life.exited = now;
  if (life.state == WorkerState::Stopping) return;  // the rest of the tree keeps what is left of the grace
  life.deadline.reset();
  act(actions, WorkerActionKind::KillTree);
}

void on_restart(Actions& actions, WorkerLife& life, const WorkerRules& rules, const std::string& why, TimePoint now) {
  const bool runs = life.state == WorkerState::Starting || life.state == WorkerState::Ready;
  if (runs && !life.ending) begin_stop(actions, life, rules, StopCause::Restarted, why, now);
}

void on_stop(Actions& actions, WorkerLife& life, const WorkerRules& rules, TimePoint now) {
  if (is_over(life.state)) return;
  const bool first = !life.stop_wanted;
  life.stop_wanted = true;
  if (!is_running(life)) {
    life.deadline.reset();
    report(actions, life, WorkerState::Stopped);
  } else if (life.ending || !first) {
    return;  // what is under way leads to the end, and now it is not started again
  } else if (life.state != WorkerState::Stopping || life.cause == StopCause::Own) {
    begin_stop(actions, life, rules, StopCause::Requested, {}, now);
  }
}

void on_kill(Actions& actions, WorkerLife& life) {
  if (is_over(life.state)) return;
  life.stop_wanted = true;
  life.deadline.reset();
  if (!is_running(life)) {
    report(actions, life, WorkerState::Stopped);
    return;
  }
  if (life.state != WorkerState::Stopping) {
    life.cause = StopCause::Requested;
    report(actions, life, WorkerState::Stopping);
  }
  act(actions, WorkerActionKind::KillTree);
}

}  // namespace

std::vector<WorkerAction> step(const WorkerRules& rules, WorkerLife& life, const WorkerInput& input, TimePoint now) {
  Actions actions;
  const bool rested = life.state == WorkerState::Backoff && !life.deadline;
  const bool may_begin = life.state == WorkerState::Pending || life.state == WorkerState::Waiting || rested;
  switch (input.kind) {
    case WorkerInputKind::Wait:
      if (life.state == WorkerState::Pending || rested) report(actions, life, WorkerState::Waiting, input.text);
      break;
    case WorkerInputKind::Start:
      if (may_begin) launch(actions, life);
      break;
    case WorkerInputKind::Launched:
      life.ran = true;
      life.launched = now;
      if (life.state == WorkerState::Starting) {
        life.deadline = now + rules.ready_timeout;
        report(actions, life, WorkerState::Starting).pid = input.pid;
        if (rules.ready_at_once) become_ready(actions, life, now);
      } else {
        act(actions, WorkerActionKind::Signal);
      }
      break;
    case WorkerInputKind::LaunchFailed:
      life.exit = input.exit;
      judge(actions, life, rules, now);
      break;
    case WorkerInputKind::Ready:
      if (life.state == WorkerState::Starting && life.launched && !life.ending) become_ready(actions, life, now);
      break;
    case WorkerInputKind::Stops:
      if ((life.state == WorkerState::Starting || life.state == WorkerState::Ready) && !life.ending) {
        life.cause = StopCause::Own;
        life.deadline = now + rules.grace;
        report(actions, life, WorkerState::Stopping, "it ends by itself");
      }
      break;
    case WorkerInputKind::NotLive:
      if (life.state == WorkerState::Ready && !life.ending) {
        begin_stop(actions, life, rules, StopCause::NotLive, "not alive any more: " + input.text, now);
      }
      break;
    case WorkerInputKind::Deadline: on_deadline(actions, life, rules, input.text, now); break;
    case WorkerInputKind::Exited: on_exited(actions, life, input.exit.value_or(ExitStatus{}), now); break;
    case WorkerInputKind::TreeGone:
      if (is_running(life) && life.ending) judge(actions, life, rules, now);
      break;
    case WorkerInputKind::Restart: on_restart(actions, life, rules, input.text, now); break;
    case WorkerInputKind::Stop: on_stop(actions, life, rules, now); break;
    case WorkerInputKind::Kill: on_kill(actions, life); break;
  }
  return actions;
}

Activity activity(const WorkerRules& rules, const WorkerLife& life) {
  if (life.ending) return Activity::None;
  if (life.state == WorkerState::Starting && life.launched) return Activity::UntilReady;
  if (life.state == WorkerState::Ready && rules.watched) return Activity::WhileReady;
  return Activity::None;
}

bool is_over(WorkerState state) {
  return state == WorkerState::Stopped || state == WorkerState::Completed || state == WorkerState::Failed;
}

bool is_running(const WorkerLife& life) {
  return life.state == WorkerState::Starting || life.state == WorkerState::Ready || life.state == WorkerState::Stopping;
}

std::string duration_words(Duration time) {
  const auto total = time.count();
  if (total % 1000 != 0 && total < 1000) return fmt::format("{}ms", total);
  if (total % 1000 != 0) return fmt::format("{:g}s", static_cast<double>(total) / 1000);
  const auto seconds = total / 1000;
  std::string words;
  if (seconds >= 3600) words += fmt::format("{}h", seconds / 3600);
  if (seconds % 3600 >= 60) words += fmt::format("{}m", seconds % 3600 / 60);
  if (seconds % 60 != 0 || words.empty()) words += fmt::format("{}s", seconds % 60);
  return words;
}

}  // namespace dynamo
