// The least that a supervisor can do: what it is measured against.
//
// floor spawn N COMMAND...          starts N, one after the other, says "all are up", and on SIGTERM ends and reaps
// them floor flow WRITERS COMMAND...     starts writers (their number is added to the command) and throws away what
// they write floor replace COMMAND...          starts the command again whenever it has ended, until SIGTERM

#include "bench/bench.h"

#include <poll.h>
#include <sys/wait.h>

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

namespace {

sigset_t block(std::initializer_list<int> numbers) {
  sigset_t set;
  sigset_t old;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  sigprocmask(SIG_BLOCK, &set, &old);
  return set;
}

/// Children begin with nothing blocked.
pid_t spawn_plain(char* const* command) {
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  errno = ::posix_spawnp(&pid, command[0], nullptr, &attributes, command, environ);
  if (errno != 0) bench::give_up(command[0]);
  posix_spawnattr_destroy(&attributes);
  return pid;
}

int spawn_many(long count, char* const* command) {
  const sigset_t term = block({SIGTERM});
  std::vector<pid_t> pids;
  for (long index = 0; index < count; ++index) pids.push_back(spawn_plain(command));
  std::puts("all are up");
  std::fflush(stdout);
  int number = 0;
  sigwait(&term, &number);
  for (const pid_t pid : pids) ::kill(pid, SIGTERM);
  for (const pid_t pid : pids) ::waitpid(pid, nullptr, 0);
  return 0;
}

int discard(long writers, char* const* command, int words) {
  std::vector<pollfd> pipes;
  for (long writer = 0; writer < writers; ++writer) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) bench::give_up("pipe");
    std::string number = std::to_string(writer);
    std::vector<char*> numbered(command, command + words);
    numbered.push_back(number.data());
    numbered.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    bench::spawn(numbered.data(), &actions);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    pipes.push_back({ends[0], POLLIN, 0});
  }
  std::vector<char> buffer(64 * 1024);
  for (std::size_t open = pipes.size(); open > 0;) {
    if (::poll(pipes.data(), pipes.size(), -1) < 0) bench::give_up("poll");
    for (pollfd& pipe : pipes) {
      if (pipe.revents == 0 || ::read(pipe.fd, buffer.data(), buffer.size()) > 0) continue;
      ::close(pipe.fd);
      pipe.fd = -1;
      --open;
    }
  }
  while (::wait(nullptr) > 0) {
  }
  return 0;
}

int replace(char* const* command) {
  const sigset_t waited = block({SIGTERM, SIGCHLD});
  pid_t pid = spawn_plain(command);
  std::puts("all are up");
  std::fflush(stdout);
  for (;;) {
    int number = 0;
    sigwait(&waited, &number);
    siginfo_t info{};
    if (number == SIGTERM) break;
    if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG) == 0 && info.si_pid == pid) {
      pid = spawn_plain(command);
    }
  }
  ::kill(pid, SIGTERM);
  ::waitpid(pid, nullptr, 0);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "spawn" && argc > 3) return spawn_many(std::atol(argv[2]), argv + 3);
  if (what == "flow" && argc > 3) return discard(std::atol(argv[2]), argv + 3, argc - 3);
  if (what == "replace" && argc > 2) return replace(argv + 2);
  std::fputs("floor spawn|flow|replace ...; see floor.cpp\n", stderr);
  return 2;
}
