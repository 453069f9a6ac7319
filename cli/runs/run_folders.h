#pragma once
// Where runs leave their files: the state folder of the user and, for sockets, whose paths must be short, the
// runtime folder.

#include "cli/environment.h"
#include "proto/result.h"

#include <filesystem>
#include <string>

namespace dynamo {

/// $XDG_STATE_HOME/dynamo/runs, by default ~/.local/state/dynamo/runs.
std::filesystem::path runs_folder(const Environment& environment);

/// $XDG_RUNTIME_DIR/dynamo, or a folder for this user under the temp folder. It is made if it is not there; fails
/// if somebody else could reach into it.
Result<std::filesystem::path> socket_folder(const Environment& environment);

}  // namespace dynamo
