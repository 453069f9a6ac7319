#pragma once
// What a run takes from the host before anything starts: ports, listening sockets that are handed down, finished
// worker specs. Either all of it can be had, or sentences tell what is missing and nothing is started.

#include "orchestrator/addresses.h"
#include "orchestrator/file_descriptor.h"
#include "orchestrator/ports.h"
#include "orchestrator/run.h"
#include "orchestrator/run_state.h"
#include "orchestrator/worker_spec.h"
#include "proto/plan.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace dynamo {

struct HostSetup {
  PortRegistry registry;          ///< holds the ports until the run has ended
  std::vector<int> port_numbers;  ///< in the order of port_needs()
  std::vector<WorkerAddresses> addresses;
  std::vector<WorkerSpec> specs;
  std::vector<FileDescriptor> sockets;        ///< of endpoints with `listen: fd`
  std::vector<std::vector<int>> handed_down;  ///< per worker, in the order of its specs' listen_names
  std::vector<std::string> problems;          ///< empty: everything is there
};

/// `clients_file` tells the path for a worker. `patience`: how long a fixed port may stay taken, because processes of
/// a dead run that hold it have just been killed.
void prepare_host(const Plan& plan, const RunOptions& options,
                  const std::function<std::filesystem::path(std::size_t worker)>& clients_file, Duration patience,
                  HostSetup& setup);

/// The same for a run that an earlier program of this process has prepared: nothing is taken anew.
void resume_host(const Plan& plan, const RunOptions& options,
                 const std::function<std::filesystem::path(std::size_t worker)>& clients_file, const SavedHost& saved,
                 HostSetup& setup);
[[nodiscard]] SavedHost save_host(const HostSetup& setup);

}  // namespace dynamo
