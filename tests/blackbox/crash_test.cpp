// Replicas that end when nobody asked for it: restarts and their pauses, giving up, and what is told about it.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>

namespace dynamo::test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Crash, IsFollowedByARestartAfterAPauseThatGrows) {
  const TempDir folder;
  const std::string journal = folder.path() / "journal";
  const auto run = serve_one(
      folder, "command: [crash_times, " + journal + ", \"3\", \"1\"], endpoints: [serve], restart: {backoff: 40ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  EXPECT_EQ(count_lines(read_file(journal), "started"), 4);

  std::vector<std::int64_t> pauses;
  for (const Event& event : run->events()) {
    if (reaches("main/0", WorkerState::Backoff)(event)) pauses.push_back(event.delay.value_or(-1));
  }
  EXPECT_THAT(pauses, ElementsAre(40, 80, 160));
  expect_clean_stop(*run);
}

TEST(Crash, EndsTheGraphWhenItsRestartsAreUsedUp) {
  const TempDir folder;
  const std::string journal = folder.path() / "journal";
  const auto run = serve_one(folder, "command: [crash_times, " + journal +
                                         ", \"100\", \"7\"], endpoints: [serve], restart: {max: 2, backoff: 10ms}");
  EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
  EXPECT_EQ(count_lines(read_file(journal), "started"), 3);
  EXPECT_THAT(run->err(), AllOf(HasSubstr("slot `main`"), HasSubstr("exit status 7"), HasSubstr("graph.yaml:3:3"),
                                HasSubstr("life 3"), HasSubstr("main-0.log")));
  EXPECT_TRUE(run->nothing_left());
}

TEST(Crash, EndsAGraphThatWasReadyWithAnotherStatus) {
  const TempDir folder;
  const std::string journal = folder.path() / "journal";
  const std::string trigger = folder.path() / "trigger";
  const auto run = serve(folder, graph_of({{"main", "command: [crash_times, " + journal + ", \"100\", SIGSEGV, " +
                                                        trigger + "], endpoints: [serve], restart: never"},
                                           {"other", "command: [obedient], endpoints: [serve]"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  folder.write("trigger", "");
  EXPECT_EQ(run->wait(), (Ended{.status = 5})) << run->story();
  EXPECT_THAT(run->err(), AllOf(HasSubstr("slot `main`"), HasSubstr("SIGSEGV")));
  EXPECT_THAT(run->log("other"), HasSubstr("asked to stop by signal 15"));
  EXPECT_TRUE(run->nothing_left());
}

TEST(Crash, ShowsTheLastLinesOfWhatFailed) {
  const TempDir folder;
  const auto run =
      serve_one(folder, "command: [one_shot, \"3\", first line, second line], endpoints: [serve], restart: never");
  EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
  EXPECT_THAT(run->err(), AllOf(HasSubstr("first line"), HasSubstr("second line"), HasSubstr("exit status 3")));
  EXPECT_TRUE(run->nothing_left());
}

TEST(Crash, KeepsTheAddressAndLeavesTheOthersAlone) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {b: Backend}"},
                                           {"backend",
                                            "command: [obedient], endpoints: [serve], "
                                            "ready: {interval: 20ms}, restart: {backoff: 20ms}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto first = run->wait_for_event(reaches("backend/0", WorkerState::Ready, 1));
  const auto front = run->worker("front/0");
  const auto victim = run->worker("backend/0");
  ASSERT_TRUE(first && front && victim);
  ::kill(*victim, SIGKILL);
  const auto second = run->wait_for_event(reaches("backend/0", WorkerState::Ready, 2));
  ASSERT_TRUE(second) << run->story();
  EXPECT_EQ(second->addresses, first->addresses);
  EXPECT_NE(run->worker("backend/0"), victim);
  EXPECT_EQ(run->worker("front/0"), front);
  EXPECT_TRUE(run->wait_for_text("SIGKILL"));
  expect_clean_stop(*run);
}

TEST(Crash, RestartsTheClientsThatWantItOnceTheirProviderIsReadyAgain) {
  const TempDir folder;
  const auto run = serve(
      folder, graph_of({{"front",
                         "command: [obedient], endpoints: [serve], clients: {b: {type: Backend, on_restart: restart}}"},
                        {"other", "command: [obedient], endpoints: [serve], clients: {b: Backend}"},
                        {"backend",
                         "command: [obedient], endpoints: [serve], replicas: 2, "
                         "restart: {policy: always, backoff: 20ms}, ready: {interval: 20ms}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto other = run->worker("other/0");
  ::kill(*run->worker("backend/1"), SIGKILL);
  ASSERT_TRUE(run->wait_for_event(reaches("front/0", WorkerState::Ready, 2))) << run->story();
  EXPECT_EQ(run->worker("other/0"), other) << "it did not ask for it";

  std::vector<std::string> order;
  for (const Event& event : run->events()) {
    if (event.kind != EventKind::Worker || event.worker == "other/0" || event.incarnation < 1) continue;
    const bool told = event.state == WorkerState::Stopping || event.state == WorkerState::Waiting;
    if (told) order.push_back(event.worker + " " + std::string(word(event.state)) + ": " + event.reason);
    if (event.state == WorkerState::Ready && event.incarnation == 2) order.push_back(event.worker + " ready");
    if (event.state == WorkerState::Waiting) {
      EXPECT_EQ(event.exit->code, 0) << "its end is on record";
    }
  }
  EXPECT_THAT(order, ElementsAre("backend/1 ready", "front/0 stopping: backend/1 was started again",
                                 "front/0 waiting: backend/1 was started again", "front/0 ready"));
  expect_clean_stop(*run);
}

TEST(Crash, IsAnsweredWithAStartWhenWhatItNeedsIsReadyAgain) {
  const TempDir folder;
  const std::string backend = "command: [slow_ready, " + (folder.path() / "gate").string() + "], endpoints: [serve], ";
  const auto run = serve(
      folder,
      graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {b: Backend}, restart: {backoff: 1ms}"},
                {"backend", backend + "restart: {backoff: 1ms}, ready: {interval: 20ms}"}}));
  folder.write("gate", "");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  std::filesystem::remove(folder.path() / "gate");
  ::kill(*run->worker("backend/0"), SIGKILL);
  ASSERT_TRUE(run->wait_for_event(reaches("backend/0", WorkerState::Starting, 2))) << run->story();
  ::kill(*run->worker("front/0"), SIGKILL);
  const auto waits = [](const Event& event) {
    return reaches("front/0", WorkerState::Waiting)(event) && event.incarnation == 1;
  };
  ASSERT_TRUE(run->wait_for_event(waits)) << run->story();
  folder.write("gate", "");
  ASSERT_TRUE(run->wait_for_event(reaches("front/0", WorkerState::Ready, 2))) << run->story();
  std::uint64_t provider = 0;
  std::uint64_t client = 0;
  for (const Event& event : run->events()) {
    if (reaches("backend/0", WorkerState::Ready, 2)(event)) provider = event.sequence;
    if (reaches("front/0", WorkerState::Starting, 2)(event) && client == 0) client = event.sequence;
  }
  EXPECT_LT(provider, client) << "the readiness of an earlier life does not count";
  expect_clean_stop(*run);
}

TEST(Crash, NeverLeavesPartsOfTheOldLifeBesideTheNewOne) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [daemonising, and-exit, \"3\"], restart: {max: 3, backoff: 20ms}");
  EXPECT_EQ(run->wait(), (Ended{.status = 5})) << run->story();  // ready once exec has succeeded
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Crash, IsSeenAtOnceWhenAChildKeepsTheOutputOpen) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [sh, -c, \"sleep 1000 & exit 3\"], endpoints: [serve], restart: never");
  EXPECT_EQ(run->wait(std::chrono::seconds(10)), (Ended{.status = 4})) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("exit status 3"));
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Crash, OfASidecarDoesNotEndTheGraph) {
  const TempDir folder;
  std::string graph = graph_of({{"main", "command: [obedient], endpoints: [serve]"}},
                               "sidecars: {extra: {use: Extra, on_failure: ignore}}");
  graph.insert(graph.find("specs:"), "  Extra: {command: [one_shot, \"1\"]}\n");
  const auto run = serve(folder, graph);
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(run->wait_for_event(reaches("extra/0", WorkerState::Failed))) << run->story();
  EXPECT_FALSE(run->has_ended());
  expect_clean_stop(*run);
}

TEST(Crash, OfASidecarThatTheGraphNeedsEndsIt) {
  const TempDir folder;
  std::string graph = graph_of({{"main", "command: [obedient], endpoints: [serve]"}},
                               "sidecars: {extra: {use: Extra, on_failure: stop_graph, restart: never}}");
  graph.insert(graph.find("specs:"), "  Extra: {command: [one_shot, \"1\"]}\n");
  const auto run = serve(folder, graph);
  EXPECT_EQ(run->wait(), (Ended{.status = 5})) << run->story();
  EXPECT_TRUE(run->nothing_left());
}

TEST(Crash, IsAlsoAReplicaThatFailsItsLiveProbe) {
  const TempDir folder;
  folder.write("alive", "");
  const std::string alive = folder.path() / "alive";
  const auto run = serve_one(folder,
                             "command: [obedient], endpoints: [serve], restart: {backoff: 20ms}, live: {exec: "
                             "[test, -e, " +
                                 alive + "], interval: 30ms, failures: 2}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  std::filesystem::remove(alive);
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Backoff))) << run->story();
  folder.write("alive", "");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Ready, 2))) << run->story();
  expect_clean_stop(*run);
}

}  // namespace dynamo::test
