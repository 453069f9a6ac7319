#pragma once
// The environment of a replica: the caller's, over it the contract (docs/worker-contract.md), over it what graph,
// component and binding declare. Pure. The caller's part may be large and is the same for all replicas, so it is made
// once and shared.
//
// LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES, and the mark by which a daemonised process is recognised, are added by
// the launcher, because they belong to one start.

#include "orchestrator/addresses.h"
#include "orchestrator/run.h"
#include "proto/plan.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct EnvironmentInput {
  const Plan& plan;
  const std::vector<WorkerAddresses>& addresses;
  const RunOptions& options;
};

/// What replicas of one kind take over from the caller: sorted "NAME=VALUE".
std::vector<std::string> inherited_environment(const RunOptions& options, RuntimeKind runtime);

/// What one replica has over it: sorted "NAME=VALUE". `problem` receives the first `:?text` whose reference is unset.
/// `notify_socket`: the path for NOTIFY_SOCKET; empty: the replica gets none.
std::vector<std::string> worker_environment(const EnvironmentInput& input, std::size_t worker,
                                            const std::filesystem::path& clients_file,
                                            const std::filesystem::path& notify_socket,
                                            std::optional<std::string>& problem);

}  // namespace dynamo
