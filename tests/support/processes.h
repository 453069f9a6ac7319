#pragma once
// What /proc says about processes: who carries a marker, who is whose child.

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

/// False for a zombie too.
bool is_alive(pid_t pid);

/// SIGSTOP takes effect a moment after kill() has returned.
bool is_stopped(pid_t pid);

/// The words of its command, separated by blanks.
std::string command_of(pid_t pid);

}  // namespace dynamo::test
