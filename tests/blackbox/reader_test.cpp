// Whoever reads the output of `dynamo serve` may be slow, stopped or gone: no worker may notice, and the log files
// stay complete.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <regex>

#include <fcntl.h>
#include <unistd.h>

namespace dynamo::test {

using testing::HasSubstr;

namespace {

constexpr int lines = 100'000;  // of 100 bytes: more than pipes and buffers hold
const std::string writes_much = "command: [noisy, block, \"" + std::to_string(lines) + "\"], endpoints: [serve]";

class Pipe {
 public:
  Pipe() {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    close_writer();
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_writer() { close_end(ends_[1]); }
  void close_reader() { close_end(ends_[0]); }
  void read_all() {
    std::array<char, 64 * 1024> buffer;
    for (ssize_t n = 0; (n = ::read(ends_[0], buffer.data(), buffer.size())) > 0;) {
      text_.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static void close_end(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }

  std::array<int, 2> ends_{-1, -1};
  std::string text_;
};

bool has_all_lines(const std::string& log) { return log.size() == std::size_t{lines} * 100; }

}  // namespace

TEST(Reader, ThatTakesNothingMoreOfAFullDiskIsToldOf) {
  const TempDir folder;
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  RunDynamo run(folder, {.arguments = {"graph", "schema"}, .output = full});
  ::close(full);
  EXPECT_EQ(run.wait(), (Ended{.status = 3})) << run.story();
  EXPECT_EQ(run.err(), "error: cannot write to standard output: No space left on device\n");
}

TEST(Reader, ThatIsGoneIsNotToldOf) {
  const TempDir folder;
  Pipe pipe;
  pipe.close_reader();
  RunDynamo run(folder, {.arguments = {"graph", "schema"}, .output = pipe.writer()});
  EXPECT_EQ(run.wait(), (Ended{.status = 0})) << run.story();
  EXPECT_EQ(run.err(), "");
}

TEST(Reader, ThatStopsReadingHoldsNoWorkerUp) {
  const TempDir folder;
  Pipe pipe;
  const auto run = serve_one(folder, writes_much, {.output = pipe.writer()});
  pipe.close_writer();
  ASSERT_TRUE(run->wait_until_ready()) << "it listens when all is written\n" << run->err();
  EXPECT_TRUE(eventually([&] { return has_all_lines(run->log("main")); })) << run->log("main").size();

  EXPECT_TRUE(eventually([&] {
    pipe.read_all();
    return run->err().find("left out") != std::string::npos;
  })) << run->err();
  expect_clean_stop(*run);
  pipe.read_all();
  std::smatch told;
  const std::string err = run->err();
  ASSERT_TRUE(std::regex_search(err, told, std::regex("([0-9][0-9 ,']*) lines? (was|were) left out"))) << err;
  std::string digits = told[1];
  std::erase_if(digits, [](char sign) { return sign < '0' || sign > '9'; });
  int shown = 0;
  for (const std::string& line : lines_of(pipe.text())) shown += line.find(" xxxxxxxx") != std::string::npos ? 1 : 0;
  EXPECT_GT(std::stoi(digits), 0);
  EXPECT_EQ(shown + std::stoi(digits), lines) << "each line is shown or counted";
}

TEST(Reader, ThatNeverReadsDoesNotKeepTheRunFromEnding) {
  const TempDir folder;
  Pipe pipe;
  const auto run = serve_one(folder, writes_much, {.output = pipe.writer()});
  pipe.close_writer();
  ASSERT_TRUE(run->wait_until_ready()) << run->err();
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->err();
  EXPECT_TRUE(has_all_lines(run->log("main"))) << run->log("main").size();
  EXPECT_TRUE(run->nothing_left());
}

TEST(Reader, OfATerminalThatNeverReadsDoesNotKeepTheRunFromEnding) {
  const TempDir folder;
  const auto run = serve_one(folder, writes_much, {.terminal = true, .terminal_is_read = false});
  ASSERT_TRUE(run->wait_until_ready());
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(), (Ended{.status = 143}));
  EXPECT_TRUE(has_all_lines(run->log("main"))) << run->log("main").size();
  EXPECT_TRUE(run->nothing_left());
}

TEST(Reader, ThatIsGoneEndsTheRunInGoodOrder) {
  const TempDir folder;
  Pipe pipe;
  const std::string go = folder.path() / "go";
  const auto run = serve(folder,
                         graph_of({{"main", "command: [obedient], endpoints: [serve]"},
                                   {"noisy", "command: [noisy, later, " + go + ", \"1000\"], endpoints: [serve]"}}),
                         {.output = pipe.writer()});
  pipe.close_writer();
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  pipe.close_reader();
  folder.write("go", "");
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_THAT(run->log("main"), HasSubstr("asked to stop by signal 15"));
  const auto stopped = run->wait_for_event(reaches("noisy/0", WorkerState::Stopped));
  ASSERT_TRUE(stopped && stopped->exit) << run->story();
  EXPECT_EQ(stopped->exit->code, SIGTERM) << "no worker meets a broken pipe";
  EXPECT_TRUE(run->nothing_left());
}

}  // namespace dynamo::test
