// slow_ready FILE: starts to listen when the test creates FILE.

#include "tests/workers/worker.h"

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  worker::say("warming up");
  worker::wait_for_file(argv[1]);
  worker::serve(worker::listen_on_port());
}
