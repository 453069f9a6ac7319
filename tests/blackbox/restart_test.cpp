// Restarts at their edges: crashes without end, a policy that begins anew, a stop in the midst of one, a start that
// waits for what will never be.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>

namespace dynamo::test {

using testing::HasSubstr;

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::function<bool(const Event&)> pauses_for(std::int64_t delay) {
  return [delay](const Event& event) { return reaches("main/0", WorkerState::Backoff)(event) && event.delay == delay; };
}

}  // namespace

TEST(Restart, WithoutEndIsNoStorm) {
  const TempDir folder;
  const std::string journal = folder.path() / "journal";
  const auto run = serve_one(folder, "command: [crash_times, " + journal +
                                         ", \"100000\", \"1\"], endpoints: [serve], "
                                         "restart: {max: 100000, backoff: 10ms, backoff_max: 640ms}");
  ASSERT_TRUE(run->wait_for_event(pauses_for(640))) << run->story();
  EXPECT_EQ(count_lines(read_file(journal), "started"), 7) << "10, 20, 40, 80, 160, 320, 640 ms";

  // From here on it is started every 640 ms.
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  const auto cpu = [&] { return cpu_time_of(run->pid()) + cpu_time_of(*supervisor); };
  const milliseconds cpu_before = cpu();
  const auto begin = Clock::now();
  ASSERT_TRUE(eventually([&] { return count_lines(read_file(journal), "started") >= 11; })) << run->story();
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
  EXPECT_GE(took, milliseconds(3 * 640));
  EXPECT_LE((cpu() - cpu_before).count(), took.count() / 20) << "milliseconds of processor time";
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(std::chrono::seconds(5)), (Ended{.status = 143})) << run->story();
  EXPECT_TRUE(run->nothing_left());
}

TEST(Restart, AfterALongLifeBeginsAnewWithTheFirstPause) {
  const TempDir folder;
  const std::string trigger = folder.write("trigger", "");
  const auto run = serve_one(folder, "command: [crash_times, " + (folder.path() / "journal").string() +
                                         ", \"100\", \"1\", " + trigger +
                                         "], endpoints: [serve], ready: {interval: 10ms}, "
                                         "restart: {max: 100, backoff: 30ms, backoff_max: 200ms}");
  ASSERT_TRUE(run->wait_for_event(pauses_for(120))) << run->story();
  std::filesystem::remove(trigger);
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  int life = 0;
  for (const Event& event : run->events()) {
    if (event.worker == "main/0") life = std::max(life, event.incarnation);
  }
  // A life that may still have seen the trigger does not count; one that serves now goes on until there is a new one.
  std::optional<Event> ready;
  ASSERT_TRUE(eventually([&] {
    const std::vector<Event> events = run->events();
    if (!reaches("main/0", WorkerState::Ready)(events.back()) && events.back().kind != EventKind::RunReady)
      return false;
    for (const Event& event : events) {
      if (reaches("main/0", WorkerState::Ready)(event)) ready = event;
    }
    return ready.has_value();
  }));
  const auto served_since = Clock::now();
  EXPECT_TRUE(eventually([&] { return Clock::now() - served_since > milliseconds(300); }));
  folder.write("trigger", "");
  const auto pause = run->wait_for_event([&](const Event& event) {
    return event.sequence > ready->sequence && reaches("main/0", WorkerState::Backoff)(event);
  });
  ASSERT_TRUE(pause) << run->story();
  EXPECT_EQ(pause->delay, 30) << run->story();
  expect_clean_stop(*run);
}

TEST(Restart, NeverComesAfterAStopAtTheSameInstant) {
  for (int round = 0; round < 12; ++round) {
    const TempDir folder;
    const std::string journal = folder.path() / "journal";
    const auto run = serve_one(folder, "command: [crash_times, " + journal +
                                           ", \"1000\", \"1\"], endpoints: [serve], "
                                           "restart: {max: 1000, backoff: 40ms, backoff_max: 40ms}");
    ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Backoff))) << run->story();
    // From well before the end of the pause to after it.
    const auto instant = Clock::now() + milliseconds(4 * round);
    EXPECT_TRUE(eventually([&] { return Clock::now() >= instant; }));
    run->send(SIGTERM);
    ASSERT_EQ(run->wait(std::chrono::seconds(10)), (Ended{.status = 143})) << run->story();
    EXPECT_TRUE(run->nothing_left()) << run->story();
    EXPECT_TRUE(is_kind(EventKind::RunEnded)(run->events().back())) << run->story();
    bool stopping = false;
    for (const Event& event : run->events()) {
      stopping = stopping || event.kind == EventKind::RunStopping;
      EXPECT_FALSE(stopping && event.state == WorkerState::Starting) << run->story();
    }
  }
}

TEST(Restart, OfOneThatIsBeingStoppedEndsWithTheRun) {
  const TempDir folder;
  const std::string alive = folder.write("alive", "");
  const auto run = serve_one(folder,
                             "command: [stubborn], endpoints: [serve], stop: {grace: 800ms}, restart: {backoff: 10ms}, "
                             "live: {exec: [test, -e, " +
                                 alive + "], interval: 20ms, failures: 1}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  std::filesystem::remove(alive);
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Stopping))) << run->story();
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_FALSE(run->wait_for_event(reaches("main/0", WorkerState::Starting, 2))) << run->story();
  EXPECT_TRUE(run->nothing_left());
}

TEST(Restart, OfTheOnlyReplicaDoesNotEndTheRun) {
  const TempDir folder;
  const auto run =
      serve_one(folder, "command: [obedient], endpoints: [serve], restart: {policy: always, backoff: 300ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ::kill(*run->worker("main/0"), SIGTERM);
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Ready, 2))) << run->story();
  EXPECT_FALSE(run->has_ended());
  expect_clean_stop(*run);
}

TEST(Restart, ThatIsUsedUpEndsWhoWaitsForIt) {
  const TempDir folder;
  const auto run = serve(
      folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {b: Back}"},
                        {"back", "command: [one_shot, \"1\"], endpoints: [serve], restart: {max: 1, backoff: 10ms}"}}));
  EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
  EXPECT_EQ(run->worker("front/0"), std::nullopt) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("slot `back`"));
  EXPECT_TRUE(run->nothing_left());
}

TEST(Restart, IsNotForAGraphThatWaitsForItself) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"bee", "command: [obedient], endpoints: [serve], clients: {d: Dee}"},
                                           {"dee", "command: [obedient], endpoints: [serve], clients: {e: Eff}"},
                                           {"eff", "command: [obedient], endpoints: [serve], clients: {b: Bee}"}}));
  EXPECT_EQ(run->wait(), (Ended{.status = 1})) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("bee"));
  EXPECT_THAT(run->err(), HasSubstr("dee"));
  EXPECT_THAT(run->err(), HasSubstr("eff"));
  EXPECT_EQ(run->run_dir(), std::nullopt) << "nothing was started";
}

}  // namespace dynamo::test
