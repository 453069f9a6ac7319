#include "cli/runs/serve_view.h"

#include "cli/runs/serve_lines.h"
#include "cli/text/display_text.h"
#include "cli/text/quantities.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

/// A long identifier must not push every line to the right.
constexpr int widest_column = 32;
constexpr int state_width = 18;
constexpr std::size_t most_kept = 256 * 1024;
/// In a pipe: how long a wait is when it is told of; afterwards every further minute.
constexpr std::array<std::int64_t, 4> wait_milestones = {1'000, 5'000, 15'000, 60'000};

std::int64_t milestone(std::size_t told) {
  if (told < wait_milestones.size()) return wait_milestones[told];
  return wait_milestones.back() * static_cast<std::int64_t>(told - wait_milestones.size() + 2);
}

const WorkerStatus* find_worker(const RunSnapshot& snapshot, std::string_view id) {
  const auto found = std::find_if(snapshot.workers.begin(), snapshot.workers.end(),
                                  [&](const WorkerStatus& worker) { return worker.id == id; });
  return found == snapshot.workers.end() ? nullptr : &*found;
}

}  // namespace

ServeView::ServeView(const Plan& plan, const Environment& environment, ServeViewOptions options)
    : plan_(plan),
      environment_(environment),
      options_(std::move(options)),
      out_style_(environment.style(environment.out)),
      err_style_(environment.style(environment.err)) {
  for (const PlannedProcess& process : plan.processes) {
    id_width_ = std::max(id_width_, display_width(process.id()));
    component_width_ = std::max(component_width_, display_width(process.component));
    numbers_.emplace(process.id(), numbers_.size());
  }
  id_width_ = std::min(id_width_, widest_column);
  component_width_ = std::min(component_width_, widest_column);
}

void ServeView::say(std::int64_t time, const std::string& line) {
  clear_wait();
  news_ = time;
  waits_told_ = 0;
  const std::string stamp = environment_.err.terminal ? "" : clock_words(time) + " ";
  environment_.complain(stamp + line + "\n");
}

void ServeView::clear_wait() {
  if (!wait_shown_) return;
  wait_shown_ = false;
  environment_.complain("\r\x1b[K");
}

void ServeView::say_worker(const Event& event, const RunSnapshot& snapshot) {
  const WorkerStatus* status = find_worker(snapshot, event.worker);
  if (status == nullptr) return;
  WorkerLine line = worker_line(event, *status);
  if (options_.verbose && event.pid) line.extra += fmt::format("{}pid {}", line.extra.empty() ? "" : "  ", *event.pid);
  const bool told_only_when_asked = event.state == WorkerState::Waiting;
  if (line.text.empty() || (options_.quiet && !line.problem) || (told_only_when_asked && !options_.verbose)) return;
  const std::string text =
      line.extra.empty() ? visible(line.text) : padded(line.text, std::max(state_width, display_width(line.text)));
  std::string whole = fmt::format("  {}  {}  {}", padded(event.worker, id_width_),
                                  padded(status->component, component_width_), err_style_.paint(line.ink, text));
  if (!line.extra.empty()) whole += "  " + visible(line.extra);
  say(event.time, whole);
}

void ServeView::on_event(const Event& event, const RunSnapshot& snapshot) {
  const std::string reason = event.reason.empty() ? "" : ": " + visible(event.reason);
  switch (event.kind) {
    case EventKind::RunStarted:
      news_ = event.time;
      if (!options_.quiet) say(event.time, err_style_.paint(Ink::Bold, run_header(plan_, snapshot.run_id)));
      break;
    case EventKind::Worker:
      if (event.state == WorkerState::Starting || event.state == WorkerState::Stopping) {
        waited_[event.worker] = {event.state, event.time};
      } else {
        waited_.erase(event.worker);
      }
      say_worker(event, snapshot);
      break;
    case EventKind::WorkerSays:
      if (options_.verbose) {
        say(event.time, fmt::format("  {}  {}", padded(event.worker, id_width_), visible(event.reason)));
      }
      break;
    case EventKind::RunReady: {
      if (options_.quiet) break;
      std::string line = "ready";
      if (event.after) line += " in " + elapsed_words(*event.after);
      line = err_style_.strong(Ink::Green, line);
      if (!snapshot.address.empty()) line += " · " + visible(snapshot.address);
      say(event.time, line + " · Ctrl-C stops");
      break;
    }
    case EventKind::RunUpgraded:
      if (!options_.quiet) {
        say(event.time, fmt::format("{} goes on with this run, after {}", visible(event.reason),
                                    time_words(event.after.value_or(0))));
      }
      break;
    case EventKind::RunStopping: {
      stopping_since_ = event.time;
      // Who has just pressed Ctrl-C need not be told so.
      const std::string why = event.reason == "SIGINT" ? "" : reason;
      if (!options_.quiet) {
        say(event.time, fmt::format("stopping {}{} (Ctrl-C again kills at once)", visible(plan_.graph), why));
      }
      break;
    }
    case EventKind::RunEnded:
      if (!options_.quiet) {
        const std::string took =
            stopping_since_ > 0 ? "stopped in " + elapsed_words(event.time - stopping_since_) : std::string("ended");
        say(event.time,
            fmt::format("{} · logs: {}", took, visible(environment_.short_path(options_.run_dir / "logs"))));
      }
      break;
    case EventKind::Warning: {
      const std::string about = event.worker.empty() ? "" : visible(event.worker) + ": ";
      say(event.time, err_style_.strong(Ink::Yellow, "warning") + ": " + about + visible(event.reason));
      break;
    }
  }
  check_closed();
}

