#include "orchestrator/log_file.h"

#include "tests/support/manual_clock.h"
#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>
#include <boost/json/parse.hpp>

#include <sstream>

namespace dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class LogFiles : public ::testing::Test {
 protected:
  LogFile file(LogLimits limits) {
    LogFile result(clock_, folder_.path() / "backend-0.log", limits);
    EXPECT_TRUE(result.open());
    return result;
  }
  std::string text(const std::string& name) const { return test::contents(folder_.path() / name); }
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      result.push_back(entry.path().filename().string());
    }
    return result;
  }
  /// Who wrote which part of a log, as its index tells.
  std::vector<std::string> told(const std::string& name) const {
    const std::string log = text(name + ".log");
    std::istringstream lines(text(name + ".index"));
    std::vector<std::pair<std::size_t, std::string>> marks;
    for (std::string line; std::getline(lines, line);) {
      const boost::json::object mark = boost::json::parse(line).as_object();
      marks.emplace_back(mark.at("at").to_number<std::size_t>(), std::string(mark.at("stream").as_string()) + " " +
                                                                     std::to_string(mark.at("incarnation").as_int64()));
    }
    std::vector<std::string> result;
    for (std::size_t index = 0; index < marks.size(); ++index) {
      const std::size_t end = index + 1 < marks.size() ? marks[index + 1].first : log.size();
      result.push_back(marks[index].second + ": " + log.substr(marks[index].first, end - marks[index].first));
    }
    return result;
  }

  test::Folder folder_;
  ManualClock clock_;
};

constexpr LogLimits no_limits{.file_bytes = 0, .age = Duration::zero(), .total_bytes = 0};

TEST_F(LogFiles, TellWhoWroteWhat) {
  LogFile log = file(no_limits);
  log.append("a\n", OutputStream::Out, 1, true);
  log.append("b\n", OutputStream::Out, 1, true);
  log.append("trouble\n", OutputStream::Err, 1, true);
  log.append("c\n", OutputStream::Out, 2, true);
  EXPECT_EQ(text("backend-0.log"), "a\nb\ntrouble\nc\n");
  EXPECT_THAT(told("backend-0"), ElementsAre("stdout 1: a\nb\n", "stderr 1: trouble\n", "stdout 2: c\n"));
}

