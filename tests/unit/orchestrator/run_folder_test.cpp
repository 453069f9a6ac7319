#include "orchestrator/run_folder.h"

#include "orchestrator/run_lock.h"
#include "proto/json.h"
#include "tests/unit/orchestrator/plans.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <boost/json/parse.hpp>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace dynamo {
namespace {

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "runs-XXXXXX").string();
    base_ = ::mkdtemp(pattern.data());
    options_.run_dir = base_ / "deep" / "runs" / "7f3a";
    options_.socket_dir = base_ / "s";
  }
  void TearDown() override { std::filesystem::remove_all(base_); }
  std::filesystem::path base_;
  RunOptions options_;
};

TEST_F(Folder, IsMadeForThisUserAloneWithThePlanInIt) {
  testing::PlanBuilder builder;
  builder.slot("backend", 1);
  const Result<RunFolder> folder = RunFolder::create(builder.plan, options_);
  ASSERT_TRUE(folder);
  for (const auto& path : {options_.run_dir, options_.run_dir / "logs", options_.run_dir / "kv", options_.socket_dir}) {
    struct stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0) << path;
    EXPECT_EQ(facts.st_mode & 0777U, 0700U) << path;
  }
  std::ostringstream text;
  text << std::ifstream(options_.run_dir / "plan.json").rdbuf();
  Plan read;
  ASSERT_TRUE(from_json(boost::json::parse(text.str()), read));
  EXPECT_EQ(read, builder.plan);
}

TEST_F(Folder, TellsALivingRunFromADeadOne) {
  {
    const Result<RunFolder> folder = RunFolder::create(Plan{}, options_);
    ASSERT_TRUE(folder);
    EXPECT_EQ(run_life(options_.run_dir), RunLife::Alive);
    EXPECT_FALSE(RunFolder::create(Plan{}, options_)) << "a second run must not take the folder over";
  }
  EXPECT_EQ(run_life(options_.run_dir), RunLife::Dead);
}

TEST_F(Folder, IsNotMadeWhereSomebodyElseHasPutALink) {
  std::filesystem::create_directories(base_ / "elsewhere");
  std::filesystem::create_symlink(base_ / "elsewhere", options_.socket_dir);
  const Result<RunFolder> folder = RunFolder::create(Plan{}, options_);
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error().message(), ::testing::HasSubstr("not a folder of ours"));
}

TEST_F(Folder, IsGoneWhenNothingCouldBeStarted) {
  const Result<RunFolder> folder = RunFolder::create(Plan{}, options_);
  ASSERT_TRUE(folder);
  folder->discard();
  EXPECT_FALSE(std::filesystem::exists(options_.run_dir));
  EXPECT_FALSE(std::filesystem::exists(options_.socket_dir));
}

TEST_F(Folder, GetsAnIdThatNoOtherRunHas) {
  std::set<std::string> ids;
  for (int round = 0; round < 300; ++round) {
    const std::string id = make_run_id(base_);
    EXPECT_GE(id.size(), 4U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
    EXPECT_TRUE(ids.insert(id).second) << id;
    std::filesystem::create_directory(base_ / id);
  }
}

}  // namespace
}  // namespace dynamo
