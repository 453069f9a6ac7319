// SIGUSR2: the supervisor replaces its own program, and nothing of the run notices.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <sstream>

namespace dynamo::test {

using testing::Contains;
using testing::HasSubstr;

namespace {

std::size_t upgrades(const RunDynamo& run) {
  std::size_t count = 0;
  for (const Event& event : run.events()) count += event.kind == EventKind::RunUpgraded ? 1U : 0U;
  return count;
}

/// Asks for an upgrade and waits until it has happened.
testing::AssertionResult upgrade(RunDynamo& run) {
  const std::size_t before = upgrades(run);
  run.send(SIGUSR2);
  if (eventually([&] { return upgrades(run) > before; })) return testing::AssertionSuccess();
  return testing::AssertionFailure() << run.story();
}

void expect_events_without_a_gap(const RunDynamo& run) {
  const std::vector<Event> events = run.events();
  for (std::size_t index = 0; index < events.size(); ++index) EXPECT_EQ(events[index].sequence, index + 1);
}

/// A copy of the binary that the test may replace while it runs.
DynamoOptions with_a_copy(const TempDir& folder) {
  std::filesystem::copy_file(built_binary(), folder.path() / "dynamo");
  return {.program = folder.path() / "dynamo"};
}

void replace(const TempDir& folder, const std::string& text) {
  folder.write("next", text);
  std::filesystem::permissions(folder.path() / "next", std::filesystem::perms::owner_all);
  std::filesystem::rename(folder.path() / "next", folder.path() / "dynamo");
}

}  // namespace

TEST(Upgrade, KeepsEveryReplicaAndItsAddress) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {b: Backend}"},
                                           {"backend", "command: [obedient], endpoints: [serve], replicas: 2"},
                                           {"shared", "command: [listens_fd], endpoints: {serve: {listen: fd}}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto supervisor = run->supervisor();
  const auto ready = run->wait_for_event(reaches("shared/0", WorkerState::Ready));
  std::vector<std::optional<pid_t>> before;
  for (const char* id : {"front/0", "backend/0", "backend/1", "shared/0"}) before.push_back(run->worker(id));
  for (int round = 0; round < 3; ++round) ASSERT_TRUE(upgrade(*run));

  std::vector<std::optional<pid_t>> after;
  for (const char* id : {"front/0", "backend/0", "backend/1", "shared/0"}) after.push_back(run->worker(id));
  EXPECT_EQ(before, after);
  EXPECT_EQ(run->supervisor(), supervisor);
  EXPECT_NE(http_get(ready->addresses.at(0)), "");

  // The new program restarts, hands sockets down and counts lives as the old one did.
  ::kill(*run->worker("shared/0"), SIGKILL);
  ASSERT_TRUE(run->wait_for_event(reaches("shared/0", WorkerState::Ready, 2))) << run->story();
  EXPECT_NE(http_get(ready->addresses.at(0)), "");
  expect_clean_stop(*run);
  expect_events_without_a_gap(*run);
  EXPECT_THAT(run->log("front"), HasSubstr("asked to stop by signal 15"));
}

TEST(Upgrade, LosesNoByteOfAFlood) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"main",
                                            "command: [sh, -c, 'i=0; while [ ! -e stop ]; do i=$((i+1)); echo line $i "
                                            "of a flood that does not end; done; echo \"last $i\"; sleep 1000']"},
                                           {"other", "command: [obedient], endpoints: [serve]"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  for (int round = 0; round < 10; ++round) ASSERT_TRUE(upgrade(*run));
  folder.write("stop", "");
  ASSERT_TRUE(eventually([&] { return run->log("main").find("last ") != std::string::npos; }));

  std::istringstream lines(run->log("main"));
  std::istringstream shown(run->out());
  int number = 0;
  std::string line;
  for (; std::getline(lines, line) && !line.starts_with("last"); ++number) {
    ASSERT_EQ(line, "line " + std::to_string(number + 1) + " of a flood that does not end");
  }
  EXPECT_EQ(line, "last " + std::to_string(number));
  int told = 0;
  for (; std::getline(shown, line);) told += line.find("of a flood") != std::string::npos ? 1 : 0;
  EXPECT_EQ(told, number) << "what was shown";
  expect_clean_stop(*run);
}

TEST(Upgrade, KeepsTheBeginningOfALine) {
  const TempDir folder;
  const auto run = serve_one(folder,
                             "command: [sh, -c, 'printf begin; echo >&2 err; until [ -e go ]; do sleep 0.01; done; "
                             "echo \" and end\"; sleep 1000']");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(eventually([&] { return run->log("main") == "err\n"; })) << run->log("main");
  ASSERT_TRUE(upgrade(*run));
  folder.write("go", "");
  EXPECT_TRUE(eventually([&] { return run->log("main") == "err\nbegin and end\n"; })) << run->log("main");
  expect_clean_stop(*run);
}

