#include "tests/support/processes.h"

#include "tests/support/temp_dir.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace dynamo::test {

namespace {

std::vector<pid_t> all_processes() {
  std::vector<pid_t> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (bad == std::errc() && end == name.data() + name.size()) found.push_back(pid);
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string proc_file(pid_t pid, const char* name) { return read_file("/proc/" + std::to_string(pid) + "/" + name); }

struct Stat {
  char state = 'X';
  pid_t parent = 0;
};

std::optional<Stat> stat_of(pid_t pid) {
  const std::string text = proc_file(pid, "stat");
  const std::size_t name_end = text.rfind(')');  // the name may hold blanks and brackets
  if (name_end == std::string::npos || name_end + 4 >= text.size()) return std::nullopt;
  return Stat{.state = text[name_end + 2], .parent = static_cast<pid_t>(std::stol(text.substr(name_end + 4)))};
}

}  // namespace

std::vector<pid_t> processes_with(std::string_view variable, bool prefix) {
  const std::string wanted = std::string(1, '\0') + std::string(variable) + (prefix ? "" : std::string(1, '\0'));
  std::vector<pid_t> found;
  for (const pid_t pid : all_processes()) {
    const std::string environment = std::string(1, '\0') + proc_file(pid, "environ");
    if (environment.find(wanted) != std::string::npos && is_alive(pid)) found.push_back(pid);
  }
  return found;
}

std::optional<std::string> environment_variable(pid_t pid, std::string_view name) {
  const std::string environment = std::string(1, '\0') + proc_file(pid, "environ");
  const std::string wanted = std::string(1, '\0') + std::string(name) + "=";
  const std::size_t found = environment.find(wanted);
  if (found == std::string::npos) return std::nullopt;
  const std::size_t begin = found + wanted.size();
  return environment.substr(begin, environment.find('\0', begin) - begin);
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const pid_t pid : all_processes()) {
    const auto stat = stat_of(pid);
    if (stat && stat->parent == parent && stat->state != 'Z') found.push_back(pid);
  }
  return found;
}

std::vector<pid_t> zombies_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const pid_t pid : all_processes()) {
    const auto stat = stat_of(pid);
    if (stat && stat->parent == parent && stat->state == 'Z') found.push_back(pid);
  }
  return found;
}

bool is_alive(pid_t pid) {
  const auto stat = stat_of(pid);
  return stat && stat->state != 'Z' && stat->state != 'X';
}

bool is_stopped(pid_t pid) {
  const auto stat = stat_of(pid);
  return stat && stat->state == 'T';
}

std::chrono::milliseconds cpu_time_of(pid_t pid) {
  const std::string text = proc_file(pid, "stat");
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

long peak_memory_of(pid_t pid) {
  const std::string status = proc_file(pid, "status");
  const std::size_t at = status.find("VmHWM:");
  return at == std::string::npos ? 0 : std::stol(status.substr(at + 6));
}

bool is_locked(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool locked = ::flock(fd, LOCK_EX | LOCK_NB) != 0;
  ::close(fd);
  return locked;
}

std::string command_of(pid_t pid) {
  std::string text = proc_file(pid, "cmdline");
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

}  // namespace dynamo::test
