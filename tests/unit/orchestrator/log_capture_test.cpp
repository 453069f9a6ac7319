#include "orchestrator/log_capture.h"

#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>

namespace dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class Capture : public test::KernelTest {
 protected:
  LogCapture::Listeners listeners() {
    LogCapture::Listeners result;
    result.lines = [this](OutputStream stream, std::string_view lines) {
      EXPECT_TRUE(lines.ends_with('\n'));
      (stream == OutputStream::Out ? out_ : err_) += lines;
      both_ += lines;
    };
    result.trouble = [this](std::string_view sentence) { trouble_.emplace_back(sentence); };
    return result;
  }
  std::unique_ptr<LogCapture> capture_to(const std::filesystem::path& file) {
    return std::make_unique<LogCapture>(context_.get_executor(), clock_, buffer_, LogFile(clock_, file, {}),
                                        listeners());
  }
  std::unique_ptr<Process> start_captured(LogCapture& capture, const std::string& script) {
    auto ends = capture.begin(1);
    EXPECT_TRUE(ends);
    ProcessSpec spec = shell(script);
    spec.descriptors = {{ends->out.get(), 1}, {ends->err.get(), 2}};
    return start(spec);
  }
  void run_script(LogCapture& capture, const std::string& script) {
    auto process = start_captured(capture, script);
    run(process->wait());
    run(process->kill_tree());
    run(capture.finish(clock_.now() + 2s));
  }

  ReadBuffer buffer_;
  std::string out_;
  std::string err_;
  std::string both_;
  std::vector<std::string> trouble_;
  std::string file_ = folder_.file("worker.log");
};

TEST_F(Capture, KeepsTheStreamsApartAndTheFileTogether) {
  auto capture = capture_to(file_);
  run_script(*capture, "echo out; echo err >&2");
  EXPECT_EQ(out_, "out\n");
  EXPECT_EQ(err_, "err\n");
  EXPECT_EQ(test::contents(file_), both_);
}

TEST_F(Capture, WritesBytesAsTheyCame) {
  auto capture = capture_to(file_);
  run_script(*capture, R"(printf 'A\377\376\000B\033[31m\r\n')");
  EXPECT_EQ(test::contents(file_), std::string("A\377\376\000B\033[31m\r\n", 12));
}

TEST_F(Capture, GivesPipesThatCanBeOpenedAgain) {
  auto capture = capture_to(file_);
  run_script(*capture, "echo again > /dev/stderr; echo more > /dev/stdout");
  EXPECT_EQ(err_, "again\n");
  EXPECT_EQ(out_, "more\n");
}

