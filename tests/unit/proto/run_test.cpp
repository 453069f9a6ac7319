#include "proto/run.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

RunSnapshot snapshot_of_two() {
  Plan plan;
  plan.file = "graph.yaml";
  plan.graph = "g";
  plan.name_space = "ns";
  plan.slots.resize(2);
  plan.slots[0].name = "backend";
  plan.slots[1].name = "metrics";
  plan.slots[1].sidecar = true;
  plan.processes.resize(2);
  plan.processes[0].slot = "backend";
  plan.processes[0].component = "Vllm";
  plan.processes[1].slot = "metrics";
  plan.processes[1].component = "Prometheus";
  plan.processes[1].replica = 1;
  return initial_snapshot(plan, "7f3a");
}

Event worker_event(std::uint64_t sequence, std::string worker, WorkerState state) {
  Event event;
  event.sequence = sequence;
  event.time = 1000 + static_cast<std::int64_t>(sequence);
  event.worker = std::move(worker);
  event.state = state;
  return event;
}

TEST(ExitStatus, SaysForPeopleHowAProcessEnded) {
  struct Row {
    ExitStatus status;
    std::string words;
    bool success;
  };
  const std::vector<Row> rows = {
      {{EndKind::Exited, 0, false, ""}, "exit status 0", true},
      {{EndKind::Exited, 1, false, ""}, "exit status 1", false},
      {{EndKind::Exited, 255, false, ""}, "exit status 255", false},
      {{EndKind::Signalled, SIGKILL, false, ""}, "killed by SIGKILL", false},
      {{EndKind::Signalled, SIGSEGV, true, ""}, "killed by SIGSEGV (core dumped)", false},
      {{EndKind::Signalled, 250, false, ""}, "killed by signal 250", false},
      {{EndKind::NotStarted, ENOENT, false, "python4"},
       "could not be started: No such file or directory (python4)",
       false},
      {{EndKind::NotStarted, EACCES, false, ""}, "could not be started: Permission denied", false},
      {{EndKind::NotStarted, 99999, false, ""}, "could not be started: unknown error", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.status.words(), row.words);
    EXPECT_EQ(row.status.success(), row.success) << row.words;
  }
  EXPECT_FALSE((ExitStatus{EndKind::Signalled, 0, false, ""}).success());
}

TEST(RunSnapshot, BeginsWithEveryReplicaPending) {
  const RunSnapshot snapshot = snapshot_of_two();
  EXPECT_EQ(snapshot.run_id, "7f3a");
  EXPECT_EQ(snapshot.file, "graph.yaml");
  EXPECT_EQ(snapshot.graph, "g");
  EXPECT_EQ(snapshot.name_space, "ns");
  EXPECT_EQ(snapshot.state, RunState::Starting);
  ASSERT_EQ(snapshot.workers.size(), 2U);
  EXPECT_EQ(snapshot.workers[0].id, "backend/0");
  EXPECT_EQ(snapshot.workers[0].component, "Vllm");
  EXPECT_FALSE(snapshot.workers[0].sidecar);
  EXPECT_EQ(snapshot.workers[1].id, "metrics/1");
  EXPECT_TRUE(snapshot.workers[1].sidecar);
  EXPECT_EQ(snapshot.workers[1].state, WorkerState::Pending);
}

TEST(RunSnapshot, FollowsTheStatesOfTheRun) {
  RunSnapshot snapshot = snapshot_of_two();
  Event event;
  event.kind = EventKind::RunStarted;
  event.sequence = 1;
  event.time = 500;
  apply(snapshot, event);
  EXPECT_EQ(snapshot.started, 500);
  event.kind = EventKind::RunReady;
  event.sequence = 2;
  event.time = 900;
  event.addresses = {"http://127.0.0.1:8000", "http://127.0.0.1:9"};
  apply(snapshot, event);
  EXPECT_EQ(snapshot.state, RunState::Ready);
  EXPECT_EQ(snapshot.address, "http://127.0.0.1:8000");
  EXPECT_EQ(snapshot.started, 500);
  event.kind = EventKind::Warning;
  event.sequence = 3;
  apply(snapshot, event);
  EXPECT_EQ(snapshot.state, RunState::Ready);
  event.kind = EventKind::RunStopping;
  event.sequence = 4;
  apply(snapshot, event);
  EXPECT_EQ(snapshot.state, RunState::Stopping);
  event.kind = EventKind::RunEnded;
  event.sequence = 5;
  apply(snapshot, event);
  EXPECT_EQ(snapshot.state, RunState::Ended);
  EXPECT_EQ(snapshot.sequence, 5U);
}

TEST(RunSnapshot, FollowsAReplicaThroughACrash) {
  RunSnapshot snapshot = snapshot_of_two();
  const WorkerStatus& worker = snapshot.workers[0];
  const WorkerStatus other = snapshot.workers[1];

  Event starting = worker_event(1, "backend/0", WorkerState::Starting);
  starting.pid = 42;
  starting.incarnation = 1;
  apply(snapshot, starting);
  EXPECT_EQ(worker.pid, 42);
  EXPECT_EQ(worker.since, 1001);
  EXPECT_EQ(worker.incarnation, 1);

  // An event that does not know the process leaves it.
  Event ready = worker_event(2, "backend/0", WorkerState::Ready);
  ready.incarnation = 1;
  ready.addresses = {"http://127.0.0.1:1"};
  apply(snapshot, ready);
  EXPECT_EQ(worker.pid, 42);
  EXPECT_EQ(worker.addresses, ready.addresses);

  Event backoff = worker_event(3, "backend/0", WorkerState::Backoff);
  backoff.incarnation = 1;
  backoff.exit = ExitStatus{EndKind::Exited, 1, false, ""};
  backoff.reason = "exit status 1";
  apply(snapshot, backoff);
  EXPECT_FALSE(worker.pid);
  EXPECT_EQ(worker.last_exit, backoff.exit);
  EXPECT_EQ(worker.reason, "exit status 1");

  starting.sequence = 4;
  starting.pid = 43;
  starting.incarnation = 2;
  apply(snapshot, starting);
  EXPECT_EQ(worker.pid, 43);
  EXPECT_EQ(worker.incarnation, 2);
  EXPECT_EQ(worker.reason, "");
  EXPECT_EQ(worker.last_exit, backoff.exit) << "the last end is remembered";

  apply(snapshot, worker_event(5, "backend/0", WorkerState::Stopping));
  EXPECT_EQ(worker.pid, 43);
  apply(snapshot, worker_event(6, "backend/0", WorkerState::Stopped));
  EXPECT_FALSE(worker.pid);
  EXPECT_EQ(snapshot.workers[1], other);
}

TEST(RunSnapshot, LeavesReplicasAloneThatTheEventDoesNotName) {
  RunSnapshot snapshot = snapshot_of_two();
  const std::vector<WorkerStatus> before = snapshot.workers;
  apply(snapshot, worker_event(7, "nobody/0", WorkerState::Ready));
  EXPECT_EQ(snapshot.workers, before);
  EXPECT_EQ(snapshot.sequence, 7U);
}

}  // namespace
}  // namespace dynamo
