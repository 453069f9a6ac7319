#pragma once
// A planned replica with everything filled in that only the run knows: the finished command, folder, environment and
// probes. Pure; made once before anything starts, because ports and addresses stay the same for the whole run.

#include "orchestrator/addresses.h"
#include "orchestrator/environment.h"
#include "orchestrator/launcher.h"
#include "orchestrator/probe.h"
#include "orchestrator/worker_machine.h"
#include "proto/plan.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dynamo {

struct ResolvedProbe {
  ProbeKind kind = ProbeKind::Tcp;
  ProbeAddress address;              ///< http, tcp, grpc
  bool shared_socket = false;        ///< http, tcp, grpc: the orchestrator holds the socket; who owns it tells nothing
  std::string path;                  ///< http
  std::string service;               ///< grpc
  std::optional<int> status;         ///< http
  std::string pattern;               ///< http: of the body, may be empty; log: of a line
  std::vector<std::string> command;  ///< exec
};

struct WorkerSpec {
  std::string id;
  WorkerRules rules;
  int stop_signal = 0;
  ProcessSpec process;                    ///< without program, descriptors and mark, which belong to one start
  std::vector<std::string> urls;          ///< of its endpoints
  std::vector<ProbeAddress> own_sockets;  ///< of the default probe: what must accept and belong to its tree
  std::vector<std::string> socket_files;  ///< unix sockets that it binds itself
  std::filesystem::path notify_socket;    ///< empty: none
  std::filesystem::path discovery;        ///< the folder in which programs of Dynamo register; empty: it is none
  Duration ready_interval = std::chrono::seconds(1);
  std::optional<ResolvedProbe> ready;  ///< none: the default probe
  std::optional<ResolvedProbe> live;
  Duration live_interval = std::chrono::seconds(1);
  int live_failures = 3;
};

/// `problems` receives a sentence for everything that cannot be filled in.
WorkerSpec make_worker_spec(const EnvironmentInput& input, std::size_t worker,
                            const std::filesystem::path& clients_file, std::vector<std::string>& problems);

/// Why the program or the folder of a replica cannot be used on this host; empty when they can.
std::string host_problem(const WorkerSpec& spec);

int signal_number(StopSignal signal);

}  // namespace dynamo
