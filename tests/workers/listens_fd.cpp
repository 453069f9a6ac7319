// Serves on the socket that it is given by the LISTEN_FDS protocol; ends with status 3 if it is given none.

#include "tests/workers/worker.h"

int main() {
  if (worker::variable("LISTEN_PID") != std::to_string(::getpid()) || worker::variable("LISTEN_FDS", "0") == "0")
    return 3;
  worker::say("names " + worker::variable("LISTEN_FDNAMES"));
  worker::serve(3);
}
