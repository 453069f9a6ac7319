#include "orchestrator/socket_owner.h"

#include "orchestrator/file_descriptor.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <memory>
#include <string>

namespace dynamo {

namespace {

/// The words of a line of /proc/net: separated by any number of spaces.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(' '); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(' ', end);
  }
  return words;
}

template <class Number>
Number number_of(std::string_view text, int base = 10) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

/// Calls visit(line) for each line after the heading.
template <class Visit>
void for_each_entry(const char* path, Visit visit) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) visit(std::string_view(line));
}

}  // namespace

ListeningSockets ListeningSockets::read() {
  ListeningSockets result;
  for (const char* path : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
    for_each_entry(path, [&](std::string_view line) {
      // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
      const auto words = words_of(line);
      constexpr std::string_view listening = "0A";
      if (words.size() < 10 || words[3] != listening) return;
      const std::size_t colon = words[1].rfind(':');
      if (colon == std::string_view::npos) return;
      result.tcp_.push_back(
          Tcp{.port = number_of<int>(words[1].substr(colon + 1), 16), .inode = number_of<std::uint64_t>(words[9])});
    });
  }
  for_each_entry("/proc/self/net/unix", [&](std::string_view line) {
    // Num RefCount Protocol Flags Type St Inode Path
    const auto words = words_of(line);
    constexpr std::uint32_t accepts_connections = 0x10000;
    if (words.size() < 8 || (number_of<std::uint32_t>(words[3], 16) & accepts_connections) == 0) return;
    // The path is the rest of the line, spaces included.
    const auto start = static_cast<std::size_t>(words[7].data() - line.data());
    result.unix_.push_back(Unix{.path = std::string(line.substr(start)), .inode = number_of<std::uint64_t>(words[6])});
  });
  return result;
}

std::vector<std::uint64_t> ListeningSockets::tcp_inodes(int port) const {
  std::vector<std::uint64_t> inodes;
  for (const Tcp& socket : tcp_) {
    if (socket.port == port) inodes.push_back(socket.inode);
  }
  return inodes;
}

namespace {

Listening ownership(const std::vector<std::uint64_t>& inodes, const std::vector<pid_t>& tree) {
  if (inodes.empty()) return Listening::Nobody;
  const bool own = std::any_of(tree.begin(), tree.end(), [&](pid_t pid) { return holds_socket(pid, inodes); });
  return own ? Listening::Own : Listening::Stranger;
}

}  // namespace

Listening ListeningSockets::tcp(int port, const std::vector<pid_t>& tree) const {
  return ownership(tcp_inodes(port), tree);
}

Listening ListeningSockets::unix_path(std::string_view path, const std::vector<pid_t>& tree) const {
  std::vector<std::uint64_t> inodes;
  for (const Unix& socket : unix_) {
    if (socket.path == path) inodes.push_back(socket.inode);
  }
  return ownership(inodes, tree);
}

bool holds_socket(pid_t pid, const std::vector<std::uint64_t>& inodes) {
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  const std::unique_ptr<DIR, int (*)(DIR*)> descriptors(::opendir(folder.c_str()), ::closedir);
  if (!descriptors) return false;
  while (const dirent* entry = ::readdir(descriptors.get())) {
    std::array<char, 64> target{};
    const ssize_t size = ::readlinkat(::dirfd(descriptors.get()), entry->d_name, target.data(), target.size());
    if (size <= 0) continue;
    std::string_view text(target.data(), static_cast<std::size_t>(size));
    constexpr std::string_view prefix = "socket:[";
    if (!text.starts_with(prefix)) continue;
    text.remove_prefix(prefix.size());
    if (std::find(inodes.begin(), inodes.end(), number_of<std::uint64_t>(text)) != inodes.end()) return true;
  }
  return false;
}

}  // namespace dynamo
