// crash_times FILE TIMES HOW [TRIGGER]
// Notes every start in FILE. Its first TIMES lives end with HOW (an exit status, or SIGSEGV, SIGKILL, SIGTERM), at
// once or, once it listens, when the file TRIGGER appears; later lives serve.

#include "tests/workers/worker.h"

#include <fstream>

namespace {

void end(const std::string& how) {
  const int signal = how == "SIGSEGV" ? SIGSEGV : how == "SIGKILL" ? SIGKILL : how == "SIGTERM" ? SIGTERM : 0;
  if (signal == 0) std::_Exit(std::stoi(how));
  ::signal(signal, SIG_DFL);  // a sanitizer's handler would turn the crash into an exit
  ::raise(signal);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  worker::append_line(argv[1], "started");
  std::ifstream journal(argv[1]);
  int lives = 0;
  for (std::string line; std::getline(journal, line);) ++lives;

  const bool crashes = lives <= std::stoi(argv[2]);
  worker::say("life " + std::to_string(lives));
  if (crashes && argc == 4) end(argv[3]);
  const int listener = worker::listen_on_port();
  if (crashes) {
    worker::wait_for_file(argv[4]);
    end(argv[3]);
  }
  worker::serve(listener);
}
