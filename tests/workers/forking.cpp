// Serves; a child in its own process group ignores the request to stop, keeps the output open and outlives it.

#include "tests/workers/worker.h"

int main() {
  const int listener = worker::listen_on_port();
  if (::fork() == 0) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_IGN);
    if (listener >= 0) ::close(listener);
    worker::say("child " + std::to_string(::getpid()));
    for (;;) ::pause();
  }
  worker::serve(listener);
}
