#pragma once
// What the programs of the benchmark share. They know nothing of dynamo, and use little of the library, so that they
// start quickly.

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

// NOLINTNEXTLINE(readability-redundant-declaration)
extern char** environ;

namespace bench {

inline std::int64_t now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

inline double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

[[noreturn]] inline void give_up(const char* what) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
  std::exit(98);
}

/// A worker tells that it has come, and when. Two of these never mix: they are shorter than PIPE_BUF.
struct Arrival {
  std::int64_t pid = 0;
  std::int64_t time = 0;
};

inline void arrive(const char* fifo) {
  const Arrival arrival{::getpid(), now()};
  const int fd = ::open(fifo, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || ::write(fd, &arrival, sizeof arrival) != sizeof arrival) give_up(fifo);
  ::close(fd);
}

/// For both directions, so that neither end waits for the other, nor ever sees an end.
inline int open_fifo(const char* path) {
  const int fd = ::open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) give_up(path);
  return fd;
}

inline Arrival next_arrival(int fifo) {
  Arrival arrival;
  if (::read(fifo, &arrival, sizeof arrival) != sizeof arrival) give_up("read the fifo");
  return arrival;
}

inline pid_t spawn(char* const* command, const posix_spawn_file_actions_t* actions = nullptr) {
  pid_t pid = 0;
  errno = ::posix_spawnp(&pid, command[0], actions, nullptr, command, environ);
  if (errno != 0) give_up(command[0]);
  return pid;
}

}  // namespace bench
