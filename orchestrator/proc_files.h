#pragma once
// Reading /proc with system calls only: no allocation, no locale, safe in a signal handler and in the guardian.
//
// A process must be found and ended also when there are no more descriptors. So a few are kept back, and whatever is
// opened here takes one of them then.

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

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

/// Keeps back as many descriptors as the functions here need at a time. Idempotent; without it nothing is kept back.
void keep_descriptors_back() noexcept;

/// A descriptor for one look at a process. To be closed before anything else is opened but others of its kind: only as
/// many as are kept back may be open at a time.
class BriefDescriptor {
 public:
  /// To be read; `flags` are added to that.
  static BriefDescriptor open(const char* path, int flags = 0) noexcept;
  /// pidfd_open(2)
  static BriefDescriptor of_process(pid_t pid) noexcept;
  BriefDescriptor(BriefDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  BriefDescriptor& operator=(BriefDescriptor&&) = delete;
  ~BriefDescriptor();

  /// False: it could not be opened.
  explicit operator bool() const { return number_ >= 0; }
  [[nodiscard]] int get() const { return number_; }

 private:
  template <class Open>
  static BriefDescriptor made_by(Open open) noexcept;
  explicit BriefDescriptor(int number) : number_(number) {}

  int number_;
};

/// pidfd_send_signal(2)
bool send_pidfd_signal(const BriefDescriptor& pidfd, int number) noexcept;

}  // namespace dynamo
