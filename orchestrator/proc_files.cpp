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

/// A folder and a file in it, or a process and its state, are open at the same time.
constexpr int not_wanted = -1;
constexpr int given_up = -2;
std::array<std::atomic<int>, 2> kept_back{not_wanted, not_wanted};

bool give_one_up() {
  for (auto& place : kept_back) {
    if (place < 0) continue;
    ::close(place.exchange(given_up));
    return true;
  }
  return false;
}

/// There may be none now, and some after the next look.
void take_back_what_was_given_up() {
  for (auto& place : kept_back) {
    if (place != given_up) continue;
    const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (number >= 0) place = number;
  }
}

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

std::size_t read_some(const BriefDescriptor& file, char* bytes, std::size_t capacity) {
  ssize_t count = 0;
  do count = ::read(file.get(), bytes, capacity);
  while (count < 0 && errno == EINTR);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

/// Calls visit(number) for each entry of a folder whose name is a number, until it returns false.
template <class Visit>
void for_each_number(const char* folder, Visit visit) {
  const auto opened = BriefDescriptor::open(folder, O_DIRECTORY);
  if (!opened) return;
  alignas(dirent64) std::array<char, 4096> bytes{};
  for (;;) {
    const long count = ::syscall(SYS_getdents64, opened.get(), bytes.data(), bytes.size());
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
  const auto file = BriefDescriptor::open(path);
  if (!file) return 0;
  std::array<char, 4096> bytes{};
  std::size_t count = 0;
  pid_t number = 0;
  while (const std::size_t size = read_some(file, bytes.data(), bytes.size())) {
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
  const auto file = BriefDescriptor::open(path.add("/proc/").add(pid).add("/stat").c_str());
  if (!file) return false;
  std::array<char, 1024> bytes{};
  std::string_view text(bytes.data(), read_some(file, bytes.data(), bytes.size()));
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

void keep_descriptors_back() noexcept {
  for (auto& place : kept_back) {
    if (place == not_wanted) place = given_up;
  }
  take_back_what_was_given_up();
}

template <class Open>
BriefDescriptor BriefDescriptor::made_by(Open open) noexcept {
  const int number = open();
  const bool none_left = number < 0 && (errno == EMFILE || errno == ENFILE);
  return BriefDescriptor(none_left && give_one_up() ? open() : number);
}

BriefDescriptor BriefDescriptor::open(const char* path, int flags) noexcept {
  return made_by([&] { return ::open(path, flags | O_RDONLY | O_CLOEXEC); });
}

BriefDescriptor BriefDescriptor::of_process(pid_t pid) noexcept {
  return made_by([&] { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); });
}

BriefDescriptor::~BriefDescriptor() {
  if (number_ >= 0) ::close(number_);
  take_back_what_was_given_up();
}

bool send_pidfd_signal(const BriefDescriptor& pidfd, int number) noexcept {
  return ::syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0) == 0;
}

}  // namespace dynamo
