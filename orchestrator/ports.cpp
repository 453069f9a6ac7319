#include "orchestrator/ports.h"

#include "orchestrator/process_tree.h"
#include "orchestrator/socket_owner.h"

#include <fmt/format.h>

#include <boost/system/errc.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

namespace dynamo {

namespace {

Failure failure(std::string doing, int error) {
  return Failure(std::move(doing), boost::system::error_code(error, boost::system::system_category()));
}

/// A numeric IPv4 or IPv6 address with a port, as bind() wants it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  int family = AF_UNSPEC;

  [[nodiscard]] const sockaddr* get() const { return static_cast<const sockaddr*>(static_cast<const void*>(&storage)); }
};

std::optional<SocketAddress> socket_address(const std::string& host, int port) {
  SocketAddress result;
  const auto network_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = network_port;
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.size = sizeof v4;
    result.family = AF_INET;
    return result;
  }
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = network_port;
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.size = sizeof v6;
    result.family = AF_INET6;
    return result;
  }
  return std::nullopt;
}

std::string host_and_port(const std::string& host, int port) {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

/// A bound socket. SO_REUSEADDR, because that is how servers bind: a port with nothing but connections in TIME_WAIT
/// is free. On Linux it does not let two sockets listen on one port.
Result<FileDescriptor> bind_tcp(const std::string& host, int port) {
  const std::string doing = "bind " + host_and_port(host, port);
  const auto address = socket_address(host, port);
  if (!address) return failure(doing, EADDRNOTAVAIL);
  FileDescriptor socket(::socket(address->family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno_failure(doing);
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(socket.get(), address->get(), address->size) != 0) return errno_failure(doing);
  return socket;
}

/// Can a worker listen on the port? Binding alone succeeds beside another socket that is bound and not listening,
/// so this listens, for a moment that no client can use: nobody knows of the port yet.
Result<int> check_free(int port, const std::string& host) {
  std::vector<std::string> hosts{host};
  // Workers may bind all addresses although the graph says nothing of it.
  if (host != "0.0.0.0") hosts.emplace_back("0.0.0.0");
  for (const std::string& each : hosts) {
    const auto socket = bind_tcp(each, port);
    if (!socket) return socket.error();
    if (::listen(socket->get(), 1) != 0) return errno_failure("listen on " + host_and_port(each, port));
  }
  return port;
}

std::string read_text(int descriptor) {
  std::array<char, 32> bytes{};
  const ssize_t size = ::pread(descriptor, bytes.data(), bytes.size(), 0);
  return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
}

/// Is somebody listening on the socket file?
bool answers(const sockaddr_un& address) {
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* raw = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (::connect(socket.get(), raw, sizeof address) == 0) return true;
  // A full backlog is a living listener; a datagram socket is not for us to judge.
  return errno == EAGAIN || errno == EPROTOTYPE || errno == EACCES;
}

std::optional<sockaddr_un> unix_address(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() > longest_socket_path) return std::nullopt;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

}  // namespace

std::string PortHolder::words() const {
  if (!pid) return other_run ? "another run of dynamo" : "a process of another user";
  if (other_run) return fmt::format("another run of dynamo (pid {})", *pid);
  return fmt::format("`{}` (pid {})", name, *pid);
}

std::optional<PortHolder> who_listens(int port) {
  const std::vector<std::uint64_t> inodes = ListeningSockets::read().tcp_inodes(port);
  if (inodes.empty()) return std::nullopt;
  PortHolder holder;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size() || !holds_socket(pid, inodes)) continue;
    holder.pid = pid;
    if (const auto facts = read_process(pid)) holder.name = facts->name;
    break;
  }
  return holder;
}

std::filesystem::path PortRegistry::default_folder() {
  // Not $TMPDIR, which may differ between users; all of them must look at the same place.
  return "/tmp/dynamo-ports";
}

