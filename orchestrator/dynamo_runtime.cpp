#include "orchestrator/dynamo_runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace dynamo {
namespace {

constexpr const char* loopback = "127.0.0.1";

/// Each names one process or one server. In the caller's environment they speak of others: two replicas would bind one
/// port, or a graph would join a stranger's.
constexpr std::array<std::string_view, 12> of_others{"NATS_SERVER",
                                                     "ETCD_ENDPOINTS",
                                                     "DYN_COMPONENT",
                                                     "DYN_ENDPOINT",
                                                     "DYN_HTTP_PORT",
                                                     "DYN_NAMESPACE_PREFIX",
                                                     "DYN_NAMESPACE_WORKER_SUFFIX",
                                                     "DYN_SYSTEM_PORT",
                                                     "DYN_TCP_RESPONSE_STREAM_PORT",
                                                     "DYN_TCP_RPC_PORT",
                                                     "DYN_ZMQ_BROKER_ENABLED",
                                                     "DYN_ZMQ_BROKER_URL"};

/// `["generate","encode"]`
std::string as_json_list(const std::vector<std::string>& names) {
  return names.empty() ? "[]" : fmt::format("[\"{}\"]", fmt::join(names, "\",\""));
}

}  // namespace

bool is_dynamo_frontend(const PlannedProcess& process) {
  return process.runtime == RuntimeKind::Dynamo &&
         std::ranges::any_of(process.endpoints,
                             [](const PlannedEndpoint& endpoint) { return endpoint.protocol == Protocol::Http; });
}

std::filesystem::path discovery_folder(const RunOptions& options) { return options.run_dir / "kv"; }

void remove_dynamo_variables(Variables& variables) {
  for (const std::string_view name : of_others) variables.erase(std::string(name));
}

void add_dynamo_runtime(Variables& variables, const Plan& plan, const RunOptions& options,
                        const WorkerAddresses& addresses) {
  variables["DYN_NAMESPACE"] = plan.name_space;
  variables["DYN_DISCOVERY_BACKEND"] = "file";
  variables["DYN_FILE_KV"] = discovery_folder(options).string();
  variables["DYN_REQUEST_PLANE"] = "tcp";
  variables["DYN_EVENT_PLANE"] = "zmq";
  // Without these Dynamo asks the network for its address, and needs one.
  variables["DYN_TCP_RPC_HOST"] = loopback;
  variables["DYN_TCP_RESPONSE_STREAM_HOST"] = loopback;
  variables["DYN_EVENT_PLANE_HOST"] = loopback;
  variables["PYTHONUNBUFFERED"] = "1";
  variables["PYTHONHASHSEED"] = "0";

  std::vector<std::string> found;  // by Dynamo's discovery
  const EndpointAddress* door = nullptr;
  for (const EndpointAddress& endpoint : addresses.endpoints) {
    if (endpoint.protocol == Protocol::Dyn) found.push_back(endpoint.name);
    if (endpoint.protocol == Protocol::Http && door == nullptr) door = &endpoint;
  }
  if (found.size() == 1) variables["DYN_ENDPOINT"] = addresses.find(found.front())->url;
  if (door != nullptr) {
    variables["DYN_HTTP_HOST"] = door->host;
    variables["DYN_HTTP_PORT"] = std::to_string(door->port);
  } else if (const auto system = addresses.ports.find("system"); system != addresses.ports.end()) {
    variables["DYN_SYSTEM_HOST"] = loopback;
    variables["DYN_SYSTEM_PORT"] = std::to_string(system->second);
    // A worker that registers no health check of its own, as the mocker, would never call itself ready without it.
    variables["DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS"] = as_json_list(found);
  }
}

}  // namespace dynamo
