#include "orchestrator/guardian.h"

#include "tests/support/sanitized.h"
#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace dynamo {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Guardian : public test::KernelTest {
 protected:
  /// Starts the program below its guardian, as a shell would: in a group of its own.
  pid_t start_guarded(const char* mode, void (*before_exec)() = nullptr) {
    const std::string file = folder_.file("guarded");
    const std::string errors = folder_.file("errors");
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::setpgid(0, 0);
      const int descriptor = ::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(descriptor, STDERR_FILENO);
      if (before_exec != nullptr) before_exec();
      ::execl(DYNAMO_TEST_GUARDED, "guarded", file.c_str(), mode, nullptr);
      ::_exit(127);
    }
    return pid;
  }
  struct Family {
    pid_t guardian = 0;
    pid_t supervisor = 0;
    std::vector<pid_t> below;
  };
  Family start_family() {
    Family family;
    family.guardian = start_guarded("family");
    family.supervisor = wait_for_pid("guarded.supervisor");
    for (int i = 0; i < 10; ++i) {
      family.below.push_back(wait_for_pid(("guarded.worker" + std::to_string(i)).c_str()));
      family.below.push_back(wait_for_pid(("guarded.daemon" + std::to_string(i)).c_str()));
    }
    return family;
  }
  static int status_of(pid_t pid) {
    int status = 0;
    if (!test::eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; })) return -1;
    return status;
  }
  /// This process is a subreaper too, so whatever the two left behind would be its child.
  void expect_nothing_left(const Family& family) {
    EXPECT_TRUE(test::eventually([&] {
      children_.reap_orphans();
      return children_.orphans().empty();
    }));
    for (const pid_t pid : family.below) EXPECT_FALSE(test::lives(pid)) << pid;
  }
};

TEST_F(Guardian, EndsWithTheSupervisorsStatus) {
  EXPECT_EQ(WEXITSTATUS(status_of(start_guarded("exit"))), 42);
  EXPECT_THAT(test::contents(folder_.file("errors")), IsEmpty());
}

TEST_F(Guardian, EndsEverythingWhenTheSupervisorIsKilled) {
  const Family family = start_family();
  ::kill(family.supervisor, SIGKILL);
  const int status = status_of(family.guardian);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 128 + SIGKILL);
  EXPECT_EQ(test::contents(folder_.file("errors")),
            "dynamo: the supervisor was killed by SIGKILL; all its processes were ended\n");
  for (const pid_t pid : family.below) EXPECT_FALSE(test::lives(pid)) << "already when the guardian has ended";
  expect_nothing_left(family);
}

TEST_F(Guardian, IsOutlivedByNothingWhenItIsKilled) {
  const Family family = start_family();
  ::kill(family.guardian, SIGKILL);
  EXPECT_TRUE(WIFSIGNALED(status_of(family.guardian)));
  expect_nothing_left(family);
}

TEST_F(Guardian, IsNotInTheGroupOfTheSupervisor) {
  const Family family = start_family();
  EXPECT_NE(::getpgid(family.guardian), ::getpgid(family.supervisor));
  EXPECT_EQ(::getsid(family.supervisor), family.supervisor);
  ::kill(-family.guardian, SIGKILL);
  status_of(family.guardian);
  expect_nothing_left(family);
}

TEST_F(Guardian, EndsEverythingWhenTheGroupOfTheSupervisorIsKilled) {
  const Family family = start_family();
  ::kill(-family.supervisor, SIGKILL);
  EXPECT_EQ(WEXITSTATUS(status_of(family.guardian)), 128 + SIGKILL);
  expect_nothing_left(family);
}

TEST_F(Guardian, EndsEverythingWhenTheSupervisorDiesOfATerm) {
  // It has no handler here: as during the start, before the loop runs.
  const Family family = start_family();
  ::kill(family.guardian, SIGTERM);
  EXPECT_EQ(WEXITSTATUS(status_of(family.guardian)), 128 + SIGTERM);
  expect_nothing_left(family);
}

TEST_F(Guardian, HasANameOfItsOwn) {
  const Family family = start_family();
  EXPECT_EQ(read_process(family.guardian)->name, "dynamo-guard");
  EXPECT_EQ(read_process(family.supervisor)->name, "orchestrator_gu") << "of the program, cut by the kernel";
}

TEST_F(Guardian, ForwardsSignals) {
  const pid_t guardian = start_guarded("signals");
  wait_for_pid("guarded.supervisor");
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH}) {
    ::kill(guardian, number);
    EXPECT_TRUE(test::eventually([&] { return pid_in("guarded.signals") == number; })) << number;
  }
}

TEST_F(Guardian, GivesTheSupervisorCleanSignals) {
  start_guarded("signals", [] {
    for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGPIPE, SIGQUIT}) std::signal(number, SIG_IGN);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
  });
  wait_for_pid("guarded.supervisor");
  const std::string status = test::contents(folder_.file("guarded.status"));
  EXPECT_THAT(status, HasSubstr("SigBlk:\t0000000000000000\n"));
  EXPECT_THAT(status, HasSubstr("SigIgn:\t0000000000001800\n"))
      << "SIGPIPE, and SIGUSR2 until there is a run to upgrade";
}

TEST_F(Guardian, ObeysNohup) {
  const pid_t guardian = start_guarded("signals", [] { std::signal(SIGHUP, SIG_IGN); });
  wait_for_pid("guarded.supervisor");
  ::kill(guardian, SIGHUP);
  ::kill(guardian, SIGUSR1);
  EXPECT_TRUE(test::eventually([&] { return pid_in("guarded.signals").has_value(); }));
  EXPECT_EQ(pid_in("guarded.signals"), SIGUSR1);
}

TEST_F(Guardian, CanBeSuspendedWhileTheRunGoesOn) {
  const pid_t guardian = start_guarded("signals");
  const pid_t supervisor = wait_for_pid("guarded.supervisor");
  // A group without a parent in its session would not stop on SIGTSTP; ours has the test as its parent.
  ::kill(guardian, SIGTSTP);
  EXPECT_TRUE(test::eventually([&] { return read_process(guardian)->state == 'T'; }));
  EXPECT_TRUE(test::lives(supervisor));
  EXPECT_NE(read_process(supervisor)->state, 'T');
  ::kill(guardian, SIGCONT);
  ::kill(guardian, SIGUSR2);
  EXPECT_TRUE(test::eventually([&] { return pid_in("guarded.signals") == SIGUSR2; }));
}

TEST_F(Guardian, IsSmall) {
  const Family family = start_family();
  std::ifstream file("/proc/" + std::to_string(family.guardian) + "/smaps_rollup");
  long private_kib = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("Private_Dirty:")) private_kib += std::stol(line.substr(14));
  }
  RecordProperty("private_kib", static_cast<int>(private_kib));
  EXPECT_GT(private_kib, 0);
  if (!test::sanitized) {
    EXPECT_LT(private_kib, 200);
  }
}

}  // namespace
}  // namespace dynamo
