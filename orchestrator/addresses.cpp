#include "orchestrator/addresses.h"

#include "orchestrator/ports.h"
#include "proto/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

constexpr std::string_view loopback = "127.0.0.1";

std::string host_of(const Plan& plan, const RunOptions& options, const PlannedProcess& process) {
  return process.slot == plan.entry ? options.entry_host : std::string(loopback);
}

/// Joins a port of a process to a need that it shares, or makes a new one.
void add_need(std::vector<PortNeed>& needs, std::size_t worker, const std::string& name, const PortWish& wish,
              const std::string& host, bool shared) {
  for (PortNeed& need : needs) {
    const bool same_worker = need.workers.front() == worker;
    if (same_worker && wish.number && need.number == wish.number) {
      need.names.push_back(name);
      need.shared_socket = need.shared_socket || shared;
      return;
    }
  }
  needs.push_back({.workers = {worker}, .names = {name}, .number = wish.number, .host = host, .shared_socket = shared});
}

std::string socket_name(const PlannedProcess& process, const PlannedEndpoint& endpoint, std::size_t worker,
                        std::size_t index) {
  // A path holds 107 bytes and names may be long: the indices alone are unique, a readable part is a courtesy.
  constexpr std::size_t readable = 12;
  return fmt::format("{}.{}-{}.sock", worker, index, (process.slot + "-" + endpoint.name).substr(0, readable));
}

std::string_view scheme_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::Http: return "http://";
    case Protocol::Grpc: return "grpc://";
    case Protocol::Tcp: return "tcp://";
    case Protocol::Unix: return "unix://";
    case Protocol::Dyn: return "dyn://";
  }
  return "";
}

bool same_component(const Plan& plan, std::size_t left, std::size_t right) {
  return plan.processes[left].slot == plan.processes[right].slot &&
         plan.processes[left].component == plan.processes[right].component;
}

/// The first replica of the same component in the same slot: the sockets of `listen: fd` carry its number.
std::size_t first_sibling(const Plan& plan, std::size_t worker) {
  for (std::size_t other = 0; other < worker; ++other) {
    if (same_component(plan, other, worker)) return other;
  }
  return worker;
}

EndpointAddress address_of(const Plan& plan, const RunOptions& options, std::size_t worker, std::size_t index,
                           const std::map<std::string, int>& ports) {
  const PlannedProcess& process = plan.processes[worker];
  const PlannedEndpoint& endpoint = process.endpoints[index];
  EndpointAddress address;
  address.name = endpoint.name;
  address.protocol = endpoint.protocol;
  address.listen = endpoint.listen;
  if (endpoint.protocol == Protocol::Dyn) {
    address.url = fmt::format("dyn://{}.{}.{}", plan.name_space, process.slot, endpoint.name);
    return address;
  }
  if (endpoint.protocol == Protocol::Unix) {
    const std::size_t owner = endpoint.listen == Listen::Fd ? first_sibling(plan, worker) : worker;
    address.at = (options.socket_dir / socket_name(process, endpoint, owner, index)).string();
    address.url = "unix://" + address.at;
    return address;
  }
  address.host = host_of(plan, options, process);
  address.port = ports.at(endpoint.name);
  address.at = host_and_port(address.host, address.port);
  address.url =
      fmt::format("{}{}{}", scheme_of(endpoint.protocol), host_and_port(connectable_host(address.host), address.port),
                  endpoint.protocol == Protocol::Http ? endpoint.path : "");
  return address;
}

void add_once(std::vector<std::string>& urls, const std::string& url) {
  if (std::ranges::find(urls, url) == urls.end()) urls.push_back(url);
}

std::string joined(const std::vector<std::string>& urls) { return fmt::format("{}", fmt::join(urls, ",")); }

/// Cuts `text` at its first dot: {"port", "chat"}; without a dot the second half is empty.
std::pair<std::string_view, std::string_view> cut(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return {text, {}};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

std::string self_value(const Plan& plan, const std::vector<WorkerAddresses>& addresses, const RunOptions& options,
                       std::size_t worker, std::string_view name) {
  const PlannedProcess& process = plan.processes[worker];
  const auto [first, rest] = cut(name);
  if (first == "slot") return process.slot;
  if (first == "replica") return std::to_string(process.replica);
  if (first == "gpus") return joined_ids(process.gpus);
  if (first == "run_dir") return options.run_dir.string();
  if (first == "port") {
    const auto& ports = addresses[worker].ports;
    const auto found = ports.find(std::string(rest));
    return found == ports.end() ? "" : std::to_string(found->second);
  }
  if (first == "listen") {
    const EndpointAddress* endpoint = addresses[worker].find(rest);
    return endpoint == nullptr ? "" : endpoint->at;
  }
  return "";
}

}  // namespace

