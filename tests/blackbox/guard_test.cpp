// SIGKILL to the processes of dynamo itself, one at a time and together: nothing of the run may be left.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <unistd.h>

namespace dynamo::test {

using testing::HasSubstr;

namespace {

const std::string endpoints = "], endpoints: [serve], ready: {interval: 20ms}, stop: {grace: 60s}";

/// One of each kind that is hard to end, and all of them ready.
std::unique_ptr<RunDynamo> serve_hostile_graph(const TempDir& folder) {
  auto run = serve(folder, graph_of({{"obedient", "command: [obedient" + endpoints},
                                     {"stubborn", "command: [stubborn" + endpoints},
                                     {"forking", "command: [forking" + endpoints},
                                     {"daemonising", "command: [daemonising" + endpoints}}));
  EXPECT_TRUE(run->wait_until_ready()) << run->story();
  // Guardian, supervisor, four leaders, a child and a daemon.
  EXPECT_TRUE(eventually([&] { return run->left().size() == 8; })) << run->story();
  return run;
}

}  // namespace

TEST(Guard, NothingSurvivesTheDeathOfTheGuardian) {
  const TempDir folder;
  const auto run = serve_hostile_graph(folder);
  run->send(SIGKILL);
  EXPECT_EQ(run->wait(), (Ended{.status = -1, .signal = SIGKILL}));
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Guard, NothingSurvivesTheDeathOfTheGuardiansProcessGroup) {
  const TempDir folder;
  const auto run = serve_hostile_graph(folder);
  ::kill(-::getpgid(run->pid()), SIGKILL);
  EXPECT_EQ(run->wait(), (Ended{.status = -1, .signal = SIGKILL}));
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Guard, NothingSurvivesTheDeathOfTheSupervisor) {
  const TempDir folder;
  const auto run = serve_hostile_graph(folder);
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  ::kill(*supervisor, SIGKILL);
  EXPECT_EQ(run->wait(), (Ended{.status = 128 + SIGKILL})) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("supervisor"));
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Guard, NothingSurvivesTheDeathOfTheSupervisorsProcessGroup) {
  const TempDir folder;
  const auto run = serve_hostile_graph(folder);
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  ::kill(-::getpgid(*supervisor), SIGKILL);
  EXPECT_EQ(run->wait(), (Ended{.status = 128 + SIGKILL})) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Guard, NothingOfAWorkerSurvivesTheDeathOfItsProcessGroup) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [daemonising" + endpoints + ", restart: never");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ::kill(-*run->worker("main/0"), SIGKILL);
  EXPECT_EQ(run->wait(), (Ended{.status = 5})) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

/// Who is killed, of a run whose worker has started a chain of processes that never stand still.
/// SIGKILL to guardian and supervisor, or to what `target` makes of their numbers.
void kill_both(RunDynamo& run, pid_t (*target)(pid_t pid)) {
  const auto supervisor = run.supervisor();
  ASSERT_TRUE(supervisor);
  // Stopped first, so that neither of the two can react to the death of the other one.
  ::kill(run.pid(), SIGSTOP);
  ::kill(*supervisor, SIGSTOP);
  ASSERT_TRUE(eventually([&] { return is_stopped(run.pid()) && is_stopped(*supervisor); }));
  const pid_t first = target(*supervisor);
  const pid_t second = target(run.pid());
  ::kill(first, SIGKILL);
  ::kill(second, SIGKILL);
  (void)run.wait();
}

enum class Killed { Guardian, GuardiansGroup, Supervisor, SupervisorsGroup };

class GuardChain : public testing::TestWithParam<Killed> {};

TEST_P(GuardChain, NothingThatForksAwaySurvives) {
  const TempDir folder;
  const std::string lock = folder.path() / "chain";
  const auto run = serve_one(folder, "command: [hopping, " + lock + endpoints);
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(is_locked(lock));
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  switch (GetParam()) {
    case Killed::Guardian: run->send(SIGKILL); break;
    case Killed::GuardiansGroup: ::kill(-::getpgid(run->pid()), SIGKILL); break;
    case Killed::Supervisor: ::kill(*supervisor, SIGKILL); break;
    case Killed::SupervisorsGroup: ::kill(-::getpgid(*supervisor), SIGKILL); break;
  }
  (void)run->wait();
  EXPECT_TRUE(eventually([&] { return !is_locked(lock); }, std::chrono::seconds(5))) << run->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

std::string killed_word(const testing::TestParamInfo<Killed>& tested) {
  switch (tested.param) {
    case Killed::Guardian: return "Guardian";
    case Killed::GuardiansGroup: return "GuardiansGroup";
    case Killed::Supervisor: return "Supervisor";
    case Killed::SupervisorsGroup: return "SupervisorsGroup";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Killed, GuardChain,
                         testing::Values(Killed::Guardian, Killed::GuardiansGroup, Killed::Supervisor,
                                         Killed::SupervisorsGroup),
                         killed_word);

TEST(Guard, TheNextStartSweepsAChainThatForksAway) {
  const TempDir folder;
  const std::string lock = folder.path() / "chain";
  const auto run = serve_one(folder, "command: [hopping, " + lock + endpoints);
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(is_locked(lock));
  kill_both(*run, [](pid_t pid) { return pid; });
  EXPECT_TRUE(is_locked(lock)) << "the chain goes on";

  const TempDir other;
  const auto next = serve_one(other, "command: [obedient], endpoints: [serve]");
  EXPECT_TRUE(next->wait_until_ready()) << next->story();
  EXPECT_TRUE(eventually([&] { return !is_locked(lock); })) << next->story();
  expect_clean_stop(*next);
}

TEST(Guard, TheNextStartSweepsWhatSurvivedTheDeathOfBothGroups) {
  const TempDir folder;
  const auto run = serve_hostile_graph(folder);
  kill_both(*run, [](pid_t pid) { return -::getpgid(pid); });

  const TempDir other;
  const auto next = serve_one(other, "command: [obedient], endpoints: [serve]");
  EXPECT_TRUE(next->wait_until_ready()) << next->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
  expect_clean_stop(*next);
}

TEST(Guard, TheNextStartSweepsWhatSurvivedTheDeathOfBoth) {
  const TempDir folder;
  const auto run = serve_hostile_graph(folder);
  kill_both(*run, [](pid_t pid) { return pid; });
  // The direct children die with the supervisor; daemons may live on until dynamo is started again.
  EXPECT_TRUE(eventually([&] { return run->left().size() <= 2; })) << run->story();

  const TempDir other;
  const auto next = serve_one(other, "command: [obedient], endpoints: [serve]",
                              {.environment = {{"XDG_STATE_HOME", folder.path() / "state"}}});
  EXPECT_TRUE(next->wait_for_text("ready in")) << next->story();
  EXPECT_TRUE(run->nothing_left()) << run->story();
  next->send(SIGINT);
  EXPECT_EQ(next->wait(), (Ended{.status = 130})) << next->story();
  EXPECT_TRUE(next->nothing_left());
}

}  // namespace dynamo::test
