// The output of workers: every byte in the log file, whole lines with a name in front on the screen.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"
#include "tests/support/sanitized.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include <chrono>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dynamo::test {

using testing::HasSubstr;

TEST(Logs, KeepEveryByteAsItWasWritten) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [noisy, bytes], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  std::string expected;
  for (int byte = 0; byte < 256; ++byte) expected.push_back(static_cast<char>(byte));
  expected += "\n\x1b[31mred\x1b[0m\r\nA\xff\xfe";
  expected += "B\n";
  EXPECT_TRUE(eventually([&] { return run->log("main") == expected; })) << run->log("main").size() << " bytes";
  expect_clean_stop(*run);
}

TEST(Logs, EndALastHalfLineSoThatTwoLivesNeverShareOne) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [noisy, partial], endpoints: [serve], restart: {max: 2, backoff: 10ms}");
  EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
  const std::string life = "whole line\nhalf a line\n";
  EXPECT_EQ(run->log("main"), life + life + life);
  EXPECT_THAT(run->err() + run->out(), HasSubstr("half a line"));
}

TEST(Logs, LoseNoLineOfManyAndTearNone) {
  const TempDir folder;
  constexpr int lines = 20000;
  const auto run = serve_one(folder, "command: [noisy, lines, \"" + std::to_string(lines) + "\"], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(
      eventually([&] { return run->log("main").find("\n" + std::to_string(lines - 1) + " ") != std::string::npos; }));
  expect_clean_stop(*run);
  int out = 0;
  int err = 0;
  for (const std::string& line : lines_of(run->log("main"))) {
    if (line.starts_with("error ")) {
      ++err;
    } else {
      EXPECT_EQ(line.size(), 99U) << line;
      EXPECT_EQ(std::stoi(line), out) << line;
      ++out;
    }
  }
  EXPECT_EQ(out, lines);
  EXPECT_EQ(err, lines / 10);
  int shown = 0;
  for (const std::string& line : lines_of(run->out())) shown += line.find("xxxxxxxxxx") != std::string::npos ? 1 : 0;
  EXPECT_EQ(shown, lines) << "the screen shows each line, too";
}

TEST(Logs, KeepTheLastHalfLineOfOneThatEndsAtOnce) {
  const TempDir folder;
  constexpr int replicas = 100;
  // Somebody else needs the processors, too.
  std::vector<pid_t> busy;
  for (int count = 0; count < 4; ++count) {
    busy.push_back(::fork());
    if (busy.back() == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (volatile bool always = true; always;) {
      }
    }
  }
  const auto run = serve_one(folder, "command: [printf, 'a\\nb'], replicas: " + std::to_string(replicas));
  EXPECT_EQ(run->wait(std::chrono::seconds(80)), (Ended{.status = 0})) << run->story();
  for (const pid_t pid : busy) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  for (int replica = 0; replica < replicas; ++replica) EXPECT_EQ(run->log("main", replica), "a\nb\n") << replica;
  int shown = 0;
  for (const std::string& line : lines_of(run->out())) shown += line.ends_with("| a") || line.ends_with("| b") ? 1 : 0;
  EXPECT_EQ(shown, 2 * replicas);
}

TEST(Logs, NeverMixTwoWritersInALine) {
  const TempDir folder;
  constexpr int lines = 200;
  const std::string go = folder.path() / "go";
  const auto run = serve_one(folder, "command: [noisy, halves, \"" + std::to_string(lines) + "\", " + go +
                                         "], endpoints: [serve], replicas: 2");
  ASSERT_TRUE(run->wait_for_event(reaches("main/1", WorkerState::Starting))) << run->story();
  folder.write("go", "");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
  int shown = 0;
  for (const std::string& line : lines_of(run->out())) {
    EXPECT_TRUE(line.ends_with("| first half, second half") || line.ends_with("| mistake, told")) << line;
    ++shown;
  }
  EXPECT_EQ(shown, 2 * 2 * lines);
  for (int replica = 0; replica < 2; ++replica) {
    EXPECT_EQ(count_lines(run->log("main", replica), "first half, second half"), lines);
    EXPECT_EQ(count_lines(run->log("main", replica), "mistake, told"), lines);
  }
}

