// many_children COUNT: makes that many daemons, each of which ends at once, and serves when all have been made.

#include "tests/workers/worker.h"

#include <sys/wait.h>

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::stoi(argv[1]) : 1;
  for (int made = 0; made < count; ++made) {
    const pid_t middle = ::fork();
    if (middle < 0) worker::give_up("fork");
    if (middle == 0) {
      ::setsid();
      ::fork();
      std::_Exit(made % 256);
    }
    ::waitpid(middle, nullptr, 0);
  }
  worker::say("made " + std::to_string(count));
  worker::serve(worker::listen_on_port());
}