PortRegistry::PortRegistry(std::filesystem::path folder) : folder_(std::move(folder)) {
  // Only files of fixed names are made in it, so that it can be shared like the temp folder itself.
  if (::mkdir(folder_.c_str(), 0777) == 0) ::chmod(folder_.c_str(), 01777);
  struct stat facts {};
  // A link that somebody has put there could lead us to write files of ours elsewhere.
  if (::lstat(folder_.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) folder_.clear();
  // Runs that start together begin their search at different places.
  const auto ticks = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  const std::uint64_t mixed = (ticks ^ (static_cast<std::uint64_t>(::getpid()) << 20U)) * 0x9E3779B97F4A7C15U;
  next_ = static_cast<std::uint32_t>(mixed >> 40U);
}

Result<FileDescriptor> PortRegistry::lock(int port) const {
  const std::filesystem::path path = folder_ / std::to_string(port);
  const std::string doing = fmt::format("reserve port {} with {}", port, path.string());
  if (folder_.empty()) return failure(doing, ENOTDIR);
  // Opening an existing file first: in a sticky folder the kernel may refuse O_CREAT on a file of another user.
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!file && errno == ENOENT) {
    file = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
    // The umask must not keep other users from locking it.
    if (file) ::fchmod(file.get(), 0666);
  }
  if (!file) return errno_failure(doing);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return errno_failure(doing);
  const std::string pid = std::to_string(::getpid()) + "\n";
  // Only for people and for who_holds(): the lock itself is the truth.
  if (::ftruncate(file.get(), 0) != 0 || ::pwrite(file.get(), pid.data(), pid.size(), 0) < 0) {
  }
  return file;
}

Result<int> PortRegistry::allocate(const std::string& host) {
  constexpr auto count = static_cast<std::uint32_t>(last_auto - first_auto + 1);
  for (std::uint32_t tried = 0; tried < count; ++tried) {
    const int port = first_auto + static_cast<int>(next_++ % count);
    if (locks_.contains(port)) continue;
    auto file = lock(port);
    if (!file) {
      // A folder that nobody can write to must not stop us: the port is still tried by binding it.
      if (file.error().error == boost::system::errc::operation_would_block) continue;
    }
    if (const auto free = check_free(port, host); !free) {
      const auto& error = free.error().error;
      if (error != boost::system::errc::address_in_use && error != boost::system::errc::permission_denied) {
        return free.error();
      }
      continue;
    }
    locks_.emplace(port, file ? std::move(*file) : FileDescriptor());
    return port;
  }
  return failure("find a free port from 20000 to 32767", EADDRINUSE);
}

Result<int> PortRegistry::reserve(int port, const std::string& host) {
  if (locks_.contains(port)) return failure("bind " + host_and_port(host, port), EADDRINUSE);
  auto file = lock(port);
  if (!file && file.error().error == boost::system::errc::operation_would_block) {
    return failure("bind " + host_and_port(host, port), EADDRINUSE);
  }
  // A fixed port is a promise about one address only: another program may have the port on another one.
  const auto socket = bind_tcp(host, port);
  if (!socket) return socket.error();
  if (::listen(socket->get(), 1) != 0) return errno_failure("listen on " + host_and_port(host, port));
  locks_.emplace(port, file ? std::move(*file) : FileDescriptor());
  return port;
}

std::optional<PortHolder> PortRegistry::who_holds(int port) const {
  if (auto listener = who_listens(port)) return listener;
  const std::filesystem::path path = folder_ / std::to_string(port);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file || ::flock(file.get(), LOCK_SH | LOCK_NB) == 0) return std::nullopt;
  PortHolder holder;
  holder.other_run = true;
  pid_t pid = 0;
  const std::string text = read_text(file.get());
  if (std::from_chars(text.data(), text.data() + text.size(), pid).ec == std::errc()) holder.pid = pid;
  return holder;
}

Result<FileDescriptor> listen_tcp(const std::string& host, int port) {
  auto socket = bind_tcp(host, port);
  if (!socket) return socket;
  if (::listen(socket->get(), SOMAXCONN) != 0) return errno_failure("listen on " + host_and_port(host, port));
  return socket;
}

void remove_stale_socket(const std::filesystem::path& path) {
  struct stat facts {};
  const auto address = unix_address(path);
  if (!address || ::lstat(path.c_str(), &facts) != 0 || !S_ISSOCK(facts.st_mode) || answers(*address)) return;
  ::unlink(path.c_str());
}

Result<FileDescriptor> listen_unix(const std::filesystem::path& path) {
  const std::string doing = "listen on " + path.string();
  const auto address = unix_address(path);
  if (!address) return failure(doing, ENAMETOOLONG);
  remove_stale_socket(path);
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno_failure(doing);
  // Before bind() the mode of the socket is that of the file to be, so that there is no moment in between.
  ::fchmod(socket.get(), 0600);
  const auto* raw = static_cast<const sockaddr*>(static_cast<const void*>(&*address));
  if (::bind(socket.get(), raw, sizeof *address) != 0) return errno_failure(doing);
  if (::listen(socket.get(), SOMAXCONN) != 0) return errno_failure(doing);
  return socket;
}

std::string connectable_host(std::string_view host) {
  if (host == "0.0.0.0" || host == "localhost" || host.empty()) return "127.0.0.1";
  if (host == "::") return "::1";
  return std::string(host);
}

}  // namespace dynamo
