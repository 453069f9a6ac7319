#pragma once
// TCP ports and listening sockets: choosing free ports that no other run on this host chooses, telling who holds a
// taken one, and binding the sockets of endpoints with `listen: fd`.

#include "orchestrator/file_descriptor.h"
#include "proto/result.h"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dynamo {

/// Who listens on a port. A process of another user can be seen but not named.
struct PortHolder {
  std::optional<pid_t> pid;
  std::string name;        ///< of the program; empty when `pid` is not known
  bool other_run = false;  ///< nothing listens yet, but another run of dynamo has reserved the port

  /// "`python3` (pid 4711)", "a process of another user", "another run of dynamo (pid 12)"
  [[nodiscard]] std::string words() const;
};

/// The listener of a TCP port on any address of this host.
std::optional<PortHolder> who_listens(int port);

/// Reserves ports for this process until they are released or the process ends, however it ends: each is a lock
/// on a file in a folder that all users of the host share, so that two runs never choose the same port even before
/// their workers listen. Stale files are harmless.
class PortRegistry {
 public:
  static constexpr int first_auto = 20000;
  static constexpr int last_auto = 32767;

  /// `folder` is made, writable for everybody, when it is not there. The default one is dynamo-ports in the
  /// host's temp folder.
  explicit PortRegistry(std::filesystem::path folder = default_folder());
  static std::filesystem::path default_folder();

  /// A port from 20000 to 32767 that nobody has reserved and that can be bound on `host` and on all addresses.
  Result<int> allocate(const std::string& host = "127.0.0.1");
  /// Reserves a fixed port. The failure is EADDRINUSE when it is taken (who_holds() tells by whom) or EACCES when
  /// it may not be bound.
  Result<int> reserve(int port, const std::string& host = "127.0.0.1");
  /// Who has the port: a listener, or another run that has reserved it.
  [[nodiscard]] std::optional<PortHolder> who_holds(int port) const;
  void release(int port) { locks_.erase(port); }

  /// The reservations with their locks, for upgrade.h.
  [[nodiscard]] const std::map<int, FileDescriptor>& reservations() const { return locks_; }
  /// One that an earlier program of this process has made.
  void resume(int port, FileDescriptor lock) { locks_.insert_or_assign(port, std::move(lock)); }

 private:
  Result<FileDescriptor> lock(int port) const;

  std::filesystem::path folder_;
  std::map<int, FileDescriptor> locks_;
  std::uint32_t next_;
};

/// A listening TCP socket: close-on-exec, blocking (the replicas share its mode), SO_REUSEADDR.
Result<FileDescriptor> listen_tcp(const std::string& host, int port);
/// A listening unix socket, mode 0600. A socket file that nobody listens on any more is replaced; a living one,
/// or a file that is no socket, is EADDRINUSE.
Result<FileDescriptor> listen_unix(const std::filesystem::path& path);
/// Removes a socket file that nobody listens on, before its replica starts; anything else is left alone.
void remove_stale_socket(const std::filesystem::path& path);

/// Where to connect to in order to reach a listener on `host`: the loopback address for "0.0.0.0" and "::".
std::string connectable_host(std::string_view host);
/// Longest path of a unix socket in bytes.
inline constexpr std::size_t longest_socket_path = 107;

}  // namespace dynamo
