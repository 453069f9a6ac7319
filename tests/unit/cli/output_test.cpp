#include "cli/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace dynamo {
namespace {

/// A pipe whose reader takes nothing until the test does.
class DescriptorOutputTest : public testing::Test {
 protected:
  DescriptorOutputTest() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    EXPECT_GE(::fcntl(ends[1], F_SETPIPE_SZ, 4096), 4096);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  ~DescriptorOutputTest() override {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  void read_all() {
    std::array<char, 4096> buffer{};
    for (ssize_t count = ::read(ends[0], buffer.data(), buffer.size()); count > 0;
         count = ::read(ends[0], buffer.data(), buffer.size())) {
      got.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  std::array<int, 2> ends{-1, -1};
  std::string got;
};

TEST_F(DescriptorOutputTest, NeitherWaitsForASlowReaderNorTearsALine) {
  DescriptorOutput output(ends[1]);
  output.do_not_wait(20'000);
  const std::string line(99, 'x');
  constexpr std::size_t lines = 1000;
  for (std::size_t index = 0; index < lines; ++index) output.write(line + "\n");
  EXPECT_FALSE(output.flush());
  EXPECT_EQ(output.take_lost(), 0U) << "not before the reader has caught up";
  for (bool done = false; !done; done = output.flush()) read_all();
  read_all();
  const std::size_t lost = output.take_lost();
  EXPECT_GT(lost, 0U);
  const auto ends_of_lines = static_cast<std::size_t>(std::count(got.begin(), got.end(), '\n'));
  EXPECT_EQ(ends_of_lines + lost, lines);
  EXPECT_EQ(got.size(), ends_of_lines * 100) << "only whole lines";
  EXPECT_EQ(output.take_lost(), 0U) << "told once";
  output.write("again\n");
  read_all();
  EXPECT_TRUE(got.ends_with("x\nagain\n"));
}

TEST_F(DescriptorOutputTest, TakesAReaderThatTakesNothingForGoneWhenTheRunIsOver) {
  DescriptorOutput output(ends[1]);
  output.do_not_wait(20'000);
  output.write(std::string(10'000, 'x') + "\n");
  output.wait_again();
  EXPECT_TRUE(output.closed());
  read_all();
  EXPECT_EQ(got.size(), 4096U);
}

TEST_F(DescriptorOutputTest, SaysWhenItsReaderHasGone) {
  DescriptorOutput output(ends[1]);
  output.write("a");
  EXPECT_FALSE(output.closed());
  close_reader();
  output.write("b");
  EXPECT_TRUE(output.closed());
  output.do_not_wait(100);
  output.write("c");
  EXPECT_TRUE(output.flush()) << "nothing is kept for nobody";
}

TEST_F(DescriptorOutputTest, TakesAReaderThatHasGoneForNoFailure) {
  DescriptorOutput output(ends[1]);
  close_reader();
  output.write("a");
  EXPECT_TRUE(output.closed());
  EXPECT_FALSE(output.failure());
}

TEST(DescriptorOutput, TellsWhyTheSystemRefusedAWrite) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  DescriptorOutput output(full);
  output.write("");
  EXPECT_FALSE(output.failure()) << "nothing had to be written";
  output.write("a");
  EXPECT_EQ(output.failure(), boost::system::errc::no_space_on_device);
  EXPECT_TRUE(output.closed());
  ::close(full);
}

TEST(DescriptorOutput, NeverWritesIntoAFileThatWasOpenedUnderAClosedNumber) {
  std::array<int, 2> ends{-1, -1};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const int number = ends[1];
  const int kept = ::fcntl(number, F_DUPFD_CLOEXEC, 0);
  ::close(number);
  DescriptorOutput output(number);
  ASSERT_EQ(::dup2(kept, number), number);
  output.write("a");
  EXPECT_EQ(output.failure(), boost::system::errc::bad_file_descriptor);
  ::close(number);
  ::close(kept);
  char got = 0;
  EXPECT_EQ(::read(ends[0], &got, 1), 0) << "nothing came";
  ::close(ends[0]);
}

TEST(DescriptorOutput, KnowsWhereNobodyReads) {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const int somewhere = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  DescriptorOutput output(nowhere);
  EXPECT_TRUE(output.discards());
  output.write("never seen");
  EXPECT_FALSE(output.closed());
  EXPECT_FALSE(DescriptorOutput(somewhere).discards()) << "the failure of writing there is told";
  ::close(nowhere);
  ::close(somewhere);
}

}  // namespace
}  // namespace dynamo
