#pragma once
// An owned file descriptor. By convention every descriptor of the orchestrator is opened close-on-exec; the
// launcher alone decides what a child receives.

#include <boost/system/error_code.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace dynamo {

class FileDescriptor {
 public:
  /// Takes over a number that an earlier program left open; it becomes close-on-exec again.
  static FileDescriptor inherited(int number) {
    if (number >= 0) ::fcntl(number, F_SETFD, FD_CLOEXEC);
    return FileDescriptor(number);
  }

  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  explicit operator bool() const { return number_ >= 0; }
  [[nodiscard]] int get() const { return number_; }
  /// Gives the number away: the caller closes it.
  [[nodiscard]] int release() { return std::exchange(number_, -1); }
  /// Another descriptor of the same open file, close-on-exec. Empty if the system refuses.
  [[nodiscard]] FileDescriptor duplicate() const { return FileDescriptor(::fcntl(number_, F_DUPFD_CLOEXEC, 0)); }
  /// There is nothing to do about an error of close(): the number is free either way on Linux.
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

/// Gives `from` to an object of Asio, which watches it and closes it. When it cannot be watched (the kernel limits how
/// many may be), `from` keeps it.
template <class Watching>
boost::system::error_code hand_over(FileDescriptor& from, Watching& to) {
  boost::system::error_code error;
  to.assign(from.get(), error);
  if (!error) static_cast<void>(from.release());
  return error;
}

}  // namespace dynamo
