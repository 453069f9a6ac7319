// The end of a run that was asked for: its order, its grace, its escalation, and that nothing is left.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace dynamo::test {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

TEST(Stop, GoesInReverseOrderOfTheStart) {
  const TempDir folder;
  const std::string journal = folder.path() / "journal";
  const auto component = [&](const std::string& clients) {
    return "command: [obedient, " + journal + "], endpoints: [serve], ready: {interval: 20ms}" + clients;
  };
  const auto run = serve(folder, graph_of({{"front", component(", clients: {m: Middle}")},
                                           {"middle", component(", clients: {b: Back}")},
                                           {"back", component("")}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_THAT(lines_of(read_file(journal)), ElementsAre("started back", "started middle", "started front",
                                                        "stopped front", "stopped middle", "stopped back"));
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Stop, SendsTheSignalThatTheComponentWants) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve], stop: {signal: SIGQUIT}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
  EXPECT_THAT(run->log("main"), HasSubstr("asked to stop by signal " + std::to_string(SIGQUIT)));
}

TEST(Stop, KillsWhatIgnoresTheRequestWhenItsGraceIsOver) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [stubborn], endpoints: [serve], stop: {grace: 400ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto begin = Clock::now();
  expect_clean_stop(*run);
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(400));
}

TEST(Stop, DoesNotAddTheGracesOfOneLevelUp) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [stubborn], endpoints: [serve], replicas: 20, stop: {grace: 500ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto begin = Clock::now();
  expect_clean_stop(*run);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(5)) << "20 graces one after the other take 10 s";
}

TEST(Stop, KillsAtOnceAfterASecondCtrlC) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [stubborn], endpoints: [serve], stop: {grace: 60s}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->send(SIGINT);
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Stopping))) << run->story();
  run->send(SIGINT);
  EXPECT_EQ(run->wait(std::chrono::seconds(10)), (Ended{.status = 130})) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Stop, EndsTheWholeProcessGroup) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [forking], endpoints: [serve], stop: {grace: 300ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(eventually([&] { return run->left().size() == 4; })) << run->story();
  expect_clean_stop(*run);
}

TEST(Stop, EndsADaemonThatLeftItsSession) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [daemonising], endpoints: [serve], stop: {grace: 300ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_EQ(run->left().size(), 4U) << run->story();
  expect_clean_stop(*run);
}

TEST(Stop, EndsAChainThatForksAway) {
  const TempDir folder;
  const std::string lock = folder.path() / "chain";
  const auto run = serve_one(folder, "command: [hopping, " + lock + "], endpoints: [serve], stop: {grace: 300ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(is_locked(lock));
  run->send(SIGINT);
  EXPECT_EQ(run->wait(), (Ended{.status = 130})) << run->story();
  EXPECT_FALSE(is_locked(lock)) << "it ends when nothing of it is left\n" << run->story();
}

TEST(Stop, DoesNotWaitForAStrangerWhoHoldsTheOutput) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const std::string output = "/proc/" + std::to_string(*run->worker("main/0")) + "/fd/1";
  const int held = ::open(output.c_str(), O_WRONLY | O_CLOEXEC);  // by the test, which nobody will kill
  ASSERT_GE(held, 0);
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(std::chrono::seconds(10)), (Ended{.status = 143})) << run->story();
  ::close(held);
  EXPECT_THAT(run->log("main"), HasSubstr("asked to stop by signal 15"));
}

TEST(Stop, EscalatesByDefault) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [stubborn], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto begin = Clock::now();
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(13)) << "the default grace is 10 s";
  EXPECT_TRUE(run->nothing_left());
}

TEST(Stop, EndsAPauseBeforeARestart) {
  const TempDir folder;
  const std::string journal = folder.path() / "journal";
  const auto run = serve_one(
      folder, "command: [crash_times, " + journal + ", \"100\", \"1\"], endpoints: [serve], restart: {backoff: 60s}");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Backoff))) << run->story();
  run->send(SIGINT);
  EXPECT_EQ(run->wait(std::chrono::seconds(10)), (Ended{.status = 130})) << run->story();
  EXPECT_EQ(count_lines(read_file(journal), "started"), 1);
  EXPECT_TRUE(run->nothing_left());
}

TEST(Stop, EndsAStartThatIsStillGoingOn) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {b: Back}"},
                                           {"back", "command: [slow_ready, never], endpoints: [serve]"}}));
  ASSERT_TRUE(run->wait_for_text("warming up")) << run->story();
  run->send(SIGINT);
  EXPECT_EQ(run->wait(std::chrono::seconds(10)), (Ended{.status = 130})) << run->story();
  EXPECT_EQ(run->worker("front/0"), std::nullopt) << "nothing starts in a run that is stopping";
  EXPECT_TRUE(run->nothing_left());
}

TEST(Stop, AsksOnceWhenCtrlCIsTypedIntoTheTerminal) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]", {.terminal = true});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->type("\x03");
  EXPECT_EQ(run->wait(), (Ended{.status = 130})) << run->story();
  EXPECT_EQ(count_lines(run->log("main"), "asked to stop by signal 15"), 1) << run->log("main");
  EXPECT_EQ(count_lines(run->log("main"), "asked to stop by signal 2"), 0) << run->log("main");
  EXPECT_TRUE(run->nothing_left());
}

TEST(Stop, HappensWhenTheTerminalIsClosed) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->send(SIGHUP);
  EXPECT_EQ(run->wait().signal, 0) << run->story();
  EXPECT_THAT(run->log("main"), HasSubstr("asked to stop by signal 15"));
  EXPECT_TRUE(run->nothing_left());
}

TEST(Stop, IsNotTakenBackByAHangup) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [stubborn], endpoints: [serve], stop: {grace: 500ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->send(SIGTERM);
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Stopping))) << run->story();
  run->send(SIGHUP);
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_TRUE(run->nothing_left());
}

}  // namespace dynamo::test