TEST(Logs, OfAnyBytesAreStillJson) {
  const TempDir folder;
  const auto run =
      serve_one(folder, "command: [noisy, bytes], endpoints: [serve]", {.arguments = {"--log-format", "json"}});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
  int output = 0;
  for (const std::string& line : lines_of(run->out())) {
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(line, error);
    EXPECT_TRUE(!error && value.is_object()) << line;
    output += line.find("red") != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(output, 1);
}

TEST(Logs, HoldAnEscapeThatNeverEndsWithoutHoldingItInMemory) {
  const TempDir folder;
  constexpr int size = 10 * 1024 * 1024;
  const auto run = serve_one(folder, "command: [noisy, escape, \"" + std::to_string(size) + "\"], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << "it is not held up";
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  if (!sanitized) {
    EXPECT_LT(peak_memory_of(*supervisor), 30 * 1024) << "kilobytes";
  }
  expect_clean_stop(*run);
  EXPECT_EQ(run->log("main").size(), size + 5U) << "with the end that it did not write";
}

TEST(Logs, AreTurnedOverAtTheSizeThatIsWanted) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [noisy, lines, \"5000\"], endpoints: [serve]",
                             {.arguments = {"--log-size", "200Ki", "--log-total", "1Gi"}});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  std::string whole;
  const std::filesystem::path logs = *run->run_dir() / "logs";
  for (int number = 1; std::filesystem::exists(logs / ("main-0." + std::to_string(number) + ".log")); ++number) {
    const std::string part = read_file(logs / ("main-0." + std::to_string(number) + ".log"));
    EXPECT_LE(part.size(), 200U * 1024);
    EXPECT_TRUE(part.ends_with('\n')) << "no line is cut";
    EXPECT_TRUE(std::filesystem::exists(logs / ("main-0." + std::to_string(number) + ".index")));
    whole += part;
  }
  EXPECT_FALSE(whole.empty());
  EXPECT_GE(lines_of(whole + run->log("main")).size(), 5000U);
  expect_clean_stop(*run);
}

TEST(Logs, OfTwoMillionLinesNeedNoMemory) {
  const TempDir folder;
  constexpr std::size_t lines = 2'000'000;
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const auto run = serve_one(folder, "command: [noisy, block, \"" + std::to_string(lines) + "\"], endpoints: [serve]",
                             {.arguments = {"--log-size", "0"}, .output = null});
  ::close(null);
  ASSERT_TRUE(run->wait_until_ready(std::chrono::seconds(60))) << "it listens when all is written";
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  if (!sanitized) {
    EXPECT_LT(peak_memory_of(*supervisor), 30 * 1024) << "kilobytes";
  }
  expect_clean_stop(*run);
  std::ifstream log(*run->run_dir() / "logs/main-0.log");
  std::size_t expected = 0;
  for (std::string line; std::getline(log, line); ++expected) {
    ASSERT_EQ(std::stoul(line), expected) << line;
    ASSERT_EQ(line.size(), 99U) << line;
  }
  EXPECT_EQ(expected, lines);
}

TEST(Logs, HoldAHugeLineWithoutHoldingItInMemory) {
  const TempDir folder;
  constexpr int size = 10 * 1024 * 1024;
  const auto run = serve_one(folder, "command: [noisy, long, \"" + std::to_string(size) + "\"], endpoints: [serve]");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(eventually([&] { return run->log("main").size() == size + 1U; })) << run->log("main").size();
  const auto supervisor = run->supervisor();
  ASSERT_TRUE(supervisor);
  const std::string status = read_file("/proc/" + std::to_string(*supervisor) + "/status");
  const std::size_t at = status.find("VmHWM:");
  ASSERT_NE(at, std::string::npos);
  if (!sanitized) {
    EXPECT_LT(std::stol(status.substr(at + 6)), 30 * 1024) << "kilobytes at most, whatever a worker writes";
  }
  expect_clean_stop(*run);
}

TEST(Logs, ShowWhoWroteALine) {
  const TempDir folder;
  const auto run =
      serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve]"},
                              {"backend", "command: [stubborn], endpoints: [serve], stop: {grace: 1ms}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  EXPECT_TRUE(run->wait_for_text("serving"));
  EXPECT_TRUE(run->wait_for_text("ignoring"));
  expect_clean_stop(*run);
  int named = 0;
  for (const std::string& line : lines_of(run->out() + run->err())) {
    if (line.ends_with("| serving")) named += line.find("front/0") != std::string::npos ? 1 : 0;
    if (line.ends_with("| ignoring")) named += line.find("backend/0") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(named, 2) << run->story();
}

}  // namespace dynamo::test
