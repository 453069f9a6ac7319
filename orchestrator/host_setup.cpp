#include "orchestrator/host_setup.h"

#include "orchestrator/processors.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

namespace dynamo {
namespace {

/// "port 8000 of frontend/0 (`chat` and `models`)"
std::string need_words(const Plan& plan, const PortNeed& need) {
  std::string names;
  for (const std::string& name : need.names) names += fmt::format("{}`{}`", names.empty() ? "" : " and ", name);
  return fmt::format("port {} of {} ({})", *need.number, plan.processes[need.workers.front()].id(), names);
}

Result<int> reserve(PortRegistry& registry, const PortNeed& need, Duration patience) {
  constexpr Duration pause{20};
  for (;;) {
    Result<int> number = registry.reserve(*need.number, need.host);
    if (number || number.error().error.value() != EADDRINUSE || patience <= Duration::zero()) return number;
    ::usleep(static_cast<useconds_t>(pause.count()) * 1000);
    patience -= pause;
  }
}

std::vector<int> choose_ports(const Plan& plan, const std::vector<PortNeed>& needs, Duration patience,
                              HostSetup& setup) {
  std::vector<int> numbers(needs.size(), 0);
  // Fixed numbers first, so that no `auto` takes one of them.
  for (std::size_t index = 0; index < needs.size(); ++index) {
    const PortNeed& need = needs[index];
    if (!need.number) continue;
    numbers[index] = *need.number;
    const Result<int> reserved = reserve(setup.registry, need, patience);
    if (reserved) continue;
    if (reserved.error().error.value() != EADDRINUSE) {
      setup.problems.push_back(
          fmt::format("{} cannot be used: {}", need_words(plan, need), reserved.error().message()));
      continue;
    }
    const auto holder = setup.registry.who_holds(*need.number);
    setup.problems.push_back(fmt::format("{} is taken by {}", need_words(plan, need),
                                         holder ? holder->words() : std::string("another process")));
  }
  for (std::size_t index = 0; index < needs.size(); ++index) {
    if (needs[index].number) continue;
    const Result<int> chosen = setup.registry.allocate(needs[index].host);
    if (chosen) {
      numbers[index] = *chosen;
    } else {
      setup.problems.push_back(
          fmt::format("{}: {}", plan.processes[needs[index].workers.front()].id(), chosen.error().message()));
    }
  }
  return numbers;
}

Result<FileDescriptor> listen_at(const EndpointAddress& endpoint) {
  return endpoint.protocol == Protocol::Unix ? listen_unix(endpoint.at) : listen_tcp(endpoint.host, endpoint.port);
}

/// Notes for every replica which shared sockets it receives; `open` gives each of them once, in a fixed order.
void hand_down_sockets(const Plan& plan, HostSetup& setup,
                       const std::function<Result<FileDescriptor>(const EndpointAddress&)>& open) {
  std::map<std::string, int> bound;  // by address
  setup.handed_down.resize(plan.processes.size());
  for (std::size_t worker = 0; worker < plan.processes.size(); ++worker) {
    for (const EndpointAddress& endpoint : setup.addresses[worker].endpoints) {
      if (endpoint.listen != Listen::Fd || endpoint.protocol == Protocol::Dyn) continue;
      auto found = bound.find(endpoint.at);
      if (found == bound.end()) {
        Result<FileDescriptor> socket = open(endpoint);
        if (!socket) {
          setup.problems.push_back(fmt::format("{}: {}", plan.processes[worker].id(), socket.error().message()));
          continue;
        }
        found = bound.emplace(endpoint.at, socket->get()).first;
        setup.sockets.push_back(std::move(*socket));
      }
      setup.handed_down[worker].push_back(found->second);
    }
  }
}

void check_socket_paths(const std::vector<WorkerSpec>& specs, std::vector<std::string>& problems) {
  for (const WorkerSpec& spec : specs) {
    std::vector<std::string> paths = spec.socket_files;
    if (!spec.notify_socket.empty()) paths.push_back(spec.notify_socket.string());
    for (const std::string& path : paths) {
      if (path.size() <= longest_socket_path) continue;
      problems.push_back(
          fmt::format("{}: the socket path `{}` has {} bytes, and a unix socket takes at most {}; set "
                      "XDG_RUNTIME_DIR to a shorter folder",
                      spec.id, path, path.size(), longest_socket_path));
    }
  }
}

void fill_in(const Plan& plan, const RunOptions& options, const std::vector<PortNeed>& needs,
             const std::function<std::filesystem::path(std::size_t worker)>& clients_file, HostSetup& setup) {
  setup.addresses = resolve_addresses(plan, options, needs, setup.port_numbers);
  const EnvironmentInput input{.plan = plan, .addresses = setup.addresses, .options = options};
  const std::vector<int> allowed = allowed_processors();
  std::map<RuntimeKind, std::shared_ptr<const std::vector<std::string>>> inherited;
  setup.specs.reserve(plan.processes.size());
  for (std::size_t worker = 0; worker < plan.processes.size(); ++worker) {
    setup.specs.push_back(make_worker_spec(input, worker, clients_file(worker), setup.problems));
    ProcessSpec& process = setup.specs.back().process;
    process.processors = processors_near(plan.processes[worker].gpus, allowed);
    const RuntimeKind runtime = plan.processes[worker].runtime;
    auto& callers = inherited[runtime];
    if (!callers) {
      callers = std::make_shared<const std::vector<std::string>>(inherited_environment(options, runtime));
    }
    process.shared_environment = callers;
  }
}

}  // namespace

void prepare_host(const Plan& plan, const RunOptions& options,
                  const std::function<std::filesystem::path(std::size_t worker)>& clients_file, Duration patience,
                  HostSetup& setup) {
  const std::vector<PortNeed> needs = port_needs(plan, options);
  setup.port_numbers = choose_ports(plan, needs, patience, setup);
  fill_in(plan, options, needs, clients_file, setup);
  check_socket_paths(setup.specs, setup.problems);
  // What a sidecar `before` prepares, a program for instance, need not be there yet.
  const bool prepared_by_the_run =
      std::ranges::any_of(plan.slots, [](const PlannedSlot& slot) { return slot.phase == Phase::Before; });
  for (std::size_t worker = 0; worker < plan.processes.size(); ++worker) {
    const PlannedSlot* slot = plan.find_slot(plan.processes[worker].slot);
    if (prepared_by_the_run && slot->phase != Phase::Before) continue;
    if (setup.specs[worker].process.arguments.empty()) continue;
    if (std::string problem = host_problem(setup.specs[worker]); !problem.empty()) {
      const PlannedProcess& process = plan.processes[worker];
      problem += fmt::format(" (component {}, {})", process.component, process.component_at.text());
      setup.problems.push_back(std::move(problem));
    }
  }
  if (setup.problems.empty()) hand_down_sockets(plan, setup, listen_at);
}

void resume_host(const Plan& plan, const RunOptions& options,
                 const std::function<std::filesystem::path(std::size_t worker)>& clients_file, const SavedHost& saved,
                 HostSetup& setup) {
  setup.port_numbers = saved.port_numbers;
  for (const auto& [port, lock] : saved.port_locks) {
    setup.registry.resume(std::atoi(port.c_str()), FileDescriptor::inherited(lock));
  }
  fill_in(plan, options, port_needs(plan, options), clients_file, setup);
  std::size_t next = 0;
  hand_down_sockets(plan, setup, [&](const EndpointAddress& endpoint) -> Result<FileDescriptor> {
    if (next >= saved.sockets.size()) return listen_at(endpoint);
    return FileDescriptor::inherited(saved.sockets[next++]);
  });
}

SavedHost save_host(const HostSetup& setup) {
  SavedHost saved;
  saved.port_numbers = setup.port_numbers;
  for (const auto& [port, lock] : setup.registry.reservations()) saved.port_locks[std::to_string(port)] = lock.get();
  for (const FileDescriptor& socket : setup.sockets) saved.sockets.push_back(socket.get());
  return saved;
}

}  // namespace dynamo