std::string host_and_port(std::string_view host, int port) {
  const bool bare_v6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  return bare_v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string joined_ids(const std::vector<int>& ids) { return fmt::format("{}", fmt::join(ids, ",")); }

std::vector<PortNeed> port_needs(const Plan& plan, const RunOptions& options) {
  std::vector<PortNeed> all;
  for (std::size_t worker = 0; worker < plan.processes.size(); ++worker) {
    const PlannedProcess& process = plan.processes[worker];
    std::vector<PortNeed> own;
    for (const PlannedEndpoint& endpoint : process.endpoints) {
      if (!endpoint.port || endpoint.protocol == Protocol::Unix || endpoint.protocol == Protocol::Dyn) continue;
      add_need(own, worker, endpoint.name, *endpoint.port, host_of(plan, options, process),
               endpoint.listen == Listen::Fd);
    }
    for (const PlannedPort& port : process.ports) {
      add_need(own, worker, port.name, port.port, host_of(plan, options, process), false);
    }
    for (PortNeed& need : own) {
      const auto shared = std::ranges::find_if(all, [&](const PortNeed& other) {
        return need.shared_socket && other.shared_socket && other.names == need.names && other.number == need.number &&
               other.workers.front() != worker && same_component(plan, other.workers.front(), worker);
      });
      if (shared != all.end()) {
        shared->workers.push_back(worker);
      } else {
        all.push_back(std::move(need));
      }
    }
  }
  return all;
}

const EndpointAddress* WorkerAddresses::find(std::string_view endpoint) const {
  const auto found = std::ranges::find(endpoints, endpoint, &EndpointAddress::name);
  return found == endpoints.end() ? nullptr : &*found;
}

std::vector<std::string> WorkerAddresses::urls() const {
  std::vector<std::string> result;
  for (const EndpointAddress& endpoint : endpoints) result.push_back(endpoint.url);
  return result;
}

std::vector<WorkerAddresses> resolve_addresses(const Plan& plan, const RunOptions& options,
                                               const std::vector<PortNeed>& needs, const std::vector<int>& numbers) {
  DYNAMO_CHECK(needs.size() == numbers.size(), "every port that is needed was given a number");
  std::vector<WorkerAddresses> result(plan.processes.size());
  for (std::size_t need = 0; need < needs.size(); ++need) {
    for (const std::size_t worker : needs[need].workers) {
      for (const std::string& name : needs[need].names) result[worker].ports[name] = numbers[need];
    }
  }
  for (std::size_t worker = 0; worker < plan.processes.size(); ++worker) {
    for (std::size_t index = 0; index < plan.processes[worker].endpoints.size(); ++index) {
      result[worker].endpoints.push_back(address_of(plan, options, worker, index, result[worker].ports));
    }
  }
  return result;
}

std::vector<ClientInstance> client_instances(const Plan& plan, const std::vector<WorkerAddresses>& addresses,
                                             const PlannedClient& client) {
  std::vector<ClientInstance> result;
  for (const std::string& slot : client.slots) {
    std::vector<std::size_t> workers;
    for (std::size_t worker = 0; worker < plan.processes.size(); ++worker) {
      if (plan.processes[worker].slot == slot) workers.push_back(worker);
    }
    std::ranges::sort(workers, {}, [&](std::size_t worker) { return plan.processes[worker].replica; });
    for (const std::size_t worker : workers) {
      ClientInstance instance;
      instance.worker = worker;
      instance.id = plan.processes[worker].id();
      for (const std::string& endpoint : client.endpoints) {
        for (const EndpointAddress& address : addresses[worker].endpoints) {
          if (endpoint == "*" || endpoint == address.name) instance.urls.emplace_back(address.name, address.url);
        }
      }
      result.push_back(std::move(instance));
    }
  }
  for (const std::string& url : client.urls) {
    ClientInstance instance;
    instance.id = url;
    for (const std::string& endpoint : client.endpoints) instance.urls.emplace_back(endpoint, url);
    result.push_back(std::move(instance));
  }
  return result;
}

std::vector<std::string> endpoint_urls(const std::vector<ClientInstance>& instances, std::string_view endpoint) {
  std::vector<std::string> urls;
  for (const ClientInstance& instance : instances) {
    for (const auto& [name, url] : instance.urls) {
      if (endpoint == "*" || endpoint == name) add_once(urls, url);
    }
  }
  return urls;
}

std::string reference_value(const Plan& plan, const std::vector<WorkerAddresses>& addresses, const RunOptions& options,
                            std::size_t worker, std::string_view name) {
  const auto [scope, path] = cut(name);
  if (scope == "self") return self_value(plan, addresses, options, worker, path);
  if (scope != "clients") return "";
  const auto [client_name, endpoint] = cut(path);
  for (const PlannedClient& client : plan.processes[worker].clients) {
    if (client.name != client_name) continue;
    const std::vector<ClientInstance> instances = client_instances(plan, addresses, client);
    if (!endpoint.empty()) return joined(endpoint_urls(instances, endpoint));
    return client.endpoints.size() == 1 ? joined(endpoint_urls(instances, client.endpoints.front())) : "";
  }
  return "";
}

}  // namespace dynamo
