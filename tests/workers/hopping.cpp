// hopping FILE: serves, above a chain of processes each of which makes the next one, in a session of its own, and ends:
// whoever looks at a list of them looks at the dead. All hold a lock on FILE, so that the test can tell whether any is
// alive, and the chain ends by itself when FILE is gone.

#include "tests/workers/worker.h"

#include <fcntl.h>
#include <sys/file.h>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int lock = ::open(argv[1], O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0 || ::flock(lock, LOCK_EX) != 0) worker::give_up(argv[1]);
  if (::fork() == 0) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
    while (::access(argv[1], F_OK) == 0) {
      if (::fork() > 0) std::_Exit(0);
      ::setsid();
      ::usleep(1000);
    }
    std::_Exit(0);
  }
  worker::serve(worker::listen_on_port());
}
