// The date may jump; nothing that waits may notice. A test cannot set the date of the host it runs on, so this asks the
// kernel which clock the supervisor's timers run by; tests/layering keeps the other clocks out of the sources.

#include "tests/blackbox/graphs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace dynamo::test {

using testing::HasSubstr;

TEST(Clock, OfEveryTimerIsTheSteadyOne) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"main",
                                            "command: [obedient], endpoints: [serve], "
                                            "live: {http: /, interval: 60s}"},
                                           {"resting", "command: [one_shot, \"1\"], restart: {backoff: 60s}"}}));
  ASSERT_TRUE(run->wait_for_event(reaches("resting/0", WorkerState::Backoff))) << run->story();
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  const std::string proc = "/proc/" + std::to_string(*supervisor);
  int timers = 0;
  for (const auto& entry : std::filesystem::directory_iterator(proc + "/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry.path(), gone) != "anon_inode:[timerfd]") continue;
    ++timers;
    const std::string about = read_file(proc + "/fdinfo/" + entry.path().filename().string());
    EXPECT_THAT(about, HasSubstr("clockid: " + std::to_string(CLOCK_MONOTONIC) + "\n"));
  }
  EXPECT_GT(timers, 0);
  expect_clean_stop(*run);
}

}  // namespace dynamo::test
