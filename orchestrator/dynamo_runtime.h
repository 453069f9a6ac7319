#pragma once
// What programs of NVIDIA Dynamo read from their environment (`runtime: dynamo`), beside what every replica gets.
// Pure; docs/dynamo-runtime.md tells users the same, with the version of Dynamo that it was checked against.
//
// Three rules: all of a run meet in a discovery folder of their own, without etcd or NATS; everything that Dynamo lets
// us say an address for is at this host's own; nothing that the caller's shell knew about another process gets in. What
// the graph declares under `env` comes later and wins, so that a graph may choose etcd, NATS or other addresses.

#include "orchestrator/addresses.h"
#include "orchestrator/run.h"
#include "proto/plan.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace dynamo {

using Variables = std::map<std::string, std::string, std::less<>>;

/// A program of Dynamo with an `http` endpoint: it takes requests and has no system server.
bool is_dynamo_frontend(const PlannedProcess& process);

/// Where the processes of a run find each other; empty at its start, and nobody else's.
std::filesystem::path discovery_folder(const RunOptions& options);

/// What is another run's, and no replica of ours may take over from the caller.
void remove_dynamo_variables(Variables& variables);

void add_dynamo_runtime(Variables& variables, const Plan& plan, const RunOptions& options,
                        const WorkerAddresses& addresses);

}  // namespace dynamo
