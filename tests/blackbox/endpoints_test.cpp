// Addresses under stress: sockets that outlive the replicas that serve on them, and ports that many graphs want at
// once.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <set>

namespace dynamo::test {

TEST(Endpoints, WithASharedSocketRefuseNobodyWhileReplicasDie) {
  const TempDir folder;
  const auto run = serve_one(folder,
                             "command: [listens_fd], endpoints: {serve: {listen: fd}}, replicas: 2, ready: {http: /, "
                             "interval: 20ms}, restart: {max: 1000, backoff: 1ms, backoff_max: 1ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto ready = run->wait_for_event(reaches("main/0", WorkerState::Ready));
  const std::string url = ready->addresses.at(0);

  int refused = 0;
  int cut = 0;
  constexpr int kills = 20;
  for (int round = 0; round < kills; ++round) {
    const std::string victim = "main/" + std::to_string(round % 2);
    const auto pid = run->worker(victim);
    ASSERT_TRUE(pid) << run->story();
    ::kill(*pid, SIGKILL);
    for (int request = 0; request < 25; ++request) {
      const Answer answer = ask(url);
      refused += answer.connected ? 0 : 1;
      cut += answer.connected && answer.text.empty() ? 1 : 0;
    }
    ASSERT_TRUE(run->wait_for_event(reaches(victim, WorkerState::Starting, round / 2 + 2))) << run->story();
  }
  EXPECT_EQ(refused, 0);
  EXPECT_LE(cut, kills) << "only what a dead replica had accepted";
  expect_clean_stop(*run);
}

/// The ports that the replicas of a run were given, from their environments.
std::vector<std::string> ports_of(const RunDynamo& run) {
  std::vector<std::string> ports;
  for (const Event& event : run.events()) {
    if (event.kind != EventKind::Worker || event.state != WorkerState::Starting || !event.pid) continue;
    const auto port = environment_variable(*event.pid, "DYNAMO_PORT_P");
    if (port) ports.push_back(*port);
  }
  return ports;
}

TEST(Endpoints, OfGraphsThatStartAtOnceNeverMeet) {
  constexpr int replicas = 200;
  const std::string graph = graph_of({{"main", "command: [sleep, \"1000\"], ports: {p: auto}, replicas: 200"}});
  // Hundreds of small files at once can take a busy file system a while.
  constexpr std::chrono::seconds long_patience{45};
  for (int round = 0; round < 2; ++round) {
    const TempDir one_folder;
    const TempDir other_folder;
    const auto one = serve(one_folder, graph);
    const auto other = serve(other_folder, graph);
    ASSERT_TRUE(one->wait_until_ready(long_patience)) << one->story();
    ASSERT_TRUE(other->wait_until_ready(long_patience)) << other->story();
    std::vector<std::string> ports;
    for (const auto& run : {one.get(), other.get()}) {
      std::vector<std::string> mine;
      // The kernel shows the environment of a program a moment after it was executed.
      EXPECT_TRUE(eventually([&] {
        mine = ports_of(*run);
        return mine.size() == replicas;
      })) << mine.size();
      ports.insert(ports.end(), mine.begin(), mine.end());
    }
    EXPECT_EQ(std::set<std::string>(ports.begin(), ports.end()).size(), ports.size()) << "a port twice";
    expect_clean_stop(*one);
    expect_clean_stop(*other);
  }
}

}  // namespace dynamo::test
