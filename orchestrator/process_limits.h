#pragma once
// `resources.ulimits`: what getrlimit(2) calls the limits of a process, which all that it starts inherit.

#include "proto/plan.h"

#include <sys/resource.h>

#include <optional>
#include <string>
#include <vector>

namespace dynamo {

/// RLIMIT_NOFILE and the like, and what it becomes; soft and hard.
struct ProcessLimit {
  __rlimit_resource resource = RLIMIT_NOFILE;
  rlim_t value = RLIM_INFINITY;
};

ProcessLimit process_limit(const Ulimit& limit);

/// Why this user may not set such a limit; none: it may. Asked before anything is started.
std::optional<std::string> why_not(const Ulimit& limit);

}  // namespace dynamo
