// A program below a guardian, for guardian_test.cpp: guarded FILE MODE. Writes its number to FILE.supervisor, and then
//   family   starts workers that daemonise and are deaf to every request, and waits
//   exit     ends with status 42
//   signals  tells how its signals are set, then writes the number of each that it gets to FILE.signals

#include "orchestrator/guardian.h"
#include "orchestrator/kill_below.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>

namespace {

void write_number(const std::string& file, long number) {
  std::ofstream(file + ".new") << number << "\n";
  std::rename((file + ".new").c_str(), file.c_str());
}

[[noreturn]] void sleep_deaf() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) std::signal(number, SIG_IGN);
  for (;;) ::pause();
}

/// A worker in a session of its own, and its daemon, which nobody waits for.
void start_worker(const std::string& file, int number) {
  if (::fork() != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setsid();
  if (::fork() == 0) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    write_number(file + ".daemon" + std::to_string(number), ::getpid());
    sleep_deaf();
  }
  write_number(file + ".worker" + std::to_string(number), ::getpid());
  sleep_deaf();
}

}  // namespace

int main(int, char** argv) {
  dynamo::guard_this_process();
  const std::string file = argv[1];
  const std::string mode = argv[2];
  if (mode == "exit") return 42;
  if (mode == "family") {
    for (int i = 0; i < 10; ++i) start_worker(file, i);
  }
  // Waited for rather than handled: a handler may not write files.
  sigset_t noted;
  ::sigemptyset(&noted);
  if (mode == "signals") {
    std::ifstream status("/proc/self/status");
    std::ofstream out(file + ".status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("Sig")) out << line << "\n";
    }
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH}) ::sigaddset(&noted, number);
    ::sigprocmask(SIG_BLOCK, &noted, nullptr);
  }
  write_number(file + ".supervisor", ::getpid());
  for (int number = 0; mode == "signals" && ::sigwait(&noted, &number) == 0;) write_number(file + ".signals", number);
  for (;;) ::pause();
}
