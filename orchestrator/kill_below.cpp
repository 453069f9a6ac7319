#include "orchestrator/kill_below.h"

#include "orchestrator/proc_files.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <span>

namespace dynamo {

namespace {

/// Room for the numbers of all processes that a host can have (4 million). Untouched pages cost nothing.
class PidTable {
 public:
  PidTable() {
    void* memory = ::mmap(nullptr, capacity * sizeof(pid_t), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory != MAP_FAILED) pids_ = std::span(static_cast<pid_t*>(memory), capacity);
  }
  PidTable(const PidTable&) = delete;
  PidTable& operator=(const PidTable&) = delete;
  ~PidTable() {
    if (pids_.data() != few_.data()) ::munmap(pids_.data(), capacity * sizeof(pid_t));
  }
  [[nodiscard]] std::span<pid_t> all() const { return pids_; }

 private:
  static constexpr std::size_t capacity = std::size_t{4} << 20U;
  std::array<pid_t, 256> few_{};
  std::span<pid_t> pids_ = few_;
};

/// Everything below `root`, parents before children, in one pass.
std::span<const pid_t> list_below(pid_t root, std::span<pid_t> room) {
  std::size_t count = list_children(root, room);
  for (std::size_t next = 0; next < count; ++next) count += list_children(room[next], room.subspan(count));
  return room.first(count);
}

/// Is `pid` below `root` at this moment? Its ancestors are followed up; a chain that changes while we look gives
/// "no", and the next pass sees the process again at its new place.
bool is_below(pid_t pid, pid_t root) {
  ProcStat stat;
  for (int depth = 0; depth < 4096 && pid > 1 && read_proc_stat(pid, stat); ++depth) {
    if (stat.parent == root) return true;
    pid = stat.parent;
  }
  return false;
}

/// The number comes from /proc and may belong to somebody else by now: the descriptor pins one process, and only
/// then is it looked at.
void signal_below(pid_t pid, pid_t root, int number) {
  const auto pidfd = BriefDescriptor::of_process(pid);
  if (pidfd && is_below(pid, root)) send_pidfd_signal(pidfd, number);
}

/// False when there is no child left.
bool reap_ended() {
  for (;;) {
    const pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
    if (pid > 0 || (pid < 0 && errno == EINTR)) continue;
    return pid == 0;
  }
}

long milliseconds_now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
}

}  // namespace

int kill_everything_below(int limit_milliseconds) noexcept {
  const pid_t self = ::getpid();
  const long deadline = milliseconds_now() + limit_milliseconds;
  const PidTable table;
  long pause = 100'000;
  while (reap_ended()) {
    const std::span<const pid_t> below = list_below(self, table.all());
    // Stopped first, parents before children, so that nothing can fork away between listing and killing.
    for (const pid_t pid : below) signal_below(pid, self, SIGSTOP);
    for (const pid_t pid : below) signal_below(pid, self, SIGKILL);
    if (!reap_ended()) return 0;
    if (milliseconds_now() >= deadline) return static_cast<int>(below.size());
    const timespec wait{0, pause};
    ::nanosleep(&wait, nullptr);
    pause = std::min(pause * 2, 10'000'000L);
  }
  return 0;
}

}  // namespace dynamo
