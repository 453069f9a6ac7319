// Measures a command, which is either dynamo or the floor.
//
// stopwatch up TEXT COMMAND...              says "up SECONDS PID" when TEXT is in its output; for each line "stop" on
// its
//                                           stdin sends SIGTERM; says "down SECONDS STATUS", since SIGTERM, when it
//                                           ends
// stopwatch flow FIFO WRITERS COMMAND...    says how long it took from the first writer's beginning to the command's
// end stopwatch crash FIFO COUNT COMMAND...     kills the worker that arrives, COUNT times; says for each how many
//                                           microseconds it took until the next one had arrived

#include "bench/bench.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string>
#include <string_view>

namespace {

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Keeps the end of the output, for when the command ends too early.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}
  /// False: there will be no more.
  bool read() {
    std::array<char, 65536> bytes{};
    const ssize_t count = ::read(fd_, bytes.data(), bytes.size());
    if (count <= 0) return false;
    text_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
  }
  [[nodiscard]] bool has(std::string_view text) const { return text_.find(text) != std::string::npos; }
  void forget() { text_.erase(0, text_.size() - std::min(text_.size(), kept)); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static constexpr std::size_t kept = 4096;
  int fd_;
  std::string text_;
};

pid_t spawn_with_output(char* const* command, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  const pid_t pid = bench::spawn(command, &actions);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

int measure_up(std::string_view text, char* const* command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) bench::give_up("pipe");
  const std::int64_t begun = bench::now();
  const pid_t pid = spawn_with_output(command, ends[1]);
  ::close(ends[1]);
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  Output output(ends[0]);
  std::array<pollfd, 3> waits{{{ends[0], POLLIN, 0}, {pidfd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  bool up = false;
  std::int64_t stopped = 0;
  for (;;) {
    if (::poll(waits.data(), waits.size(), -1) < 0) bench::give_up("poll");
    if (waits[1].revents != 0) break;
    if (waits[0].revents != 0) {
      if (!output.read()) waits[0].fd = -1;
      if (!up && output.has(text)) {
        up = true;
        std::printf("up %.6f %d\n", bench::seconds(bench::now() - begun), pid);
        std::fflush(stdout);
      }
      if (up) output.forget();
    }
    if (waits[2].revents != 0) {
      char line[64];
      if (::read(STDIN_FILENO, line, sizeof line) <= 0) waits[2].fd = -1;
      stopped = bench::now();
      ::kill(pid, SIGTERM);
    }
  }
  const int status = wait_for(pid);
  const std::int64_t ended = bench::now();
  if (!up) std::fputs(output.text().c_str(), stderr);
  std::printf("down %.6f %d\n", stopped == 0 ? 0.0 : bench::seconds(ended - stopped), status);
  return up ? 0 : 1;
}

int measure_flow(const char* fifo_path, long writers, char* const* command) {
  const int fifo = bench::open_fifo(fifo_path);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t pid = spawn_with_output(command, nowhere);
  std::int64_t begun = bench::next_arrival(fifo).time;
  for (long writer = 1; writer < writers; ++writer) begun = std::min(begun, bench::next_arrival(fifo).time);
  const int status = wait_for(pid);
  std::printf("%.6f\n", bench::seconds(bench::now() - begun));
  return status;
}

int measure_crash(const char* fifo_path, long count, char* const* command) {
  const int fifo = bench::open_fifo(fifo_path);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t pid = spawn_with_output(command, nowhere);
  bench::Arrival worker = bench::next_arrival(fifo);
  for (long crash = 0; crash < count; ++crash) {
    const std::int64_t killed = bench::now();
    ::kill(static_cast<pid_t>(worker.pid), SIGKILL);
    worker = bench::next_arrival(fifo);
    std::printf("%ld\n", static_cast<long>((worker.time - killed) / 1000));
  }
  ::kill(pid, SIGTERM);
  wait_for(pid);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "up" && argc > 3) return measure_up(argv[2], argv + 3);
  if (what == "flow" && argc > 4) return measure_flow(argv[2], std::atol(argv[3]), argv + 4);
  if (what == "crash" && argc > 4) return measure_crash(argv[2], std::atol(argv[3]), argv + 4);
  std::fputs("stopwatch up|flow|crash ...; see stopwatch.cpp\n", stderr);
  return 2;
}
