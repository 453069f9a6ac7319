#include "cli/output.h"

#include <fmt/format.h>
#include <boost/system/system_category.hpp>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace dynamo {
namespace {

/// A terminal that is said to be writable has room for at least so much.
constexpr std::size_t terminal_room = 256;
/// How long, at the end of a run, a reader may take nothing.
constexpr std::chrono::seconds patience{3};
constexpr int pause_milliseconds = 10;

bool has_room(int descriptor, int milliseconds) {
  pollfd wait{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return ::poll(&wait, 1, milliseconds) > 0;
}

bool is_missing(int descriptor) { return ::fcntl(descriptor, F_GETFD) < 0; }

bool is_null_device(int descriptor) {
  struct stat facts {};
  const dev_t null_device = ::makedev(1, 3);
  return ::fstat(descriptor, &facts) == 0 && S_ISCHR(facts.st_mode) && facts.st_rdev == null_device;
}

}  // namespace

DescriptorOutput::DescriptorOutput(int descriptor)
    : descriptor_(descriptor),
      discards_(is_null_device(descriptor)),
      terminal_(::isatty(descriptor) == 1),
      missing_(is_missing(descriptor)) {}

void DescriptorOutput::write(std::string_view text) {
  if (discards_ || text.empty()) return;
  if (missing_) return refused(EBADF);
  if (impatient_) return write_with_patience(text);
  if (room_ == 0) return write_all(text);
  const std::string_view rest = flush() ? write_some(text) : text;
  if (rest.empty() || closed_) return;
  // What was begun is kept whatever its size, so that no line is torn.
  if (rest.size() == text.size() && kept_.size() + rest.size() > room_) {
    lost_ += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  } else {
    kept_ += rest;
  }
}

void DescriptorOutput::write_all(std::string_view text) {
  while (!text.empty() && !closed_) {
    const ssize_t count = ::write(descriptor_, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      // Somebody who shares the terminal with us made it non-blocking.
      has_room(descriptor_, -1);
    } else if (errno != EINTR) {
      refused(errno);
    }
  }
}

void DescriptorOutput::write_with_patience(std::string_view text) {
  auto give_up = std::chrono::steady_clock::now() + patience;
  while (!text.empty() && !closed_) {
    const std::string_view rest = write_some(text);
    const auto now = std::chrono::steady_clock::now();
    if (rest.size() < text.size()) give_up = now + patience;
    if (now >= give_up) closed_ = true;
    text = rest;
    // Not a wait for room: a terminal may say that it has some, and yet take nothing.
    if (!text.empty()) ::poll(nullptr, 0, pause_milliseconds);
  }
}

std::string_view DescriptorOutput::write_some(std::string_view text) {
  const int target = own_ ? own_.get() : descriptor_;
  while (!text.empty() && !closed_ && has_room(target, 0)) {
    const ssize_t count = ::write(target, text.data(), std::min(text.size(), chunk_));
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      refused(errno);
    }
  }
  return text;
}

/// Nothing is written after that: a text that ends is better than one with a hole.
void DescriptorOutput::refused(int error) {
  closed_ = true;
  const bool gone = error == EPIPE || error == ECONNRESET || (error == EIO && terminal_);
  if (!gone) failure_.assign(error, boost::system::system_category());
}

void DescriptorOutput::do_not_wait(std::size_t room) {
  room_ = room;
  struct stat facts {};
  const bool known = ::fstat(descriptor_, &facts) == 0;
  if (known && S_ISCHR(facts.st_mode)) {
    // Whether a write to a terminal waits belongs to the open file, which we share with the shell. Asking whether there
    // is room does not help: there may be less than a line's.
    const std::string again = fmt::format("/proc/self/fd/{}", descriptor_);
    own_ = FileDescriptor(::open(again.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  }
  if (known && S_ISREG(facts.st_mode)) {
    chunk_ = std::string::npos;
  } else {
    chunk_ = known && S_ISFIFO(facts.st_mode) ? std::size_t{PIPE_BUF} : terminal_room;
  }
}

bool DescriptorOutput::flush() {
  if (kept_.empty() || closed_) return true;
  const std::size_t left = write_some(kept_).size();
  kept_.erase(0, kept_.size() - left);
  return kept_.empty();
}

std::string DescriptorOutput::take_kept() { return std::exchange(kept_, {}); }

std::size_t DescriptorOutput::take_lost() { return kept_.empty() ? std::exchange(lost_, 0) : 0; }

void DescriptorOutput::wait_again() {
  room_ = 0;
  impatient_ = true;
  write_with_patience(std::exchange(kept_, {}));
}

}  // namespace dynamo
