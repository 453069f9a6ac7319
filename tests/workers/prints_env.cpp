// Tells everything that it inherited: arguments, folder, session, signals, descriptors, environment. Then it serves,
// or ends if it has no endpoint.

#include "tests/workers/worker.h"

#include <dirent.h>

#include <algorithm>
#include <fstream>
#include <vector>

int main(int argc, char** argv) {
  std::vector<std::string> descriptors;
  if (DIR* folder = ::opendir("/proc/self/fd")) {
    const std::string own = std::to_string(::dirfd(folder));
    while (const dirent* entry = ::readdir(folder)) {
      if (entry->d_name[0] != '.' && entry->d_name != own) descriptors.emplace_back(entry->d_name);
    }
    ::closedir(folder);
  }
  std::sort(descriptors.begin(), descriptors.end());

  std::string told;
  for (int index = 1; index < argc; ++index) told += "argument " + std::string(argv[index]) + "\n";
  char cwd[4096];
  told += "cwd " + std::string(::getcwd(cwd, sizeof cwd) != nullptr ? cwd : "?") + "\n";
  told += "leads_session " + std::to_string(::getsid(0) == ::getpid()) + "\n";
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("SigBlk") || line.starts_with("SigIgn")) told += line + "\n";
  }
  told += "descriptors";
  for (const std::string& descriptor : descriptors) told += " " + descriptor;
  told += "\n";
  char target[4096];
  const ssize_t length = ::readlink("/proc/self/fd/0", target, sizeof target);
  told += "stdin " + std::string(target, length > 0 ? static_cast<std::size_t>(length) : 0) + "\n";
  std::vector<std::string> variables;
  for (char** variable = ::environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  std::sort(variables.begin(), variables.end());
  for (const std::string& variable : variables) told += "env " + variable + "\n";
  told += "end\n";
  worker::write_all(STDOUT_FILENO, told);

  const int listener = worker::listen_on_port();
  if (listener >= 0) worker::serve(listener);
  return 0;
}
