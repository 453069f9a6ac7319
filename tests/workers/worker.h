#pragma once
// What the small programs share: sockets, waiting for a file, a whole line in one write. They are written
// against the worker contract alone, so they include nothing of dynamo.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace worker {

inline std::string variable(const char* name, const char* otherwise = "") {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

inline void write_all(int fd, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno != EINTR) std::_Exit(97);
    if (n > 0) done += static_cast<std::size_t>(n);
  }
}

inline void say(const std::string& line) { write_all(STDOUT_FILENO, line + "\n"); }

[[noreturn]] inline void give_up(const std::string& what) {
  write_all(STDERR_FILENO, what + ": " + std::strerror(errno) + "\n");
  std::_Exit(98);
}

/// A listening socket on DYNAMO_PORT_SERVE; -1 if the component has no endpoint `serve`.
inline int listen_on_port() {
  const std::string port = variable("DYNAMO_PORT_SERVE");
  if (port.empty()) return -1;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) give_up("bind");
  if (::listen(fd, 16) != 0) give_up("listen");
  return fd;
}

/// Answers one request with 200 and the program's own process id.
inline void answer_one(int listener) {
  const int peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (peer < 0) return;
  char request[4096];
  if (::read(peer, request, sizeof request) > 0) {
    const std::string body = std::to_string(::getpid()) + "\n";
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
    (void)::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
  }
  ::close(peer);
}

/// Answers until a signal ends the process; without a socket it only waits for that.
[[noreturn]] inline void serve(int listener) {
  for (;;) {
    if (listener < 0) {
      ::pause();
    } else {
      answer_one(listener);
    }
  }
}

/// Waits until the test has created this file: tests decide when something happens, not a clock.
inline void wait_for_file(const std::string& path) {
  while (::access(path.c_str(), F_OK) != 0) ::usleep(2000);
}

inline void append_line(const std::string& path, const std::string& line) {
  std::FILE* file = std::fopen(path.c_str(), "ae");
  if (file == nullptr) give_up(path);
  std::fputs((line + "\n").c_str(), file);
  std::fclose(file);
}

}  // namespace worker
