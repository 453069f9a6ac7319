#include "orchestrator/guardian.h"

#include "orchestrator/kernel_signals.h"
#include "orchestrator/kill_below.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace dynamo {

namespace {

/// What the kernel sends to the supervisor when the guardian dies. A real-time signal, because nobody else uses it.
int guardian_death_signal() { return SIGRTMIN + 7; }

/// A program inherits ignored signals from its starter, however odd (with SIGCHLD ignored no exit status would ever
/// reach us). Ours begins with a clean slate, but for SIGHUP: that is how `nohup` works.
void normalise_signals() {
  for (int number = 1; number <= last_signal; ++number) {
    if (number != SIGHUP && is_ignored(number)) set_default_disposition(number);
  }
}

void write_text(const char* text) {
  const ssize_t ignored = ::write(STDERR_FILENO, text, std::strlen(text));
  static_cast<void>(ignored);
}

/// The guardian is gone, and with it whoever would clean up after us. Runs as a signal handler, at any moment.
extern "C" void die_with_guardian(int) {
  kill_everything_below();
  ::_exit(128 + SIGKILL);
}

/// The part of it that a new program has to do again.
void watch_the_guardian() {
  struct sigaction action {};
  action.sa_handler = die_with_guardian;
  ::sigfillset(&action.sa_mask);
  ::sigaction(guardian_death_signal(), &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  // An upgrade is asked for by it; before and after the run there is nothing to upgrade.
  ::signal(SIGUSR2, SIG_IGN);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, guardian_death_signal());
}

void become_supervisor(pid_t guardian) {
  watch_the_guardian();
  if (::getppid() != guardian) ::_exit(128 + SIGKILL);
  ::setsid();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Ends the guardian as the supervisor has ended.
[[noreturn]] void follow(int status) {
  int left = kill_everything_below();
  std::array<char, 200> text{};
  if (WIFSIGNALED(status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(status));
    std::snprintf(text.data(), text.size(),
                  "dynamo: the supervisor was killed by SIG%s; all its processes were ended\n",
                  name != nullptr ? name : "RT");
    write_text(text.data());
  }
  if (left > 0) {
    std::snprintf(text.data(), text.size(), "dynamo: %d processes could not be ended\n", left);
    write_text(text.data());
  }
  ::_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

/// Also the work of process 1 of a container: whatever orphan comes here is reaped.
void reap(pid_t supervisor) {
  for (;;) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == EINTR) continue;
    if (pid <= 0) return;
    if (pid == supervisor) follow(status);
  }
}

[[noreturn]] void guard(pid_t supervisor, bool hangup_is_ignored) {
  ::prctl(PR_SET_NAME, "dynamo-guard");
  ::signal(SIGTTOU, SIG_IGN);
  // Waited for rather than handled: a blocked signal reaches even process 1, which gets no default actions. Those
  // of job control are left alone, so that Ctrl-Z and `fg` work.
  sigset_t waited;
  ::sigemptyset(&waited);
  for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGHUP}) {
    ::sigaddset(&waited, number);
  }
  for (;;) {
    siginfo_t info{};
    const int number = ::sigwaitinfo(&waited, &info);
    if (number < 0) continue;
    if (number == SIGCHLD) reap(supervisor);
    // It has not been reaped, so the number is still the supervisor's.
    else if (number != SIGHUP || !hangup_is_ignored)
      ::kill(supervisor, number);
  }
}

}  // namespace

void resume_supervision() { watch_the_guardian(); }

void guard_this_process() {
  sigset_t blocked;
  ::sigfillset(&blocked);
  for (const int number : {SIGTSTP, SIGTTIN, SIGCONT}) ::sigdelset(&blocked, number);
  ::sigprocmask(SIG_SETMASK, &blocked, nullptr);
  const bool hangup_is_ignored = is_ignored(SIGHUP);
  normalise_signals();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t guardian = ::getpid();
  const pid_t supervisor = ::fork();
  if (supervisor < 0) {
    std::array<char, 200> text{};
    std::snprintf(text.data(), text.size(), "dynamo: cannot make the supervisor: %s\n", ::strerrordesc_np(errno));
    write_text(text.data());
    ::_exit(1);
  }
  if (supervisor == 0) {
    become_supervisor(guardian);
    return;
  }
  guard(supervisor, hangup_is_ignored);
}

}  // namespace dynamo
