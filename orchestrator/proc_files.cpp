#include "orchestrator/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace dynamo {

namespace {

/// Builds "/proc/12/task/34/children" in place.
class ProcPath {
 public:
  ProcPath& add(std::string_view text) {
    const std::size_t size = std::min(text.size(), text_.size() - 1 - size_);
    std::memcpy(text_.data() + size_, text.data(), size);
    size_ += size;
    return *this;
  }
  ProcPath& add(pid_t number) {
    std::array<char, 12> digits{};
    std::size_t count = 0;
    auto rest = static_cast<unsigned>(number);
    do {
      digits[count++] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    while (count > 0) add(std::string_view(&digits[--count], 1));
    return *this;
  }
  [[nodiscard]] const char* c_str() const { return text_.data(); }

 private:
  std::array<char, 64> text_{};
  std::size_t size_ = 0;
};

class Reader {
 public:
  Reader(const char* path, int flags) : descriptor_(::open(path, flags | O_RDONLY | O_CLOEXEC)) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  explicit operator bool() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::size_t read(char* bytes, std::size_t capacity) const {
    ssize_t count = 0;
    do count = ::read(descriptor_, bytes, capacity);
    while (count < 0 && errno == EINTR);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

 private:
  int descriptor_;
};

/// Calls visit(number) for each entry of a folder whose name is a number, until it returns false.
template <class Visit>
void for_each_number(const char* folder, Visit visit) {
  const Reader reader(folder, O_DIRECTORY);
  if (!reader) return;
  alignas(dirent64) std::array<char, 4096> bytes{};
  for (;;) {
    const long count = ::syscall(SYS_getdents64, reader.descriptor(), bytes.data(), bytes.size());
    if (count <= 0) return;
    for (long at = 0; at < count;) {
      const auto* entry = static_cast<const dirent64*>(static_cast<const void*>(bytes.data() + at));
      at += entry->d_reclen;
      pid_t number = 0;
      const char* letter = entry->d_name;
      for (; *letter >= '0' && *letter <= '9'; ++letter) number = number * 10 + (*letter - '0');
      if (*letter == '\0' && number > 0 && !visit(number)) return;
    }
  }
}

std::uint64_t next_number(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  std::uint64_t number = 0;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    number = number * 10 + static_cast<std::uint64_t>(text.front() - '0');
    text.remove_prefix(1);
  }
  return negative ? 0 : number;
}

/// Some kernels are built without the files `children`; the parents of all processes tell the same, more slowly.
bool kernel_lists_children() {
  // No static local: its guard could be entered twice, by a signal handler.
  static std::atomic<int> answer{-1};
  if (answer < 0) answer = ::access("/proc/thread-self/children", F_OK) == 0 ? 1 : 0;
  return answer == 1;
}

std::size_t children_by_parent(pid_t pid, std::span<pid_t> found) {
  std::size_t count = 0;
  for_each_number("/proc", [&](pid_t candidate) {
    ProcStat stat;
    if (count < found.size() && read_proc_stat(candidate, stat) && stat.parent == pid) found[count++] = candidate;
    return count < found.size();
  });
  return count;
}

/// Children belong to the thread that made them.
std::size_t children_of_thread(const char* path, std::span<pid_t> found) {
  const Reader reader(path, 0);
  if (!reader) return 0;
  std::array<char, 4096> bytes{};
  std::size_t count = 0;
  pid_t number = 0;
  while (const std::size_t size = reader.read(bytes.data(), bytes.size())) {
    for (const char letter : std::string_view(bytes.data(), size)) {
      if (letter >= '0' && letter <= '9') {
        number = number * 10 + (letter - '0');
      } else if (number != 0) {
        if (count < found.size()) found[count++] = number;
        number = 0;
      }
    }
  }
  if (number != 0 && count < found.size()) found[count++] = number;
  return count;
}

}  // namespace

bool read_proc_stat(pid_t pid, ProcStat& result) noexcept {
  ProcPath path;
  const Reader reader(path.add("/proc/").add(pid).add("/stat").c_str(), 0);
  if (!reader) return false;
  std::array<char, 1024> bytes{};
  std::string_view text(bytes.data(), reader.read(bytes.data(), bytes.size()));
  // The name may contain spaces and brackets; nothing after it does.
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close + 2 >= text.size()) return false;
  const std::string_view name = text.substr(open + 1, std::min(close - open - 1, result.name.size() - 1));
  std::memcpy(result.name.data(), name.data(), name.size());
  result.name[name.size()] = '\0';
  text.remove_prefix(close + 2);
  result.state = text.front();
  text.remove_prefix(1);
  result.parent = static_cast<pid_t>(next_number(text));
  result.group = static_cast<pid_t>(next_number(text));
  result.session = static_cast<pid_t>(next_number(text));
  // Between them stand tty, tpgid, flags, four fault counters, four times, priority and nice; then itrealvalue.
  constexpr int skipped = 13;
  for (int field = 0; field < skipped; ++field) next_number(text);
  result.threads = static_cast<int>(next_number(text));
  next_number(text);
  result.start_time = next_number(text);
  return true;
}

std::size_t list_children(pid_t pid, std::span<pid_t> found) noexcept {
  if (!kernel_lists_children()) return children_by_parent(pid, found);
  std::size_t count = 0;
  ProcPath tasks;
  for_each_number(tasks.add("/proc/").add(pid).add("/task").c_str(), [&](pid_t thread) {
    ProcPath path;
    path.add("/proc/").add(pid).add("/task/").add(thread).add("/children");
    count += children_of_thread(path.c_str(), found.subspan(count));
    return count < found.size();
  });
  return count;
}

int open_pidfd(pid_t pid) noexcept { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

bool send_pidfd_signal(int pidfd, int number) noexcept {
  return ::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0) == 0;
}

}  // namespace dynamo
