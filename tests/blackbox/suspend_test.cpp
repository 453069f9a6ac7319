// The supervisor itself is suspended for a while and goes on: what its workers did meanwhile is not lost, and what it
// could not see in time is not held against them.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

namespace dynamo::test {

namespace {

using Clock = std::chrono::steady_clock;

/// Stops it until so much time has passed and `done` holds.
template <class Condition>
void suspend(RunDynamo& run, std::chrono::milliseconds time, Condition done) {
  const auto supervisor = run.supervisor();
  ASSERT_TRUE(supervisor);
  ::kill(*supervisor, SIGSTOP);
  ASSERT_TRUE(eventually([&] { return is_stopped(*supervisor); }));
  const auto end = Clock::now() + time;
  EXPECT_TRUE(eventually([&] { return Clock::now() >= end && done(); }));
  ::kill(*supervisor, SIGCONT);
}

void suspend(RunDynamo& run, std::chrono::milliseconds time) {
  suspend(run, time, [] { return true; });
}

int lives(const RunDynamo& run) {
  int last = 0;
  for (const Event& event : run.events()) last = std::max(last, event.incarnation);
  return last;
}

}  // namespace

TEST(Suspend, LosesNoOutput) {
  const TempDir folder;
  constexpr int lines = 50'000;  // 5 MB: the worker fills its pipe and waits
  const std::string go = folder.path() / "go";
  const auto run =
      serve_one(folder, "command: [noisy, later, " + go + ", \"" + std::to_string(lines) + "\"], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  folder.write("go", "");
  suspend(*run, std::chrono::seconds(2));
  EXPECT_TRUE(eventually([&] { return run->log("main").size() == std::size_t{lines} * 100; }))
      << run->log("main").size();
  int expected = 0;
  for (const std::string& line : lines_of(run->log("main"))) {
    ASSERT_EQ(std::stoi(line), expected) << line;
    ++expected;
  }
  expect_clean_stop(*run);
  EXPECT_EQ(lives(*run), 1);
}

TEST(Suspend, IsNoReasonToRestartWhoWasProbed) {
  const TempDir folder;
  const std::string live = "live: {interval: 20ms, failures: 1, ";
  const auto run = serve(
      folder, graph_of({{"main", "command: [obedient], endpoints: [serve], " + live + "http: /}"},
                        {"tcp", "command: [obedient], endpoints: [serve], " + live + "tcp: serve}"},
                        {"exec", "command: [obedient], endpoints: [serve], " + live + "exec: [sleep, \"0.2\"]}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  suspend(*run, std::chrono::seconds(2));
  // Some more rounds of probing after it.
  EXPECT_FALSE(run->wait_for_event(reaches("main/0", WorkerState::Backoff), std::chrono::seconds(1))) << run->story();
  EXPECT_EQ(lives(*run), 1) << run->story();
  expect_clean_stop(*run);
}

TEST(Suspend, BeyondTheLimitOfAProbeIsNotItsFailure) {
  const TempDir folder;
  // A probe is nearly always under way; it ends well within its 10 seconds, which pass while nobody looks.
  const auto run = serve_one(folder,
                             "command: [obedient], endpoints: [serve], replicas: 8, "
                             "live: {interval: 1ms, failures: 1, exec: [sleep, \"1\"]}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  suspend(*run, std::chrono::milliseconds(11'200));
  EXPECT_FALSE(run->wait_for_event(reaches("main/0", WorkerState::Stopping), std::chrono::seconds(1))) << run->story();
  EXPECT_EQ(lives(*run), 1) << run->story();
  expect_clean_stop(*run);
}

TEST(Suspend, BeyondTheTimeToBecomeReadyIsNotLateness) {
  const TempDir folder;
  const std::string go = folder.path() / "go";
  const auto run = serve_one(folder, "command: [slow_ready, " + go +
                                         "], endpoints: [serve], restart: never, "
                                         "ready: {timeout: 1500ms, interval: 20ms}");
  ASSERT_TRUE(run->wait_for_text("warming up")) << run->story();
  suspend(*run, std::chrono::seconds(2), [&] { return !folder.write("go", "").empty(); });
  EXPECT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
}

TEST(Suspend, BeyondAPauseStartsOnce) {
  const TempDir folder;
  const std::string journal = folder.path() / "journal";
  const auto run = serve_one(
      folder, "command: [crash_times, " + journal + ", \"1\", \"1\"], endpoints: [serve], restart: {backoff: 1s}");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Backoff))) << run->story();
  suspend(*run, std::chrono::seconds(2));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
  EXPECT_EQ(count_lines(read_file(journal), "started"), 2);
}

TEST(Suspend, SeesWhoEndedMeanwhile) {
  const TempDir folder;
  const auto run =
      serve_one(folder, "command: [forking], endpoints: [serve], stop: {grace: 300ms}, restart: {backoff: 20ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto victim = run->worker("main/0");
  ASSERT_TRUE(victim);
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  ::kill(*supervisor, SIGSTOP);
  ASSERT_TRUE(eventually([&] { return is_stopped(*supervisor); }));
  ::kill(*victim, SIGKILL);
  ASSERT_TRUE(eventually([&] { return !is_alive(*victim); }));
  ::kill(*supervisor, SIGCONT);
  EXPECT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Ready, 2))) << run->story();
  expect_clean_stop(*run);
}

}  // namespace dynamo::test
