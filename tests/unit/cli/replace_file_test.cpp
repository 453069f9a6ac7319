#include "cli/replace_file.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace dynamo {
namespace {

namespace fs = std::filesystem;

class ReplaceFile : public testing::Test {
 protected:
  [[nodiscard]] auto files() const {
    return std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
  }

  test::TempDir folder;
  fs::path file = folder.write("graph.yaml", "old");
};

TEST_F(ReplaceFile, GivesTheFileANewTextAndKeepsItsMode) {
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_EQ(replace_file(file, "old", "new"), std::nullopt);
  EXPECT_EQ(test::read_file(file), "new");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0640));
  EXPECT_EQ(files(), 1);
}

TEST_F(ReplaceFile, FollowsSymbolicLinks) {
  const fs::path link = folder.path() / "link.yaml";
  fs::create_symlink("graph.yaml", link);
  EXPECT_EQ(replace_file(link, "old", "new"), std::nullopt);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(test::read_file(file), "new");
}

TEST_F(ReplaceFile, LeavesWhatAnotherProgramHasChanged) {
  EXPECT_EQ(replace_file(file, "older", "new"),
            "cannot write `" + file.string() + "`: another program has changed it in the meantime");
  EXPECT_EQ(test::read_file(file), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(ReplaceFile, RefusesWhatIsNoPlainFile) {
  const fs::path pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(replace_file(pipe, "", "new"), "cannot write `" + pipe.string() + "`: it is not a plain file");
}

TEST_F(ReplaceFile, RefusesWhatMayNotBeWritten) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everything";
  ASSERT_EQ(::chmod(file.c_str(), 0440), 0);
  EXPECT_EQ(replace_file(file, "old", "new"), "cannot write `" + file.string() + "`: Permission denied");
}

TEST_F(ReplaceFile, WritesAFileInItsPlaceWhereItsFolderIsNotWritable) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everything";
  ASSERT_EQ(::chmod(folder.path().c_str(), 0500), 0);
  const auto refused = replace_file(file, "old", "new");
  ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
  EXPECT_EQ(refused, std::nullopt);
  EXPECT_EQ(test::read_file(file), "new");
}

TEST_F(ReplaceFile, KeepsTheOtherNamesOfAFile) {
  const fs::path other = folder.path() / "other.yaml";
  fs::create_hard_link(file, other);
  EXPECT_EQ(replace_file(file, "old", "longer than before"), std::nullopt);
  EXPECT_EQ(test::read_file(other), "longer than before");
  EXPECT_EQ(replace_file(other, "longer than before", "short"), std::nullopt);
  EXPECT_EQ(test::read_file(file), "short");
  EXPECT_EQ(fs::hard_link_count(file), 2U);
  EXPECT_EQ(replace_file(file, "old", "new"),
            "cannot write `" + file.string() + "`: another program has changed it in the meantime");
  EXPECT_EQ(test::read_file(file), "short");
}

}  // namespace
}  // namespace dynamo