TEST(Upgrade, GoesOnWithAStart) {
  const TempDir folder;
  const std::string gate = folder.path() / "gate";
  const auto run =
      serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {n: Notifying}"},
                              {"notifying", "command: [notify_ready, " + gate + "], ready: {notify: true}"},
                              {"logging", "command: [sh, -c, 'until [ -e " + gate +
                                              " ]; do sleep 0.01; done; echo I am up; sleep 1000'], "
                                              "ready: {log: am up}"}}));
  ASSERT_TRUE(run->wait_for_event(reaches("notifying/0", WorkerState::Starting)));
  ASSERT_TRUE(run->wait_for_event(reaches("logging/0", WorkerState::Starting)));
  ASSERT_TRUE(upgrade(*run));
  folder.write("gate", "");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  EXPECT_TRUE(run->wait_for_event(reaches("front/0", WorkerState::Ready, 1))) << run->story();
  expect_clean_stop(*run);
}

TEST(Upgrade, GoesOnWithAPause) {
  const TempDir folder;
  const std::string journal = folder.path() / "journal";
  const auto run = serve_one(
      folder, "command: [crash_times, " + journal + ", \"2\", \"1\"], endpoints: [serve], restart: {backoff: 300ms}");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Backoff, 1))) << run->story();
  ASSERT_TRUE(upgrade(*run));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  EXPECT_EQ(count_lines(read_file(journal), "started"), 3);
  const auto second = run->wait_for_event(reaches("main/0", WorkerState::Backoff, 2));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->restart, 2) << "the first restart is not forgotten";
  EXPECT_EQ(second->delay, 600);
  expect_clean_stop(*run);
}

TEST(Upgrade, TakesTheProgramThatIsInstalledThen) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]", with_a_copy(folder));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  std::filesystem::copy_file(built_binary(), folder.path() / "next");
  std::filesystem::rename(folder.path() / "next", folder.path() / "dynamo");
  ASSERT_TRUE(upgrade(*run));
  EXPECT_EQ(std::filesystem::read_symlink("/proc/" + std::to_string(*run->supervisor()) + "/exe"),
            folder.path() / "dynamo");
  ASSERT_TRUE(upgrade(*run));
  expect_clean_stop(*run);
}

TEST(Upgrade, IsLeftOutWhenTheNewProgramRefuses) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]", with_a_copy(folder));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto worker = run->worker("main/0");
  const auto warned = [&](std::string_view words) {
    return run->wait_for_event([words](const Event& event) {
      return event.kind == EventKind::Warning && event.reason.find(words) != std::string::npos;
    });
  };
  replace(folder, "#!/bin/sh\necho I cannot >&2\nexit 7\n");
  run->send(SIGUSR2);
  EXPECT_TRUE(warned("refuses the state of this run: exit status 7")) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("I cannot"));

  replace(folder, "no program");
  run->send(SIGUSR2);
  EXPECT_TRUE(warned("Exec format error")) << run->story();

  std::filesystem::remove(folder.path() / "dynamo");
  run->send(SIGUSR2);
  EXPECT_TRUE(warned("No such file or directory")) << run->story();

  EXPECT_EQ(upgrades(*run), 0U);
  EXPECT_EQ(run->worker("main/0"), worker);
  expect_clean_stop(*run);
}

TEST(Upgrade, WaitsForAReplicaThatIsBetweenTwoStates) {
  const TempDir folder;
  // Not alive any more, and it takes its time to end.
  const auto run = serve_one(
      folder,
      "command: [sh, -c, 'trap \"until [ -e go ]; do sleep 0.01; done; exit 1\" TERM; while :; do sleep 0.01; done'], "
      "live: {exec: [test, \"!\", -e, sick], interval: 20ms, failures: 1}, restart: {backoff: 10ms}, stop: {grace: "
      "60s}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  folder.write("sick", "");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Stopping))) << run->story();
  run->send(SIGUSR2);
  std::filesystem::remove(folder.path() / "sick");
  EXPECT_EQ(upgrades(*run), 0U);
  folder.write("go", "");
  EXPECT_TRUE(eventually([&] { return upgrades(*run) == 1; })) << run->story();
  EXPECT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Ready, 2))) << run->story();
  expect_clean_stop(*run);
}

TEST(Upgrade, LeavesTheGuardBehindItInOrder) {
  for (const bool guardian : {true, false}) {
    const TempDir folder;
    const auto run = serve(folder, graph_of({{"stubborn", "command: [stubborn], endpoints: [serve]"},
                                             {"daemonising", "command: [daemonising], endpoints: [serve]"}}));
    ASSERT_TRUE(run->wait_until_ready()) << run->story();
    ASSERT_TRUE(upgrade(*run));
    ::kill(guardian ? run->pid() : *run->supervisor(), SIGKILL);
    run->wait();
    EXPECT_TRUE(run->nothing_left()) << run->story();
  }
}

TEST(Upgrade, GivesTheWorkersNothingOfItsOwn) {
  const TempDir folder;
  const auto run =
      serve_one(folder, "command: [crash_times, " + (folder.path() / "journal").string() + ", \"100\", SIGKILL, " +
                            (folder.path() / "trigger").string() + "], endpoints: [serve], restart: {backoff: 10ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(upgrade(*run));
  folder.write("trigger", "");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Starting, 2))) << run->story();
  const auto second = run->wait_for_event(reaches("main/0", WorkerState::Starting, 2));
  const std::string environment = read_file("/proc/" + std::to_string(*second->pid) + "/environ");
  EXPECT_EQ(environment.find("DYNAMO_RESUME_FD"), std::string::npos);
  run->send(SIGINT);
  run->wait();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

}  // namespace dynamo::test
