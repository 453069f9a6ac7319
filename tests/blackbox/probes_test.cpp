// Probes that are commands: never two at a time, none that outlives its limit or its replica, and no verdict about
// another life than the one that was asked.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <tuple>

namespace dynamo::test {

using testing::HasSubstr;

namespace {

/// Processes of this run whose command begins so.
std::vector<pid_t> running(const RunDynamo& run, std::string_view command) {
  std::vector<pid_t> found = run.left();
  std::erase_if(found, [&](pid_t pid) { return !command_of(pid).starts_with(command); });
  return found;
}

int count_text(const std::string& file) { return static_cast<int>(lines_of(read_file(file)).size()); }

}  // namespace

TEST(Probes, ThatHangAreEndedWithEverythingTheyStarted) {
  const TempDir folder;
  const std::string journal = folder.path() / "probes";
  const auto run =
      serve_one(folder, "command: [obedient], endpoints: [serve], ready: {interval: 1s, exec: [sh, -c, '" +
                            ("echo probe >> " + journal + "; sleep 61 & setsid sleep 61 & sleep 61") + "']}");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Starting))) << run->story();
  std::size_t most = 0;
  // An attempt may take 10 seconds; the second one begins after it.
  EXPECT_TRUE(eventually([&] {
    most = std::max(most, running(*run, "sleep 61").size());
    return count_text(journal) == 2 && running(*run, "sleep 61").size() == 3;
  })) << run->story();
  EXPECT_EQ(most, 3U) << "one tree at a time";
  expect_clean_stop(*run);
}

TEST(Probes, ThatEndLeaveNoChildBehind) {
  const TempDir folder;
  const std::string journal = folder.path() / "probes";
  const auto run =
      serve_one(folder, "command: [obedient], endpoints: [serve], ready: {interval: 10ms, exec: [sh, -c, '" +
                            ("echo probe >> " + journal + "; sleep 62 & setsid sleep 62 & exit 1") + "']}");
  std::size_t most = 0;
  EXPECT_TRUE(eventually([&] {
    most = std::max(most, running(*run, "sleep 62").size());
    return count_text(journal) >= 15;
  })) << run->story();
  EXPECT_LE(most, 2U);
  EXPECT_FALSE(run->has_ended());
  expect_clean_stop(*run);
}

TEST(Probes, EndWithTheLifeThatTheyAskAbout) {
  const TempDir folder;
  const std::string journal = folder.path() / "probes";
  const std::string go = folder.path() / "go";
  const auto run = serve_one(folder,
                             "command: [obedient], endpoints: [serve], restart: {backoff: 50ms}, "
                             "ready: {exec: [sh, -c, 'echo probe >> " +
                                 journal + "; until test -e " + go + "; do :; done']}");
  ASSERT_TRUE(eventually([&] { return count_text(journal) == 1; })) << run->story();
  ::kill(*run->worker("main/0"), SIGKILL);
  ASSERT_TRUE(eventually([&] { return count_text(journal) == 2; })) << run->story();
  EXPECT_EQ(running(*run, "sh -c").size(), 1U) << run->story();

  folder.write("go", "");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
  for (const Event& event : run->events()) {
    EXPECT_FALSE(reaches("main/0", WorkerState::Ready, 1)(event)) << run->story();
  }
}

TEST(Probes, OfReadinessDoNotCountForALaterLife) {
  const TempDir folder;
  const std::string go_a = folder.path() / "a";
  const std::string go_b = folder.path() / "b";
  const auto waits = [](const std::string& file) {
    return "command: [slow_ready, " + file + "], endpoints: [serve], ready: {interval: 20ms}, restart: {backoff: 20ms}";
  };
  const auto run =
      serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {a: Aye, b: Bee}"},
                              {"aye", waits(go_a)},
                              {"bee", waits(go_b)}}));
  folder.write("a", "");
  ASSERT_TRUE(run->wait_for_event(reaches("aye/0", WorkerState::Ready, 1))) << run->story();
  std::filesystem::remove(go_a);
  ::kill(*run->worker("aye/0"), SIGKILL);
  ASSERT_TRUE(run->wait_for_event(reaches("aye/0", WorkerState::Starting, 2))) << run->story();
  folder.write("b", "");
  ASSERT_TRUE(run->wait_for_event(reaches("bee/0", WorkerState::Ready))) << run->story();
  EXPECT_FALSE(run->wait_for_event(reaches("front/0", WorkerState::Starting), std::chrono::milliseconds(250)))
      << "it was ready in its first life, and is not in its second\n"
      << run->story();
  folder.write("a", "");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
}

TEST(Probes, AreEndedByAStop) {
  const TempDir folder;
  const auto run =
      serve(folder,
            graph_of({{"main", "command: [obedient], endpoints: [serve], ready: {exec: [sh, -c, \"sleep 63 & wait\"]}"},
                      {"live",
                       "command: [obedient], endpoints: [serve], "
                       "live: {interval: 10ms, exec: [sh, -c, \"sleep 63 & wait\"]}"}}));
  ASSERT_TRUE(eventually([&] { return running(*run, "sleep 63").size() == 2; })) << run->story();
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(std::chrono::seconds(5)), (Ended{.status = 143})) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Probes, AskTheHealthServiceOfGrpc) {
  const TempDir folder;
  const std::string gate = folder.path() / "gate";
  const std::string server =
      "command: [grpc_health, " + gate + "], endpoints: {serve: {protocol: grpc}}, restart: never, ";
  const auto run = serve(
      folder,
      graph_of(
          {{"whole", server + "ready: {grpc: serve, interval: 20ms}, live: {grpc: serve, interval: 20ms, failures: 1}"},
           {"named", server + "ready: {grpc: {port: serve, service: llm}, interval: 20ms}"}}));
  ASSERT_TRUE(run->wait_for_event(reaches("whole/0", WorkerState::Starting))) << run->story();
  folder.write("gate", "");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  std::filesystem::remove(folder.path() / "gate");
  const auto stops = run->wait_for_event(reaches("whole/0", WorkerState::Stopping));
  ASSERT_TRUE(stops) << run->story();
  EXPECT_THAT(stops->reason, HasSubstr("not alive any more: NOT_SERVING"));
  EXPECT_EQ(run->wait(), (Ended{.status = 5})) << run->story();
}

TEST(Probes, TellWhatTheHealthServiceOfGrpcSaid) {
  for (const auto& [program, service, said] :
       {std::tuple("grpc_health, gate", "''", "NOT_SERVING on port"),
        std::tuple("grpc_health, gate", "unknown", "the server does not know the service"),
        std::tuple("obedient", "''", "the connection was closed without an answer")}) {
    const TempDir folder;
    const auto run =
        serve_one(folder, std::string("command: [") + program +
                              "], endpoints: {serve: {protocol: grpc}}, restart: never, ready: {grpc: {port: "
                              "serve, service: " +
                              service + "}, interval: 20ms, timeout: 300ms}");
    EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
    EXPECT_THAT(run->err(), HasSubstr(said));
  }
}

}  // namespace dynamo::test
