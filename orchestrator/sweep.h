#pragma once
// When guardian and supervisor were killed in the same instant, daemonised processes of their run are left. The
// next start finds them by the mark in their environment and ends them.

#include <sys/types.h>

#include <string>
#include <vector>

namespace dynamo {

struct SweptProcess {
  pid_t pid = 0;
  std::string name;
  std::string run_dir;
  std::string worker;  ///< SLOT/N
  bool killed = false;
};

/// Kills the processes of this user, in our own namespaces, whose mark names a run that is dead for certain
/// (run_lock.h). This process and its ancestors are spared. Reads all of /proc, and again as long as it finds more.
std::vector<SweptProcess> sweep_dead_runs();

}  // namespace dynamo
