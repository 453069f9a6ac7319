#include "orchestrator/environment.h"

#include "orchestrator/dynamo_runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dynamo {
namespace {

/// What an outer run, or a service manager, meant for us and not for our workers.
bool is_foreign(std::string_view name) {
  constexpr std::array<std::string_view, 5> exact{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET",
                                                  "DYNAMO_CLIENTS_FILE"};
  constexpr std::array<std::string_view, 3> prefixes{"DYNAMO_LISTEN_", "DYNAMO_PORT_", "DYNAMO_CLIENT_"};
  return std::ranges::find(exact, name) != exact.end() ||
         std::ranges::any_of(prefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::vector<std::string> as_list(const Variables& variables) {
  std::vector<std::string> result;
  result.reserve(variables.size());
  for (const auto& [name, value] : variables) result.push_back(name + "=" + value);
  return result;
}

Variables callers(const std::vector<std::string>& environment) {
  Variables variables;
  for (const std::string& entry : environment) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    std::string name = entry.substr(0, equals);
    if (!is_foreign(name)) variables.insert_or_assign(std::move(name), entry.substr(equals + 1));
  }
  return variables;
}

void add_clients(Variables& variables, const EnvironmentInput& input, const PlannedProcess& process) {
  for (const PlannedClient& client : process.clients) {
    const std::string base = "DYNAMO_CLIENT_" + variable_part(client.name);
    const std::vector<ClientInstance> instances = client_instances(input.plan, input.addresses, client);
    for (const std::string& endpoint : client.endpoints) {
      const std::string urls = fmt::format("{}", fmt::join(endpoint_urls(instances, endpoint), ","));
      // `*` is not a name: the type Any has only the short variable.
      if (endpoint != "*") variables[base + "_" + variable_part(endpoint)] = urls;
      if (client.endpoints.size() == 1) variables[base] = urls;
    }
  }
}

}  // namespace

std::vector<std::string> inherited_environment(const RunOptions& options, RuntimeKind runtime) {
  Variables variables = callers(options.environment);
  if (runtime == RuntimeKind::Dynamo) remove_dynamo_variables(variables);
  return as_list(variables);
}

std::vector<std::string> worker_environment(const EnvironmentInput& input, std::size_t worker,
                                            const std::filesystem::path& clients_file,
                                            const std::filesystem::path& notify_socket,
                                            std::optional<std::string>& problem) {
  const PlannedProcess& process = input.plan.processes[worker];
  const WorkerAddresses& addresses = input.addresses[worker];
  Variables variables;
  variables["DYNAMO_GRAPH"] = input.plan.graph;
  variables["DYNAMO_NAMESPACE"] = input.plan.name_space;
  variables["DYNAMO_SLOT"] = process.slot;
  variables["DYNAMO_COMPONENT"] = process.component;
  variables["DYNAMO_REPLICA"] = std::to_string(process.replica);
  variables["DYNAMO_RUN_ID"] = input.options.run_id;
  variables["DYNAMO_RUN_DIR"] = input.options.run_dir.string();
  for (const EndpointAddress& endpoint : addresses.endpoints) {
    if (!endpoint.at.empty()) variables["DYNAMO_LISTEN_" + variable_part(endpoint.name)] = endpoint.at;
  }
  for (const auto& [name, number] : addresses.ports) {
    variables["DYNAMO_PORT_" + variable_part(name)] = std::to_string(number);
  }
  add_clients(variables, input, process);
  variables["DYNAMO_CLIENTS_FILE"] = clients_file.string();
  if (!notify_socket.empty()) variables["NOTIFY_SOCKET"] = notify_socket.string();
  if (process.runtime == RuntimeKind::Dynamo) add_dynamo_runtime(variables, input.plan, input.options, addresses);
  if (!process.gpus.empty()) variables["CUDA_VISIBLE_DEVICES"] = joined_ids(process.gpus);

  for (const Variable& declared : process.env) {
    std::optional<std::string> unset;
    variables[declared.name] = declared.value.fill(
        [&](std::string_view name) {
          return reference_value(input.plan, input.addresses, input.options, worker, name);
        },
        unset);
    if (unset && !problem) problem = fmt::format("`env.{}`: {}", declared.name, *unset);
  }

  return as_list(variables);
}

}  // namespace dynamo
