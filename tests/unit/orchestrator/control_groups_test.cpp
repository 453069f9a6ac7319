#include "orchestrator/control_groups.h"

#include "orchestrator/run_lock.h"
#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>

namespace dynamo {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

PlannedProcess process(const std::string& slot, std::optional<std::uint64_t> memory, std::optional<double> cpus) {
  PlannedProcess result;
  result.slot = slot;
  result.resources.memory_bytes = memory;
  result.resources.cpus = cpus;
  return result;
}

/// A folder with the files of a control group. What the kernel would do with them does not happen.
class Groups : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) { std::ofstream(own_ / path) << text; }
  std::string text(const std::string& path) const { return test::contents(own_ / path); }
  void delegate(const std::string& controllers, const std::string& on, const std::string& processes) {
    write("cgroup.controllers", controllers);
    write("cgroup.subtree_control", on);
    write("cgroup.procs", processes);
    write("cgroup.type", "domain");
  }
  void SetUp() override {
    std::filesystem::create_directories(own_);
    std::filesystem::create_directories(runs_ / "ab12");
  }

  test::Folder folder_;
  std::filesystem::path own_ = folder_.path() / "own";
  std::filesystem::path runs_ = folder_.path() / "runs";
};

TEST_F(Groups, HoldTheLimitsOfAReplica) {
  delegate("cpu memory pids", "", "10\n11\n");
  ControlGroups groups(own_, runs_ / "ab12");
  const auto limited = process("backend", 512U << 20U, 1.5);
  EXPECT_EQ(groups.prepare({limited, process("front", std::nullopt, std::nullopt)}, {10, 11}), "");
  EXPECT_EQ(text("cgroup.subtree_control"), "+cpu +memory");
  EXPECT_EQ(text("dynamo-ab12.supervisor/cgroup.procs"), "11") << "one at a time";
  EXPECT_EQ(text("dynamo-ab12.backend-0/memory.max"), "536870912");
  EXPECT_EQ(text("dynamo-ab12.backend-0/memory.oom.group"), "1");
  EXPECT_EQ(text("dynamo-ab12.backend-0/cpu.max"), "150000 100000");
  EXPECT_FALSE(std::filesystem::exists(own_ / "dynamo-ab12.front-0"));
}

TEST_F(Groups, AreEnteredAndTellWhenMemoryRanOut) {
  delegate("cpu memory", "cpu memory", "");
  ControlGroups groups(own_, runs_ / "ab12");
  const auto limited = process("backend", 1U << 20U, std::nullopt);
  const auto free = process("front", std::nullopt, std::nullopt);
  ASSERT_EQ(groups.prepare({limited, free}, {}), "");
  EXPECT_FALSE(groups.door(limited)) << "no kernel has made the file";
  write("dynamo-ab12.backend-0/cgroup.procs", "");
  write("dynamo-ab12.backend-0/memory.events", "low 0\nhigh 0\nmax 7\noom 2\noom_kill 3\n");
  EXPECT_TRUE(groups.door(limited));
  EXPECT_FALSE(groups.door(free));
  EXPECT_EQ(groups.out_of_memory(limited), 3U);
  EXPECT_EQ(groups.out_of_memory(free), 0U);
}

TEST_F(Groups, AreNotTouchedWhenNobodyHasALimit) {
  delegate("cpu memory", "", "10\n");
  ControlGroups groups(own_, runs_ / "ab12");
  EXPECT_EQ(groups.prepare({process("front", std::nullopt, std::nullopt)}, {10}), "");
  EXPECT_EQ(text("cgroup.subtree_control"), "");
}

TEST_F(Groups, TellWhyTheyCannotBe) {
  const std::vector<PlannedProcess> limited = {process("backend", 1U << 20U, 1)};
  const auto reason = [&](const std::filesystem::path& own) {
    ControlGroups groups(own, runs_ / "ab12");
    std::string result = groups.prepare(limited, {10});
    EXPECT_FALSE(groups.door(limited.front()));
    return result;
  };
  EXPECT_EQ(reason({}), "this host has no cgroup v2");
  EXPECT_EQ(reason(own_), "this host has no cgroup v2");
  delegate("pids", "", "10\n");
  EXPECT_THAT(reason(own_), HasSubstr("has no controller `cpu` and `memory`"));
  delegate("cpu memory", "", "10\n99\n");
  EXPECT_THAT(reason(own_), AllOf(HasSubstr("holds other processes than dynamo"), HasSubstr("Delegate=yes")));
}

TEST_F(Groups, GoOnBelowTheSamePlaceAfterAnUpgrade) {
  delegate("cpu memory", "cpu memory", "");
  std::filesystem::create_directories(own_ / "dynamo-ab12.supervisor");
  ControlGroups groups(own_ / "dynamo-ab12.supervisor", runs_ / "ab12");
  ASSERT_EQ(groups.prepare({process("backend", 4096, std::nullopt)}, {10, 11}), "");
  EXPECT_EQ(text("dynamo-ab12.backend-0/memory.max"), "4096");
}

TEST_F(Groups, OfDeadRunsAreRemoved) {
  delegate("cpu memory", "cpu memory", "");
  for (const char* run : {"dead", "alive", "unknown"})
    std::filesystem::create_directories(own_ / ("dynamo-" + std::string(run) + ".main-0"));
  for (const char* run : {"dead", "alive"}) std::filesystem::create_directories(runs_ / run);
  { const auto was_there = lock_run(runs_ / "dead"); }
  const auto is_there = lock_run(runs_ / "alive");
  ControlGroups groups(own_, runs_ / "ab12");
  ASSERT_EQ(groups.prepare({process("backend", 4096, std::nullopt)}, {}), "");
  EXPECT_FALSE(std::filesystem::exists(own_ / "dynamo-dead.main-0"));
  EXPECT_TRUE(std::filesystem::exists(own_ / "dynamo-alive.main-0"));
  EXPECT_TRUE(std::filesystem::exists(own_ / "dynamo-unknown.main-0"));
}

TEST(OwnControlGroup, IsAFolderOfThisHostOrNone) {
  const std::filesystem::path own = own_control_group();
  if (own.empty()) GTEST_SKIP() << "this host has no cgroup v2";
  EXPECT_TRUE(std::filesystem::exists(own / "cgroup.procs")) << own;
}

}  // namespace
}  // namespace dynamo
