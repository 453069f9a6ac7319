#pragma once
// Where every endpoint of a run listens, and how others reach it. Pure: the numbers that were chosen for ports
// come in. port_needs() says which numbers are needed.
//
// This is the one place that knows how an address looks: a later engine that spreads replicas over hosts gives each
// its own HOST here.

#include "orchestrator/run.h"
#include "proto/plan.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {

/// One number to find. Endpoints of one component that name the same fixed number share it, so do all replicas that
/// share a socket (`listen: fd`).
struct PortNeed {
  std::vector<std::size_t> workers;  ///< indices into Plan::processes; several only for a shared socket
  std::vector<std::string> names;    ///< endpoints and `ports` of that component
  std::optional<int> number;         ///< none: any free one
  std::string host;                  ///< where it will be bound
  bool shared_socket = false;        ///< the orchestrator binds it and passes it on
};

std::vector<PortNeed> port_needs(const Plan& plan, const RunOptions& options);

struct EndpointAddress {
  std::string name;
  Protocol protocol = Protocol::Http;
  Listen listen = Listen::Port;
  std::string at;    ///< DYNAMO_LISTEN_...: HOST:PORT or an absolute path; empty for `dyn`
  std::string url;   ///< for clients and people
  std::string host;  ///< where the worker binds; empty for `unix` and `dyn`
  int port = 0;      ///< 0 for `unix` and `dyn`
};

struct WorkerAddresses {
  std::map<std::string, int> ports;        ///< of every port name, endpoints with a port included
  std::vector<EndpointAddress> endpoints;  ///< in endpoint order
  [[nodiscard]] const EndpointAddress* find(std::string_view endpoint) const;
  [[nodiscard]] std::vector<std::string> urls() const;
};

/// `numbers[i]` belongs to `needs[i]`. The result has one entry per process of the plan.
std::vector<WorkerAddresses> resolve_addresses(const Plan& plan, const RunOptions& options,
                                               const std::vector<PortNeed>& needs, const std::vector<int>& numbers);

/// One replica, or one address outside the graph, that a client reaches.
struct ClientInstance {
  std::optional<std::size_t> worker;  ///< none: a wired URL
  std::string id;                     ///< SLOT/N, or the URL
  /// Endpoint and URL: one per endpoint of the client's type; for `Any` every endpoint that the replica has. A wired
  /// URL stands for each endpoint of the type ("*" for `Any`).
  std::vector<std::pair<std::string, std::string>> urls;
};

/// Everything that stands behind a client, in the order of providers and replicas.
std::vector<ClientInstance> client_instances(const Plan& plan, const std::vector<WorkerAddresses>& addresses,
                                             const PlannedClient& client);
/// The URLs of one endpoint of a client's type ("*": of all endpoints) over these instances; each URL stands once.
std::vector<std::string> endpoint_urls(const std::vector<ClientInstance>& instances, std::string_view endpoint);

/// What `self.NAME` and `clients.NAME` stand for in the templates of one replica, given with their scope:
/// "self.port.chat", "clients.workers.generate". Unknown names and unconnected clients are empty.
std::string reference_value(const Plan& plan, const std::vector<WorkerAddresses>& addresses, const RunOptions& options,
                            std::size_t worker, std::string_view name);

/// "127.0.0.1:8000", "[::1]:8000"
std::string host_and_port(std::string_view host, int port);
/// "0,1"
std::string joined_ids(const std::vector<int>& ids);

}  // namespace dynamo
