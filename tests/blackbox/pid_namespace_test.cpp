// dynamo in a process namespace of its own: as its process 1, where every orphan comes to it, and beside somebody who
// gets the number of a worker that has ended.

#include "tests/blackbox/graphs.h"

#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dynamo::test {

namespace {

constexpr int not_allowed = 93;

/// The caller waits outside and ends as its child did; the child comes back as process 1.
void enter_namespace() {
  if (::unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) ::_exit(not_allowed);
  const pid_t first = ::fork();
  if (first < 0) ::_exit(not_allowed);
  if (first > 0) {
    int status = 0;
    while (::waitpid(first, &status, 0) != first) {
    }
    ::_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  }
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("proc", "/proc", "proc", 0, nullptr) != 0) {
    ::_exit(not_allowed);
  }
}

bool namespaces_are_allowed() {
  const pid_t pid = ::fork();
  if (pid == 0) {
    enter_namespace();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void write_number(const std::string& file, long number) {
  // Whole or not at all, for whoever waits for it.
  {
    std::ofstream out(file + ".new");
    out << number << "\n";
  }
  std::rename((file + ".new").c_str(), file.c_str());
}

long number_in(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  return text.empty() ? -1 : std::stol(text);
}

/// Process 1 of a namespace: starts dynamo (returns in it), and on demand somebody with a wanted number. Its
/// exit status is dynamo's.
void start_beside_a_bystander(const std::filesystem::path& folder) {
  enter_namespace();
  const pid_t dynamo = ::fork();
  if (dynamo == 0) return;
  write_number(folder / "dynamo", dynamo);
  bool made = false;
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, WNOHANG);
    if (ended == dynamo) ::_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    if (ended > 0) write_number(folder / "bystander_ended", ended);
    const long wanted = number_in(folder / "wanted");
    for (int attempt = 0; wanted > 0 && !made && attempt < 100; ++attempt) {
      std::ofstream("/proc/sys/kernel/ns_last_pid") << wanted - 1;
      const pid_t bystander = ::fork();
      if (bystander == 0) {
        // A group and session of its own, as a worker has.
        ::setsid();
        for (int second = 0; second < 60; ++second) ::sleep(1);
        ::_exit(0);
      }
      made = bystander == wanted;
      if (made) {
        write_number(folder / "bystander", bystander);
      } else {
        ::kill(bystander, SIGKILL);
        ::waitpid(bystander, nullptr, 0);
      }
    }
    ::usleep(2000);  // as process 1 it has two things to look at, and no event tells of the file
  }
}

}  // namespace

TEST(PidNamespace, AsProcessOneItReapsEveryOrphan) {
  if (!namespaces_are_allowed()) GTEST_SKIP() << "no process namespace can be made here";
  const TempDir folder;
  const auto run = serve(folder,
                         graph_of({{"main", "command: [many_children, \"500\"], endpoints: [serve]"},
                                   {"other", "command: [obedient], endpoints: [serve]"}}),
                         {.before_exec = enter_namespace});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(run->wait_for_text("made 500")) << run->story();
  // The one that waits outside, process 1 (the guardian), and the supervisor.
  const std::vector<pid_t> guardian = children_of(run->pid());
  ASSERT_EQ(guardian.size(), 1U);
  const std::vector<pid_t> supervisor = children_of(guardian.front());
  ASSERT_EQ(supervisor.size(), 1U);
  EXPECT_TRUE(eventually([&] {
    return zombies_of(guardian.front()).empty() && zombies_of(supervisor.front()).empty();
  })) << zombies_of(guardian.front()).size()
      << " and " << zombies_of(supervisor.front()).size() << " zombies";
  EXPECT_EQ(children_of(supervisor.front()).size(), 2U);

  ::kill(guardian.front(), SIGTERM);
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_TRUE(run->nothing_left());
  for (const Event& event : run->events()) EXPECT_LE(event.incarnation, 1) << run->story();
  EXPECT_EQ(run->err().find("warning: "), std::string::npos) << "nothing is told of orphans\n" << run->err();
}

TEST(PidNamespace, AsProcessOneItOutlivesNoSupervisor) {
  if (!namespaces_are_allowed()) GTEST_SKIP() << "no process namespace can be made here";
  const TempDir folder;
  const auto run = serve_one(folder, "command: [daemonising], endpoints: [serve]", {.before_exec = enter_namespace});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const std::vector<pid_t> guardian = children_of(run->pid());
  ASSERT_EQ(guardian.size(), 1U);
  const std::vector<pid_t> supervisor = children_of(guardian.front());
  ASSERT_EQ(supervisor.size(), 1U);
  ::kill(supervisor.front(), SIGKILL);
  EXPECT_EQ(run->wait(), (Ended{.status = 128 + SIGKILL})) << run->story();
  EXPECT_TRUE(run->nothing_left());
}

TEST(PidNamespace, WhoeverGetsTheNumberOfADeadWorkerIsLeftAlone) {
  if (!namespaces_are_allowed()) GTEST_SKIP() << "no process namespace can be made here";
  const TempDir folder;
  const auto run = serve(folder,
                         graph_of({{"main", "command: [obedient], endpoints: [serve], restart: {backoff: 60s}"},
                                   {"other", "command: [obedient], endpoints: [serve]"}}),
                         {.before_exec = [&] { start_beside_a_bystander(folder.path()); }});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const auto number = run->worker("main/0");  // as it is called inside
  ASSERT_TRUE(number);
  pid_t outside = -1;
  for (const pid_t pid : run->left()) {
    const std::string status = read_file("/proc/" + std::to_string(pid) + "/status");
    if (status.find("\t" + std::to_string(*number) + "\nNSpgid") != std::string::npos) outside = pid;
  }
  ASSERT_GT(outside, 0);
  ::kill(outside, SIGKILL);
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Backoff))) << run->story();

  write_number(folder.path() / "wanted", *number);
  ASSERT_TRUE(eventually([&] { return number_in(folder.path() / "bystander") == *number; }));
  const std::vector<pid_t> first = children_of(run->pid());
  ASSERT_EQ(first.size(), 1U);
  for (const pid_t pid : children_of(first.front())) {
    if (command_of(pid).find(" serve ") != std::string::npos) ::kill(pid, SIGTERM);
  }
  EXPECT_EQ(run->wait(), (Ended{.status = 143})) << run->story();
  EXPECT_EQ(number_in(folder.path() / "bystander_ended"), -1) << "it lived until its namespace ended";
}

}  // namespace dynamo::test
