// Tells how it was started, as lines of text in the file that its first argument names: signals, descriptors,
// session, environment.

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <string>

namespace {

std::string target_of(int descriptor) {
  char text[256] = {};
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  return ::readlink(link.c_str(), text, sizeof text - 1) > 0 ? text : "?";
}

}  // namespace

int main(int, char** argv) {
  std::set<int> descriptors;
  if (DIR* folder = ::opendir("/proc/self/fd")) {
    while (const dirent* entry = ::readdir(folder)) {
      const int number = std::atoi(entry->d_name);
      if (entry->d_name[0] != '.' && number != ::dirfd(folder)) descriptors.insert(number);
    }
    ::closedir(folder);
  }
  const std::string path = argv[1];
  std::ofstream out(path + ".new");
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Sig") || line.starts_with("Shd")) out << line << "\n";
  }
  for (const int number : descriptors) {
    out << "fd " << number << " " << target_of(number) << " flags " << (::fcntl(number, F_GETFL) & O_NONBLOCK) << "\n";
  }
  int death_signal = 0;
  ::prctl(PR_GET_PDEATHSIG, &death_signal);
  out << "leader " << (::getsid(0) == ::getpid()) << (::getpgrp() == ::getpid()) << "\n";
  out << "death " << death_signal << "\n";
  for (const char* name : {"LISTEN_FDS", "LISTEN_FDNAMES", "DYNAMO_INSTANCE"}) {
    if (const char* value = std::getenv(name)) out << name << " " << value << "\n";
  }
  if (const char* pid = std::getenv("LISTEN_PID")) {
    out << "LISTEN_PID " << (pid == std::to_string(::getpid()) ? "own" : pid) << "\n";
  }
  out << "argv0 " << argv[0] << "\n";
  out.close();
  std::rename((path + ".new").c_str(), path.c_str());
}
