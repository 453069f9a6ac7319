// What a worker inherits, whatever dynamo itself has inherited: signals, descriptors, session, folder.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace dynamo::test {

using testing::Contains;

namespace {

std::string told_by(RunDynamo& run) {
  EXPECT_TRUE(eventually([&] { return count_lines(run.log("main"), "end") == 1; })) << run.story();
  return run.log("main");
}

}  // namespace

TEST(Inherit, NoIgnoredOrBlockedSignal) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [prints_env], endpoints: [serve]", {.before_exec = [] {
                               for (const int number : {SIGPIPE, SIGCHLD, SIGUSR1, SIGXFSZ})
                                 std::signal(number, SIG_IGN);
                               sigset_t blocked;
                               sigemptyset(&blocked);
                               for (const int number : {SIGTERM, SIGINT, SIGUSR2, SIGCHLD}) sigaddset(&blocked, number);
                               sigprocmask(SIG_BLOCK, &blocked, nullptr);
                             }});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const std::vector<std::string> lines = lines_of(told_by(*run));
  EXPECT_THAT(lines, Contains("SigBlk:\t0000000000000000"));
  EXPECT_THAT(lines, Contains("SigIgn:\t0000000000000000"));
  expect_clean_stop(*run);
}

TEST(Inherit, NoDescriptorButTheThreeStreams) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [prints_env], endpoints: [serve]", {.before_exec = [] {
                               for (int fd = 3; fd < 10; ++fd) ::dup2(0, fd);
                             }});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const std::vector<std::string> lines = lines_of(told_by(*run));
  EXPECT_THAT(lines, Contains("descriptors 0 1 2"));
  EXPECT_THAT(lines, Contains("stdin /dev/null"));
  expect_clean_stop(*run);
}

TEST(Inherit, StreamsThatCanBeOpenedByName) {
  const TempDir folder;
  const auto run = serve_one(
      folder, "command: [sh, -c, \"echo one > /dev/stdout && echo two > /dev/stderr && echo three >> /dev/fd/1\"]");
  EXPECT_EQ(run->wait(), (Ended{.status = 0})) << run->story();
  EXPECT_THAT(lines_of(run->log("main")), testing::UnorderedElementsAre("one", "two", "three"));
}

TEST(Inherit, TheLimitsThatAreWanted) {
  const TempDir folder;
  const auto run = serve_one(folder,
                             "command: [sh, -c, \"ulimit -n; ulimit -Hn; ulimit -c; ulimit -s\"], "
                             "resources: {ulimits: {nofile: 333, core: 0, stack: 4Mi}}");
  EXPECT_EQ(run->wait(), (Ended{.status = 0})) << run->story();
  EXPECT_THAT(lines_of(run->log("main")), testing::ElementsAre("333", "333", "0", "4096"));
}

TEST(Inherit, NoLimitThatTheKernelRefuses) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], resources: {ulimits: {nofile: unlimited}}");
  EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
  EXPECT_THAT(run->err(),
              testing::HasSubstr("main/0: `nofile` of `ulimits` cannot be unlimited, because the hard limit "
                                 "here is "));
  EXPECT_THAT(run->events(), testing::IsEmpty());
}

TEST(Inherit, ASessionOfItsOwnAndTheFolderOfItsFile) {
  const TempDir folder;
  folder.write("sub/components.yaml",
               "apiVersion: dynamo/v1\ncomponents: {Main: {command: [prints_env], endpoints: [serve]}}\n");
  const auto run = serve(folder,
                         "apiVersion: dynamo/v1\nimports: [sub/components.yaml]\n"
                         "specs: {S: {entry: main, slots: {main: Main = Main}}}\ngraphs: {g: {spec: S}}\n");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const std::vector<std::string> lines = lines_of(told_by(*run));
  EXPECT_THAT(lines, Contains("leads_session 1"));
  EXPECT_THAT(lines, Contains("cwd " + (folder.path() / "sub").string()));
  expect_clean_stop(*run);
}

TEST(Inherit, NothingOfATerminal) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [prints_env], endpoints: [serve]", {.terminal = true});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  EXPECT_THAT(lines_of(told_by(*run)), Contains("stdin /dev/null"));
  expect_clean_stop(*run);
}

TEST(Inherit, AnIgnoredHangupIsKeptByDynamoItself) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]",
                             {.before_exec = [] { std::signal(SIGHUP, SIG_IGN); }});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  run->send(SIGHUP);
  // The hangup is sent first, so dynamo has seen it before it can end by SIGTERM with its own status.
  run->send(SIGTERM);
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_TRUE(run->nothing_left());
}

}  // namespace dynamo::test
