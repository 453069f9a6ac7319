// restless [LINES]: serves, with a child beside it and a daemon behind it (forked twice, in a session of its own,
// without its output). SIGUSR1: writes LINES numbered lines at once, each with its replica's name. SIGUSR2: accepts
// nothing more.

#include "tests/workers/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <string>

namespace {

volatile std::sig_atomic_t stop = 0;
volatile std::sig_atomic_t flood = 0;
volatile std::sig_atomic_t deaf = 0;

[[noreturn]] void wait_for_death() {
  for (const int signal : {SIGTERM, SIGUSR1, SIGUSR2}) std::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (;;) ::pause();
}

void write_flood(int lines, const std::string& name) {
  std::string text;
  for (int line = 0; line < lines; ++line) text += name + " " + std::to_string(line) + std::string(60, 'x') + "\n";
  worker::write_all(STDOUT_FILENO, text);
}

}  // namespace

int main(int argc, char** argv) {
  const int lines = argc > 1 ? std::stoi(argv[1]) : 0;
  const std::string name = worker::variable("DYNAMO_SLOT") + "/" + worker::variable("DYNAMO_REPLICA");
  // Signals are let in only while it waits, so that none is lost between two waits.
  sigset_t blocked;
  sigset_t open;
  sigemptyset(&blocked);
  sigemptyset(&open);
  for (const int signal : {SIGTERM, SIGUSR1, SIGUSR2}) sigaddset(&blocked, signal);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  std::signal(SIGTERM, [](int) { stop = 1; });
  std::signal(SIGUSR1, [](int) { flood = 1; });
  std::signal(SIGUSR2, [](int) { deaf = 1; });

  if (::fork() == 0) wait_for_death();
  const pid_t middle = ::fork();
  if (middle == 0) {
    ::setsid();
    if (::fork() != 0) std::_Exit(0);
    for (const int fd : {0, 1, 2}) ::close(fd);
    wait_for_death();
  }
  ::waitpid(middle, nullptr, 0);

  pollfd listener{worker::listen_on_port(), POLLIN, 0};
  worker::say(name + " serving");
  while (stop == 0) {
    listener.events = deaf != 0 ? short{0} : short{POLLIN};
    const bool asked = ::ppoll(&listener, 1, nullptr, &open) > 0;
    if (flood != 0) {
      flood = 0;
      write_flood(lines, name);
    }
    if (asked && (listener.revents & POLLIN) != 0) worker::answer_one(listener.fd);
  }
  return 0;
}
