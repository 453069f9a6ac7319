#include "cli/runs/serve_lines.h"

#include "cli/text/display_text.h"
#include "cli/text/quantities.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace dynamo {
namespace {

std::string end_words(const Event& event) {
  if (!event.reason.empty()) return event.reason;
  if (!event.exit) return "ended";
  std::string words = event.exit->words();
  if (event.after && event.exit->kind != EndKind::NotStarted) words += " after " + elapsed_words(*event.after);
  return words;
}

std::string restart_words(const Event& event) {
  std::string words = "restart";
  if (event.restart) words += fmt::format(" {}", *event.restart);
  if (event.restart && event.restart_max) words += fmt::format(" of {}", *event.restart_max);
  if (!event.delay || *event.delay == 0) return words + " at once";
  return words + " in " + time_words(*event.delay);
}

}  // namespace

std::string run_header(const Plan& plan, const std::string& run_id) {
  std::size_t slots = 0;
  std::size_t sidecars = 0;
  for (const PlannedSlot& slot : plan.slots) ++(slot.sidecar ? sidecars : slots);
  std::size_t replicas = 0;
  for (const PlannedProcess& process : plan.processes) {
    const PlannedSlot* slot = plan.find_slot(process.slot);
    if (slot == nullptr || !slot->sidecar) ++replicas;
  }
  std::string counts = count_words(slots, "slot") + ", " + count_words(replicas, "replica");
  if (sidecars > 0) counts += ", " + count_words(sidecars, "sidecar");
  return fmt::format("{} · spec {} · {} · run {}", visible(plan.graph), visible(plan.spec), counts, run_id);
}

std::vector<std::string> origins(const std::vector<std::string>& addresses) {
  std::vector<std::string> result;
  for (const std::string& address : addresses) {
    std::string origin = address;
    const std::size_t host = address.find("://");
    const bool has_path = host != std::string::npos && !address.starts_with("unix:");
    if (has_path) origin = address.substr(0, address.find('/', host + 3));
    if (std::find(result.begin(), result.end(), origin) == result.end()) result.push_back(std::move(origin));
  }
  return result;
}

WorkerLine worker_line(const Event& event, const WorkerStatus& status) {
  WorkerLine line;
  switch (event.state) {
    case WorkerState::Pending: break;
    case WorkerState::Waiting: line.text = event.reason.empty() ? "waiting" : event.reason; break;
    case WorkerState::Starting: line.text = "starting"; break;
    case WorkerState::Ready: {
      line.text = event.after ? "ready in " + elapsed_words(*event.after) : "ready";
      line.ink = Ink::Green;
      line.extra = fmt::format("{}", fmt::join(origins(event.addresses), " "));
      if (status.sidecar) line.extra = line.extra.empty() ? "sidecar" : line.extra + "  sidecar";
      break;
    }
    case WorkerState::Stopping:
      // On request it is no news: the run has said that it stops. Otherwise the reason is.
      if (event.reason.empty()) break;
      line.text = event.reason;
      line.ink = Ink::Yellow;
      line.problem = true;
      break;
    case WorkerState::Backoff:
      line.text = end_words(event) + "; " + restart_words(event);
      line.ink = Ink::Yellow;
      line.problem = true;
      break;
    case WorkerState::Stopped: line.text = event.reason.empty() ? "stopped" : "stopped, " + event.reason; break;
    case WorkerState::Completed:
      line.text = event.after ? "completed after " + elapsed_words(*event.after) : "completed";
      line.ink = Ink::Green;
      break;
    case WorkerState::Failed:
      line.text = "failed: " + end_words(event);
      line.ink = Ink::Red;
      line.problem = true;
      break;
  }
  return line;
}

std::string shell_word(const std::string& text) {
  constexpr std::string_view harmless = "_-./:=,@%+";
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || harmless.find(letter) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char letter : text) quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return quoted + "'";
}

std::string failure_text(const RunOutcome& outcome, const Plan& plan, const std::string& target,
                         const std::string& log_file, const Style& style) {
  const std::string error = style.strong(Ink::Red, "error") + ": ";
  std::string result;
  for (const std::string& problem : outcome.problems) result += error + visible(problem) + "\n";
  if (!outcome.failure) return result;
  const FailureReport& failure = *outcome.failure;
  const PlannedSlot* slot = plan.find_slot(failure.slot);
  const bool sidecar = slot != nullptr && slot->sidecar;
  const std::string end = outcome.reason == EndReason::NeverReady ? "cannot become ready" : "was stopped";
  result += error + fmt::format("{} `{}` failed, so graph `{}` {}\n", sidecar ? "sidecar" : "slot",
                                visible(failure.slot), visible(plan.graph), end);
  if (!failure.sentence.empty()) {
    result += fmt::format("  {}: {}\n", visible(failure.worker), visible(failure.sentence));
  }
  result += fmt::format("  component {}", visible(failure.component));
  if (failure.component_at.line > 0) result += ", " + visible(failure.component_at.text());
  result += fmt::format(" · bound to {} `{}`", sidecar ? "sidecar" : "slot", visible(failure.slot));
  if (!failure.bound_how.empty()) result += " " + visible(failure.bound_how);
  if (failure.bound_at.line > 0) result += ", " + visible(failure.bound_at.text());
  result += "\n";
  if (failure.last_lines.empty()) {
    result += fmt::format("  {} wrote nothing\n", visible(failure.worker));
  } else {
    result += fmt::format("  last lines of {}:\n", visible(failure.worker));
    for (const std::string& line : failure.last_lines) result += "    | " + visible(line) + "\n";
    result += "  full log: " + visible(log_file) + "\n";
  }
  result += fmt::format("  {}: `dynamo graph plan {} -o yaml` shows its command, GPUs and environment\n",
                        style.paint(Ink::Bold, "help"), visible(target));
  return result;
}

}  // namespace dynamo
