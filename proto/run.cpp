#include "proto/run.h"

#include <fmt/format.h>

#include <csignal>
#include <cstring>
#include <utility>

namespace dynamo {
namespace {

std::string signal_name(int number) {
  const char* name = ::sigabbrev_np(number);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

WorkerStatus* find_worker(RunSnapshot& snapshot, const std::string& id) {
  for (WorkerStatus& worker : snapshot.workers) {
    if (worker.id == id) return &worker;
  }
  return nullptr;
}

bool is_running(WorkerState state) {
  return state == WorkerState::Starting || state == WorkerState::Ready || state == WorkerState::Stopping;
}

}  // namespace

std::string ExitStatus::words() const {
  switch (kind) {
    case EndKind::Exited: return fmt::format("exit status {}", code);
    case EndKind::Signalled:
      return fmt::format("killed by {}{}{}", signal_name(code), core_dumped ? " (core dumped)" : "",
                         detail.empty() ? "" : ": " + detail);
    case EndKind::NotStarted: {
      const char* text = ::strerrordesc_np(code);
      return fmt::format("could not be started: {}{}", text != nullptr ? text : "unknown error",
                         detail.empty() ? "" : " (" + detail + ")");
    }
  }
  return {};
}

RunSnapshot initial_snapshot(const Plan& plan, std::string run_id) {
  RunSnapshot snapshot;
  snapshot.run_id = std::move(run_id);
  snapshot.file = plan.file;
  snapshot.graph = plan.graph;
  snapshot.name_space = plan.name_space;
  for (const PlannedProcess& process : plan.processes) {
    const PlannedSlot* slot = plan.find_slot(process.slot);
    WorkerStatus worker;
    worker.id = process.id();
    worker.slot = process.slot;
    worker.component = process.component;
    worker.sidecar = slot != nullptr && slot->sidecar;
    snapshot.workers.push_back(std::move(worker));
  }
  return snapshot;
}

void apply(RunSnapshot& snapshot, const Event& event) {
  snapshot.sequence = event.sequence;
  switch (event.kind) {
    case EventKind::RunStarted:
      snapshot.started = event.time;
      snapshot.state = RunState::Starting;
      break;
    case EventKind::RunReady:
      snapshot.state = RunState::Ready;
      if (!event.addresses.empty()) snapshot.address = event.addresses.front();
      break;
    case EventKind::RunStopping: snapshot.state = RunState::Stopping; break;
    case EventKind::RunEnded: snapshot.state = RunState::Ended; break;
    case EventKind::WorkerSays:
      if (WorkerStatus* worker = find_worker(snapshot, event.worker)) worker->reason = event.reason;
      break;
    case EventKind::RunUpgraded:
    case EventKind::Warning: break;
    case EventKind::Worker: {
      WorkerStatus* worker = find_worker(snapshot, event.worker);
      if (worker == nullptr) break;
      worker->state = event.state;
      worker->since = event.time;
      worker->incarnation = event.incarnation;
      worker->reason = event.reason;
      if (event.pid) worker->pid = event.pid;
      if (!is_running(event.state)) worker->pid.reset();
      if (event.exit) worker->last_exit = event.exit;
      if (event.state == WorkerState::Ready) worker->addresses = event.addresses;
      break;
    }
  }
}

}  // namespace dynamo
