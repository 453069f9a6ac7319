#pragma once
// The discovery folder of a run of Dynamo programs (DYN_FILE_KV): what each process registers there is a file that it
// touches while it lives. After a SIGKILL nobody takes the files away, and for some ten seconds the others send it
// work. We know at once, so we forget it at once.
//
// The files are Dynamo's own affair (checked with 1.6.1: v1/{instances,mdc,event_channels,event_sources}/KEY, JSON).
// What we do not understand stays, and expires as it would without us.

#include "orchestrator/socket_owner.h"

#include <filesystem>

namespace dynamo {

/// Removes the entries of instances on whose address nobody listens any more, with everything that refers to them.
/// Call it when the whole tree of a replica has ended. A folder that is not there is no error.
void forget_the_dead(const std::filesystem::path& folder, const ListeningSockets& sockets);

}  // namespace dynamo
