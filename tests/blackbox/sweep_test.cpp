// The start of a run ends what is left of dead runs, recognised by their mark, and nobody else: not the processes of a
// run that lives, of another user, of another container, or of somebody whose variables only look like a mark.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <functional>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dynamo::test {

namespace {

/// A process of nobody's run, with one variable.
class Stranger {
 public:
  explicit Stranger(
      std::string variable, const std::function<bool()>& before_exec = [] { return true; }) {
    std::vector<char*> environment{variable.data(), nullptr};
    char program[] = "/bin/sleep";
    char time[] = "600";
    char* const arguments[] = {program, time, nullptr};
    pid_ = ::fork();
    if (pid_ == 0) {
      if (!before_exec()) ::_exit(96);
      ::execve(program, arguments, environment.data());
      ::_exit(95);
    }
    ready_ = eventually([&] { return has_ended() || command_of(pid_).starts_with("/bin/sleep"); });
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;
  ~Stranger() {
    if (!reaped_) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  [[nodiscard]] bool has_ended() {
    if (!reaped_) reaped_ = ::waitpid(pid_, nullptr, WNOHANG) == pid_;
    return reaped_;
  }
  [[nodiscard]] bool lives() { return ready_ && !has_ended(); }

 private:
  pid_t pid_ = -1;
  bool ready_ = false;
  bool reaped_ = false;
};

/// The folder of a run that was and is no more.
std::filesystem::path dead_run(const TempDir& folder) {
  const auto run = serve_one(folder, "command: [one_shot, \"0\"]");
  EXPECT_EQ(run->wait(), (Ended{.status = 0})) << run->story();
  return run->run_dir().value_or("/nowhere");
}

void run_once() {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [one_shot, \"0\"]");
  EXPECT_EQ(run->wait(), (Ended{.status = 0})) << run->story();
}

}  // namespace

TEST(Sweep, EndsWhoCarriesTheMarkOfADeadRun) {
  const TempDir folder;
  Stranger left("DYNAMO_INSTANCE=" + dead_run(folder).string() + "#main/0#1");
  ASSERT_TRUE(left.lives());
  run_once();
  EXPECT_TRUE(eventually([&] { return left.has_ended(); }));
}

TEST(Sweep, SparesTheProcessesOfARunThatLives) {
  const TempDir folder;
  const auto other = serve_one(folder, "command: [daemonising], endpoints: [serve], stop: {grace: 300ms}");
  ASSERT_TRUE(other->wait_until_ready()) << other->story();
  const std::vector<pid_t> before = other->left();
  run_once();
  EXPECT_EQ(other->left(), before);
  expect_clean_stop(*other);
}

TEST(Sweep, SparesWhoseMarkNamesNoRun) {
  const TempDir folder;
  const std::string dead = dead_run(folder);
  Stranger nowhere("DYNAMO_INSTANCE=" + (folder.path() / "no/such/run").string() + "#main/0#1");
  Stranger no_run("DYNAMO_INSTANCE=" + folder.path().string() + "#main/0#1");
  Stranger half("DYNAMO_INSTANCE=" + dead);
  Stranger relative("DYNAMO_INSTANCE=" + dead.substr(1) + "#main/0#1");
  Stranger other_name("MY_DYNAMO_INSTANCE=" + dead + "#main/0#1");
  Stranger inside_a_value("NOTE=DYNAMO_INSTANCE=" + dead + "#main/0#1");
  run_once();
  for (Stranger* stranger : {&nowhere, &no_run, &half, &relative, &other_name, &inside_a_value}) {
    EXPECT_TRUE(stranger->lives());
  }
}

TEST(Sweep, SparesAnotherUsersProcesses) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can start a process as another user";
  const TempDir folder;
  constexpr uid_t somebody = 61'234;
  Stranger other("DYNAMO_INSTANCE=" + dead_run(folder).string() + "#main/0#1",
                 [] { return ::setgid(somebody) == 0 && ::setuid(somebody) == 0; });
  ASSERT_TRUE(other.lives());
  run_once();
  EXPECT_TRUE(other.lives());
}

TEST(Sweep, SparesTheProcessesOfAnotherContainer) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make a namespace";
  const TempDir folder;
  Stranger other("DYNAMO_INSTANCE=" + dead_run(folder).string() + "#main/0#1",
                 [] { return ::unshare(CLONE_NEWNS) == 0; });
  if (!other.lives()) GTEST_SKIP() << "no namespace can be made here";
  run_once();
  EXPECT_TRUE(other.lives());
}

}  // namespace dynamo::test
