#pragma once
// What /proc says about processes: who carries a marker, who is whose child.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace dynamo::test {

/// Live processes (no zombies) whose environment holds this `NAME=VALUE`; with `prefix` any value that begins so.
std::vector<pid_t> processes_with(std::string_view variable, bool prefix = false);

/// The value of a variable in the environment that a process was started with.
std::optional<std::string> environment_variable(pid_t pid, std::string_view name);

std::vector<pid_t> children_of(pid_t parent);
std::vector<pid_t> zombies_of(pid_t parent);

/// False for a zombie too.
bool is_alive(pid_t pid);

/// SIGSTOP takes effect a moment after kill() has returned.
bool is_stopped(pid_t pid);

/// Processor time that it has used itself, without its children.
std::chrono::milliseconds cpu_time_of(pid_t pid);

/// The most memory that it has ever held, in kilobytes; 0 if it has ended.
long peak_memory_of(pid_t pid);

/// Whether some process holds a lock (flock) on this file. Locks pass to children, so that this tells of a whole
/// family whether it lives, however quickly its members follow each other.
bool is_locked(const std::filesystem::path& file);

/// The words of its command, separated by blanks.
std::string command_of(pid_t pid);

}  // namespace dynamo::test