TEST_F(LogFiles, TellTheTimeInSteps) {
  LogFile log = file(no_limits);
  for (int line = 0; line < 25; ++line) {
    log.append("line\n", OutputStream::Out, 1, true);
    clock_.advance(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(told("backend-0").size(), 3U);
}

TEST_F(LogFiles, AreTurnedOverBeforeTheyBecomeTooLarge) {
  LogFile log = file({.file_bytes = 10, .age = Duration::zero(), .total_bytes = 0});
  for (const char* line : {"one\n", "two\n", "three\n", "four\n", "longer than a whole file\n", "end\n"}) {
    EXPECT_EQ(log.append(line, OutputStream::Out, 1, true), 0);
  }
  EXPECT_THAT(names(), UnorderedElementsAre("backend-0.log", "backend-0.index", "backend-0.1.log", "backend-0.1.index",
                                            "backend-0.2.log", "backend-0.2.index", "backend-0.3.log",
                                            "backend-0.3.index", "backend-0.4.log", "backend-0.4.index"));
  EXPECT_EQ(text("backend-0.1.log"), "one\ntwo\n");
  EXPECT_EQ(text("backend-0.2.log"), "three\n");
  EXPECT_EQ(text("backend-0.4.log"), "longer than a whole file\n");
  EXPECT_EQ(text("backend-0.log"), "end\n");
  EXPECT_THAT(told("backend-0"), ElementsAre("stdout 1: end\n")) << "every file has a whole index";
}

TEST_F(LogFiles, AreNeverTurnedOverInsideALine) {
  LogFile log = file({.file_bytes = 8, .age = Duration::zero(), .total_bytes = 0});
  log.append("begin ", OutputStream::Out, 1, true);
  log.append("of a line ", OutputStream::Out, 1, false);
  log.append("end\n", OutputStream::Out, 1, false);
  log.append("next\n", OutputStream::Out, 1, true);
  EXPECT_EQ(text("backend-0.1.log"), "begin of a line end\n");
  EXPECT_EQ(text("backend-0.log"), "next\n");
}

TEST_F(LogFiles, AreTurnedOverWhenTheyAreOld) {
  LogFile log = file({.file_bytes = 0, .age = std::chrono::hours(1), .total_bytes = 0});
  log.append("one\n", OutputStream::Out, 1, true);
  clock_.advance(std::chrono::minutes(59));
  log.append("two\n", OutputStream::Out, 1, true);
  clock_.advance(std::chrono::minutes(1));
  log.append("three\n", OutputStream::Out, 1, true);
  EXPECT_EQ(text("backend-0.1.log"), "one\ntwo\n");
  EXPECT_EQ(text("backend-0.log"), "three\n");
}

TEST_F(LogFiles, LoseTheOldestWhenTheyAreTooMany) {
  LogFile log = file({.file_bytes = 4, .age = Duration::zero(), .total_bytes = 12});
  for (const char* line : {"111\n", "222\n", "333\n", "444\n", "555\n"}) log.append(line, OutputStream::Out, 1, true);
  EXPECT_THAT(names(), UnorderedElementsAre("backend-0.log", "backend-0.index", "backend-0.3.log", "backend-0.3.index",
                                            "backend-0.4.log", "backend-0.4.index"));
  EXPECT_EQ(text("backend-0.3.log") + text("backend-0.4.log") + text("backend-0.log"), "333\n444\n555\n");
}

TEST_F(LogFiles, GoOnWhereAnEarlierProgramLeftThem) {
  const LogLimits limits{.file_bytes = 4, .age = Duration::zero(), .total_bytes = 12};
  {
    LogFile log = file(limits);
    for (const char* line : {"111\n", "222\n", "333\n"}) log.append(line, OutputStream::Out, 1, true);
  }
  LogFile log = file(limits);
  for (const char* line : {"444\n", "555\n"}) log.append(line, OutputStream::Out, 1, true);
  EXPECT_EQ(text("backend-0.3.log") + text("backend-0.4.log") + text("backend-0.log"), "333\n444\n555\n");
  EXPECT_EQ(names().size(), 6U);
}

TEST_F(LogFiles, AreBegunAgainWhenSomebodyHasTakenThemAway) {
  LogFile log = file({.file_bytes = 8, .age = Duration::zero(), .total_bytes = 0});
  log.append("one\n", OutputStream::Out, 1, true);
  std::filesystem::remove(folder_.path() / "backend-0.log");
  log.append("two\n", OutputStream::Out, 1, true);
  log.append("three\n", OutputStream::Out, 1, true);
  EXPECT_EQ(text("backend-0.log"), "three\n");
}

TEST_F(LogFiles, CountWhatADiskHadNoRoomFor) {
  std::filesystem::create_symlink("/dev/full", folder_.path() / "backend-0.log");
  LogFile log = file(no_limits);
  EXPECT_EQ(log.append("lost\n", OutputStream::Out, 1, true), ENOSPC);
  EXPECT_EQ(log.append("too\n", OutputStream::Out, 1, true), ENOSPC);
  EXPECT_EQ(log.lost_bytes(), 9U);
}

TEST(ShareOfTheLogs, IsTheSameForEveryReplica) {
  constexpr std::uint64_t mib = std::uint64_t{1} << 20U;
  const LogLimits whole{.file_bytes = 64 * mib, .age = std::chrono::hours(1), .total_bytes = 4096 * mib};
  EXPECT_EQ(share_of(whole, 1).file_bytes, 64 * mib);
  EXPECT_EQ(share_of(whole, 1).total_bytes, 4096 * mib);
  EXPECT_EQ(share_of(whole, 64).file_bytes, 32 * mib) << "two files have to fit";
  EXPECT_EQ(share_of(whole, 64).total_bytes, 64 * mib);
  EXPECT_EQ(share_of(whole, 64).age, std::chrono::hours(1));
  EXPECT_EQ(share_of({.file_bytes = 0, .age = {}, .total_bytes = 1}, 10).file_bytes, 256U * 1024) << "a few lines";
  EXPECT_EQ(share_of(no_limits, 10).file_bytes, 0U);
}

}  // namespace
}  // namespace dynamo
