// obedient [FILE]: serves at once, and ends with status 0 when it is asked to. It notes in FILE when it came and
// when it went.

#include "tests/workers/worker.h"

#include <poll.h>

#include <string>

namespace {

volatile std::sig_atomic_t asked_to_stop = 0;

}  // namespace

int main(int argc, char** argv) {
  // Signals are let in only while it waits, so that none is lost between two waits.
  sigset_t blocked;
  sigset_t open;
  sigemptyset(&open);
  sigemptyset(&blocked);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1}) {
    sigaddset(&blocked, signal);
    std::signal(signal, [](int number) { asked_to_stop = number; });
  }
  sigprocmask(SIG_BLOCK, &blocked, nullptr);

  const auto note = [&](const std::string& word) {
    if (argc > 1) worker::append_line(argv[1], word + " " + worker::variable("DYNAMO_SLOT"));
  };
  note("started");  // before it can be found ready, so that what waits for it notes its own start later
  pollfd listener{worker::listen_on_port(), POLLIN, 0};
  worker::say("serving");
  while (asked_to_stop == 0) {
    if (::ppoll(&listener, 1, nullptr, &open) > 0) worker::answer_one(listener.fd);
  }
  worker::say("asked to stop by signal " + std::to_string(asked_to_stop));
  note("stopped");
  return 0;
}
