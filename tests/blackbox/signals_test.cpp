// Signals to dynamo that come in numbers: several kinds in one instant, a third Ctrl-C, a terminal that hangs up.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gtest/gtest.h>

#include <csignal>

namespace dynamo::test {

namespace {

/// While it is stopped it collects them, so that it finds all at once.
void send_in_one_instant(RunDynamo& run, std::initializer_list<int> signals) {
  run.send(SIGSTOP);
  ASSERT_TRUE(eventually([&] { return is_stopped(run.pid()); }));
  for (const int signal : signals) run.send(signal);
  run.send(SIGCONT);
}

int times_asked(RunDynamo& run, std::string_view slot, int signal) {
  return count_lines(run.log(slot), "asked to stop by signal " + std::to_string(signal));
}

}  // namespace

TEST(Signals, OfSeveralKindsInOneInstantAreOneRequest) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  send_in_one_instant(*run, {SIGINT, SIGTERM, SIGHUP});
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_EQ(times_asked(*run, "main", SIGTERM), 1) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Signals, OfSeveralKindsInOneInstantLeaveAStubbornOneItsGrace) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [stubborn], endpoints: [serve], stop: {grace: 700ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto begin = std::chrono::steady_clock::now();
  send_in_one_instant(*run, {SIGINT, SIGTERM, SIGHUP});
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(700)) << "nobody was impatient";
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Signals, AThirdCtrlCDoesNotInterruptTheKilling) {
  const TempDir folder;
  const auto run = serve(
      folder, graph_of({{"daemonising", "command: [daemonising], endpoints: [serve], stop: {grace: 60s}"},
                        {"stubborn", "command: [stubborn], endpoints: [serve], stop: {grace: 60s}, replicas: 5"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->send(SIGINT);
  ASSERT_TRUE(run->wait_for_event(reaches("stubborn/0", WorkerState::Stopping))) << run->story();
  // The guardian hands on one after the other; two of a kind that nobody has taken yet would be one.
  (void)eventually([&] {
    run->send(SIGINT);
    return run->has_ended();
  });
  EXPECT_EQ(run->wait(), (Ended{.status = 130})) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Signals, ATerminalThatHangsUpStopsTheRun) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]", {.terminal = true});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->hang_up();
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_EQ(times_asked(*run, "main", SIGTERM), 1) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Signals, ATerminalThatHangsUpWhileItStopsChangesNothing) {
  const TempDir folder;
  const auto run =
      serve_one(folder, "command: [stubborn], endpoints: [serve], stop: {grace: 500ms}", {.terminal = true});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->type("\x03");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Stopping))) << run->story();
  run->hang_up();
  EXPECT_EQ(run->wait(), (Ended{.status = 130})) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

}  // namespace dynamo::test
