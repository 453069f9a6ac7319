// Serves, and leaves a daemon behind as daemons do it: forked twice, in a session of its own, without the caller's
// output, deaf to the request to stop. With `and-exit STATUS` the leader ends once the daemon runs.

#include "tests/workers/worker.h"

#include <fcntl.h>
#include <sys/wait.h>

int main(int argc, char** argv) {
  int alive[2];
  if (::pipe2(alive, O_CLOEXEC) != 0) worker::give_up("pipe2");
  const pid_t middle = ::fork();
  if (middle == 0) {
    ::setsid();
    if (::fork() != 0) std::_Exit(0);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
    worker::say("daemon " + std::to_string(::getpid()));
    for (const int fd : {0, 1, 2}) ::close(fd);
    worker::write_all(alive[1], "!");
    for (;;) ::pause();
  }
  ::waitpid(middle, nullptr, 0);
  char byte = 0;
  if (::read(alive[0], &byte, 1) != 1) worker::give_up("read");
  if (argc > 2 && std::string(argv[1]) == "and-exit") return std::stoi(argv[2]);
  worker::serve(worker::listen_on_port());
}