TEST_F(Capture, GivesTheChildBlockingEnds) {
  auto capture = capture_to(file_);
  auto ends = capture->begin(1);
  ASSERT_TRUE(ends);
  EXPECT_EQ(::fcntl(ends->out.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_EQ(::fcntl(ends->err.get(), F_GETFL) & O_NONBLOCK, 0);
  *ends = {};
  run(capture->finish(clock_.now()));
}

TEST_F(Capture, NeverLosesTheLastLine) {
  auto capture = capture_to(file_);
  constexpr int times = 1000;
  std::string expected;
  for (int i = 0; i < times; ++i) {
    run_script(*capture, "printf 'a\\nb'");
    expected += "a\nb\n";
  }
  EXPECT_EQ(test::contents(file_), expected);
  EXPECT_EQ(out_, expected);
}

TEST_F(Capture, NeverGluesTwoIncarnations) {
  auto capture = capture_to(file_);
  run_script(*capture, "printf half");
  run_script(*capture, "echo whole");
  EXPECT_EQ(test::contents(file_), "half\nwhole\n");
}

TEST_F(Capture, NeverMixesTheStreamsInsideALine) {
  auto capture = capture_to(file_);
  run_script(*capture, "printf 'first '; sleep 0.05; echo other >&2; sleep 0.05; echo half");
  EXPECT_EQ(test::contents(file_), "other\nfirst half\n");
}

TEST_F(Capture, CutsAnEndlessLineForListenersOnly) {
  auto capture = capture_to(file_);
  run_script(*capture, "head -c 10485760 /dev/zero | tr '\\0' x; echo; echo next");
  const std::string file = test::contents(file_);
  EXPECT_EQ(file.size(), 10485760U + 6);
  EXPECT_EQ(file.find('\n'), 10485760U);
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 10485760 / 65536 + 1) << "pieces, and `next`";
  EXPECT_TRUE(out_.ends_with("x\nnext\n"));
}

TEST_F(Capture, CompletesACutLineWithoutAnEnd) {
  auto capture = capture_to(file_);
  run_script(*capture, "head -c 65536 /dev/zero | tr '\\0' x");
  run_script(*capture, "echo next");
  EXPECT_EQ(test::contents(file_), std::string(65536, 'x') + "\nnext\n");
}

TEST_F(Capture, LosesNothingOfAFlood) {
  auto capture = capture_to(file_);
  run_script(*capture, "seq 1 300000 & seq 300001 600000 >&2; wait");
  EXPECT_EQ(std::count(out_.begin(), out_.end(), '\n'), 300000);
  EXPECT_EQ(std::count(err_.begin(), err_.end(), '\n'), 300000);
  EXPECT_EQ(test::contents(file_), both_);
}

TEST_F(Capture, DoesNotWaitForAStrangerWhoHoldsThePipe) {
  auto capture = capture_to(file_);
  auto ends = capture->begin(1);
  ASSERT_TRUE(ends);
  const FileDescriptor held_by_a_stranger = ends->out.duplicate();
  ASSERT_GT(::write(held_by_a_stranger.get(), "last words", 10), 0);
  *ends = {};
  const auto before = clock_.now();
  run(capture->finish(before + 50ms));
  EXPECT_GE(clock_.now() - before, 50ms);
  EXPECT_LT(clock_.now() - before, 1s);
  EXPECT_EQ(test::contents(file_), "last words\n");
  run_script(*capture, "echo next");
  EXPECT_EQ(test::contents(file_), "last words\nnext\n");
}

TEST_F(Capture, KeepsTheLastTwentyLines) {
  auto capture = capture_to(file_);
  run_script(*capture, "seq 1 100; echo last >&2; printf 'end\\r\\n' >&2");
  const std::vector<std::string> lines = capture->last_lines();
  ASSERT_EQ(lines.size(), 20U);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "end"), 1) << "without its end";
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "100"), 1);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "82"), 0);
}

TEST_F(Capture, KeepsLinesThatComeOneByOne) {
  auto capture = capture_to(file_);
  for (int i = 0; i < 21; ++i) run_script(*capture, "echo " + std::to_string(i));
  const std::vector<std::string> lines = capture->last_lines();
  ASSERT_EQ(lines.size(), 20U);
  EXPECT_EQ(lines.front(), "1");
  EXPECT_EQ(lines.back(), "20");
}

TEST_F(Capture, ShowsEachLineToAWatcher) {
  auto capture = capture_to(file_);
  std::vector<std::string> seen;
  capture->watch([&](std::string_view line) { seen.emplace_back(line); });
  run_script(*capture, "printf 'one\\n\\nthr'; sleep 0.02; printf 'ee\\r\\nfour'");
  EXPECT_THAT(seen, ElementsAre("one", "", "three", "four"));
}

TEST_F(Capture, TellsOfAFullDiskOnceAndGoesOn) {
  // /dev/full answers every write with "No space left on device".
  const auto full = folder_.path() / "full.log";
  std::filesystem::create_symlink("/dev/full", full);
  auto capture = capture_to(full);
  run_script(*capture, "for i in 1 2 3 4 5; do echo $i; sleep 0.01; done");
  EXPECT_EQ(out_, "1\n2\n3\n4\n5\n") << "listeners still get it";
  ASSERT_EQ(trouble_.size(), 1U);
  EXPECT_THAT(trouble_[0], HasSubstr("full.log: No space left on device"));
  EXPECT_EQ(capture->lost_bytes(), 10U);
}

TEST_F(Capture, TellsWhenTheFileCannotBeMade) {
  auto capture = capture_to("/nowhere/worker.log");
  const auto ends = capture->begin(1);
  ASSERT_FALSE(ends);
  EXPECT_EQ(ends.error().message(), "cannot open /nowhere/worker.log: No such file or directory");
}

TEST_F(Capture, MakesAFileThatOthersCannotRead) {
  auto capture = capture_to(file_);
  run_script(*capture, "echo secret");
  const auto permissions = std::filesystem::status(file_).permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace dynamo
