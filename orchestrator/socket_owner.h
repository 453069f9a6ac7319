#pragma once
// Does the process that listens on a port, or on a socket path, belong to a replica? An orphan of an earlier run
// that answers on the same port must not make a replica ready.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

enum class Listening {
  Nobody,    ///< there is no listening socket
  Own,       ///< a process of the tree holds one
  Stranger,  ///< there is one, and no process of the tree holds it
};

/// The listening sockets of this host at one moment. Read it once per round of checks and ask it for many replicas.
class ListeningSockets {
 public:
  static ListeningSockets read();

  [[nodiscard]] Listening tcp(int port, const std::vector<pid_t>& tree) const;
  [[nodiscard]] Listening unix_path(std::string_view path, const std::vector<pid_t>& tree) const;
  /// Inode numbers of the sockets that listen on a port.
  [[nodiscard]] std::vector<std::uint64_t> tcp_inodes(int port) const;

 private:
  struct Tcp {
    int port = 0;
    std::uint64_t inode = 0;
  };
  struct Unix {
    std::string path;
    std::uint64_t inode = 0;
  };
  std::vector<Tcp> tcp_;
  std::vector<Unix> unix_;
};

/// Does the process hold a descriptor of one of these sockets?
bool holds_socket(pid_t pid, const std::vector<std::uint64_t>& inodes);

}  // namespace dynamo
