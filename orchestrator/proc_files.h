#pragma once
// Reading /proc with system calls only: no allocation, no locale, safe in a signal handler and in the guardian.

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dynamo {

/// The fields of /proc/PID/stat that tell where a process belongs.
struct ProcStat {
  char state = '?';
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  int threads = 0;  ///< a state of Z with more than one: the main thread has ended, the process has not
  std::uint64_t start_time = 0;
  std::array<char, 64> name{};  ///< with a zero at the end
};

/// False when there is no such process.
bool read_proc_stat(pid_t pid, ProcStat& result) noexcept;

/// Writes the direct children of a process into `found`, as many as it holds, and returns how many were written.
std::size_t list_children(pid_t pid, std::span<pid_t> found) noexcept;

/// pidfd_open(2) and pidfd_send_signal(2). -1 and errno, or a close-on-exec descriptor.
int open_pidfd(pid_t pid) noexcept;
bool send_pidfd_signal(int pidfd, int number) noexcept;

}  // namespace dynamo
