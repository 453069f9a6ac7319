// slow_ready FILE: starts to listen, and says so, when the test creates FILE.

#include "tests/workers/worker.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  worker::say("warming up");
  worker::wait_for_file(argv[1]);
  const int listener = worker::listen_on_port();
  worker::say("warm");
  worker::serve(listener);
}
