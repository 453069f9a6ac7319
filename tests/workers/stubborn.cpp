// Serves, and ignores every request to stop.

#include "tests/workers/worker.h"

int main() {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) std::signal(signal, SIG_IGN);
  const int listener = worker::listen_on_port();
  worker::say("ignoring");
  worker::serve(listener);
}
