// A full disk below the logs: the workers go on, and it is told once, with what it has cost.

#include "tests/blackbox/graphs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include <sched.h>
#include <sys/mount.h>

namespace dynamo::test {

using testing::HasSubstr;

namespace {

/// A file system of 64 KiB that only this process and its children see; it goes away with the last of them.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& at) : at_(at) {
    std::filesystem::create_directories(at);
    mounted_ = ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("small", at.c_str(), "tmpfs", 0, "size=64k,mode=0700") == 0;
    if (!mounted_) error_ = std::strerror(errno);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  explicit operator bool() const { return mounted_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  std::filesystem::path at_;
  bool mounted_ = false;
  std::string error_;
};

int times(const std::string& text, std::string_view words) {
  int count = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
  return count;
}

}  // namespace

TEST(FullDisk, IsToldOnceAndStopsNoWorker) {
  const TempDir folder;
  const SmallDisk disk(folder.path() / "state");
  if (!disk) GTEST_SKIP() << "no file system can be mounted here: " << disk.error();
  constexpr int lines = 10'000;
  const std::string go = folder.path() / "go";
  const auto run =
      serve(folder, graph_of({{"main", "command: [noisy, later, " + go + ", \"" + std::to_string(lines) +
                                           "\"], endpoints: [serve], stop: {grace: 1s}"},
                              {"other", "command: [obedient], endpoints: [serve], live: {http: /, interval: 50ms}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto ready = run->wait_for_event(reaches("main/0", WorkerState::Ready));
  ASSERT_TRUE(ready && !ready->addresses.empty());
  const std::string pid = std::to_string(*run->worker("main/0"));
  folder.write("go", "");
  EXPECT_TRUE(run->wait_for_text("No space left on device")) << run->story();
  EXPECT_EQ(http_get(ready->addresses[0]), pid + "\n") << "it has written everything, and serves";

  run->send(SIGTERM);
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_TRUE(run->nothing_left());
  const std::string err = run->err();
  EXPECT_EQ(times(err, "output is being lost"), 1) << err;
  EXPECT_LE(times(err, "write the events of this run"), 1) << err;
  const std::size_t kept = run->log("main").size();
  EXPECT_GT(kept, 0U);
  EXPECT_THAT(err, HasSubstr(std::to_string(lines * 100 - kept) + " bytes of its output are missing"));
  int shown = 0;
  for (const std::string& line : lines_of(run->out())) shown += line.find(" xxxxxxxx") != std::string::npos ? 1 : 0;
  EXPECT_EQ(shown, lines) << "the screen does not need the disk";
}

TEST(FullDisk, BeforeTheStartIsAnError) {
  const TempDir folder;
  const SmallDisk disk(folder.path() / "state");
  if (!disk) GTEST_SKIP() << "no file system can be mounted here: " << disk.error();
  folder.write("state/filler", std::string(std::size_t{64} * 1024, 'x'));
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]");
  EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("No space left on device"));
  EXPECT_TRUE(run->nothing_left());
}

}  // namespace dynamo::test