void ServeView::check_closed() {
  if (closed_told_ || !environment_.out.output->closed() || !options_.on_closed) return;
  closed_told_ = true;
  options_.on_closed();
}

void ServeView::say_lost() {
  const std::size_t lost = environment_.out.output->take_lost();
  if (lost == 0) return;
  say(environment_.now(),
      fmt::format("{}: {} left out, because nobody read them; they are in {}",
                  err_style_.strong(Ink::Yellow, "warning"), count_words(lost, "line was", "lines were"),
                  visible(environment_.short_path(options_.run_dir / "logs"))));
}

std::string ServeView::prefix(std::string_view worker) const {
  const auto number = numbers_.find(worker);
  return out_style_.distinct(number == numbers_.end() ? 0 : number->second, padded(worker, id_width_) + "  | ");
}

void ServeView::on_output(std::string_view worker, OutputStream /*stream*/, std::string_view lines) {
  if (environment_.out.output->discards()) return;
  clear_wait();
  const std::string front = prefix(worker);
  std::string& text = printed_;
  text.clear();
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    text += front;
    text += line;
    // A colour that a program forgot to end must not run into our own lines.
    if (out_style_.colored() && line.find('\x1b') != std::string_view::npos) text += "\x1b[0m";
    text += '\n';
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  environment_.print(text);
  // Its memory is kept for the next lines, unless many short ones have made it large.
  if (text.capacity() > most_kept) text = std::string();
  say_lost();
  check_closed();
}

std::string ServeView::wait_text(std::int64_t now) const {
  std::vector<std::pair<std::string_view, Waited>> waited(waited_.begin(), waited_.end());
  std::stable_sort(waited.begin(), waited.end(),
                   [](const auto& a, const auto& b) { return a.second.since < b.second.since; });
  constexpr std::size_t named = 3;
  std::string text;
  for (std::size_t index = 0; index < std::min(named, waited.size()); ++index) {
    const auto& [id, what] = waited[index];
    const std::int64_t whole_seconds = (now - what.since) / 1000 * 1000;
    const std::string time = whole_seconds > 0 ? time_words(whole_seconds) : std::string("0 s");
    text += fmt::format("{}{} ({} for {})", index == 0 ? "waiting for " : ", ", visible(id), word(what.state), time);
  }
  if (waited.size() > named) text += fmt::format(" and {} more", waited.size() - named);
  return text;
}

std::optional<Duration> ServeView::tick_after() {
  const bool all_out = environment_.out.output->flush();
  if (all_out) say_lost();
  const bool all_err = environment_.err.output->flush();
  if (!all_out || !all_err) return slow_reader_pause;
  if (waited_.empty() || options_.quiet) {
    clear_wait();
    return std::nullopt;
  }
  const std::int64_t now = environment_.now();
  const std::int64_t told_again = wait_shown_ ? now : news_;
  const std::int64_t due = environment_.err.terminal ? told_again + 1000 : news_ + milestone(waits_told_);
  return Duration(std::max<std::int64_t>(due - now, 10));
}

void ServeView::on_tick() {
  say_lost();
  const std::int64_t now = environment_.now();
  if (waited_.empty() || options_.quiet) return;
  const std::string text = wait_text(now);
  if (environment_.err.terminal) {
    if (now - news_ < 1000) return;
    const int width = environment_.err.width > 4 ? environment_.err.width - 3 : 77;
    environment_.complain("\r\x1b[K" + err_style_.paint(Ink::Dim, "  " + clipped(text, width)));
    wait_shown_ = true;
  } else if (now - news_ >= milestone(waits_told_)) {
    ++waits_told_;
    environment_.complain(clock_words(now) + "   " + text + "\n");
  }
}

std::vector<std::string> ServeView::hand_over() {
  clear_wait();
  return {environment_.out.output->take_kept(), environment_.err.output->take_kept()};
}

void ServeView::finish() {
  clear_wait();
  say_lost();
}

}  // namespace dynamo
