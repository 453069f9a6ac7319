#pragma once
// A run's folder holds a file that the supervisor keeps locked as long as it lives. The kernel lets go of the lock
// whatever way the supervisor ends, so that anybody can tell a living run from a dead one.

#include "orchestrator/file_descriptor.h"
#include "proto/result.h"

#include <filesystem>

namespace dynamo {

enum class RunLife {
  Alive,
  Dead,     ///< the lock file is there and nobody holds it
  Unknown,  ///< there is no lock file, or we may not look
};

/// Makes the lock file RUN_DIR/lock and locks it; the run lives as long as the descriptor does.
/// Fails with EWOULDBLOCK when another process has locked it.
Result<FileDescriptor> lock_run(const std::filesystem::path& run_dir);
RunLife run_life(const std::filesystem::path& run_dir);

}  // namespace dynamo
