#include "orchestrator/sweep.h"

#include "orchestrator/run_lock.h"
#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace dynamo {
namespace {

class Sweep : public test::KernelTest {
 protected:
  /// A process with a mark that is nobody's child any more, as after a crash of dynamo.
  pid_t start_marked(const std::string& run_dir) {
    ProcessSpec spec = shell("setsid sh -c 'trap \"\" TERM; echo $$ > up.new; mv up.new up; sleep 1000; true' & wait");
    spec.mark = make_mark(run_dir, "backend/0", 2);
    leader_ = start(spec);
    return wait_for_pid("up");
  }
  static bool found(const std::vector<SweptProcess>& swept, pid_t pid) {
    return std::any_of(swept.begin(), swept.end(), [pid](const SweptProcess& each) { return each.pid == pid; });
  }
  std::unique_ptr<Process> leader_;
};

TEST_F(Sweep, EndsTheRestOfADeadRun) {
  lock_run(folder_.path())->close();
  const pid_t pid = start_marked(folder_.path());
  const std::vector<SweptProcess> swept = sweep_dead_runs();
  const auto entry =
      std::find_if(swept.begin(), swept.end(), [pid](const SweptProcess& each) { return each.pid == pid; });
  // Any dynamo that starts on this host at this moment sweeps too, and may have been faster.
  if (entry != swept.end()) {
    EXPECT_EQ(entry->name, "sh");
    EXPECT_EQ(entry->worker, "backend/0");
    EXPECT_EQ(entry->run_dir, folder_.path());
    EXPECT_TRUE(entry->killed);
  }
  EXPECT_TRUE(test::eventually([&] { return !test::lives(pid); }));
  run(leader_->kill_tree());
}

TEST_F(Sweep, SparesALivingRun) {
  const auto lock = lock_run(folder_.path());
  ASSERT_TRUE(lock);
  const pid_t pid = start_marked(folder_.path());
  EXPECT_FALSE(found(sweep_dead_runs(), pid));
  EXPECT_TRUE(test::lives(pid));
  run(leader_->kill_tree());
}

TEST_F(Sweep, SparesARunThatItKnowsNothingOf) {
  const pid_t pid = start_marked(folder_.path());
  EXPECT_FALSE(found(sweep_dead_runs(), pid)) << "no lock file: its folder may have been removed, or be elsewhere";
  EXPECT_TRUE(test::lives(pid));
  run(leader_->kill_tree());
}

TEST(RunLock, TellsTheLivingFromTheDead) {
  const test::Folder folder;
  EXPECT_EQ(run_life(folder.path()), RunLife::Unknown);
  {
    const auto lock = lock_run(folder.path());
    ASSERT_TRUE(lock);
    EXPECT_EQ(run_life(folder.path()), RunLife::Alive);
    const auto second = lock_run(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().error, boost::system::errc::operation_would_block);
  }
  EXPECT_EQ(run_life(folder.path()), RunLife::Dead);
}

TEST(ProcessTree, ReadsNamesWithBracketsAndBlanks) {
  std::ofstream("/proc/self/comm") << "a) R 1 (b";
  const auto facts = read_process(::getpid());
  ASSERT_TRUE(facts);
  std::ofstream("/proc/self/comm") << "orchestrator_mechanisms_test";
  EXPECT_EQ(facts->name, "a) R 1 (b");
  EXPECT_EQ(facts->parent, ::getppid());
  EXPECT_EQ(facts->group, ::getpgrp());
  EXPECT_EQ(facts->session, ::getsid(0));
  EXPECT_GT(facts->start_time, 0U);
}

TEST(ProcessTree, DoesNotSignalAnotherProcessOfTheSameNumber) {
  ProcessFacts facts = *read_process(::getpid());
  EXPECT_TRUE(signal_verified(facts, 0));
  ++facts.start_time;
  EXPECT_FALSE(signal_verified(facts, 0));
}

}  // namespace
}  // namespace dynamo
