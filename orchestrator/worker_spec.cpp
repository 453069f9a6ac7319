#include "orchestrator/worker_spec.h"

#include "orchestrator/dynamo_runtime.h"
#include "orchestrator/ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace dynamo {
namespace {

/// Fills the templates of one replica and remembers what could not be filled.
class Filler {
 public:
  Filler(const EnvironmentInput& input, std::size_t worker, std::vector<std::string>& problems)
      : input_(input), worker_(worker), problems_(problems) {}

  std::string operator()(const Template& text, std::string_view what) {
    std::optional<std::string> unset;
    std::string result = text.fill(
        [&](std::string_view name) {
          return reference_value(input_.plan, input_.addresses, input_.options, worker_, name);
        },
        unset);
    if (unset) problem(fmt::format("`{}`: {}", what, *unset));
    return result;
  }

  std::vector<std::string> operator()(const std::vector<Template>& words, std::string_view what) {
    std::vector<std::string> result;
    for (const Template& word : words) result.push_back((*this)(word, what));
    return result;
  }

  void problem(const std::string& sentence) {
    problems_.push_back(fmt::format("{}: {}", input_.plan.processes[worker_].id(), sentence));
  }

 private:
  const EnvironmentInput& input_;
  std::size_t worker_;
  std::vector<std::string>& problems_;
};

constexpr int sidecar_nice = 5;
constexpr int sidecar_oom_score_adj = 300;

ResolvedProbe resolve_probe(const Probe& probe, const PlannedProcess& process, const WorkerAddresses& addresses,
                            const std::string& default_host, Filler& fill, std::string_view what) {
  ResolvedProbe result;
  result.kind = probe.kind;
  result.path = fill(probe.path, what);
  if (result.path.empty()) result.path = "/";
  result.service = fill(probe.service, what);
  result.status = probe.status;
  result.pattern = fill(probe.pattern, what);
  result.command = fill(probe.command, what);
  if (probe.kind == ProbeKind::Http || probe.kind == ProbeKind::Tcp || probe.kind == ProbeKind::Grpc) {
    const EndpointAddress* endpoint = addresses.find(probe.port);
    const auto port = addresses.ports.find(probe.port);
    if (port == addresses.ports.end()) {
      fill.problem(fmt::format("`{}`: component `{}` has no port `{}`", what, process.component, probe.port));
      return result;
    }
    result.address = ProbeAddress(endpoint != nullptr ? endpoint->host : default_host, port->second);
    result.shared_socket = endpoint != nullptr && endpoint->listen == Listen::Fd;
  }
  if ((probe.kind == ProbeKind::Http || probe.kind == ProbeKind::Log) && !result.pattern.empty()) {
    if (const std::string error = Pattern(result.pattern).error(); !error.empty()) {
      fill.problem(fmt::format("`{}`: `{}` is not a pattern: {}", what, result.pattern, error));
    }
  }
  return result;
}

void add_own_sockets(WorkerSpec& spec, const WorkerAddresses& addresses) {
  for (const EndpointAddress& endpoint : addresses.endpoints) {
    if (endpoint.protocol == Protocol::Dyn || endpoint.listen == Listen::Fd) continue;
    if (endpoint.protocol == Protocol::Unix) {
      spec.socket_files.push_back(endpoint.at);
      spec.own_sockets.emplace_back(endpoint.at);
      continue;
    }
    // Endpoints may share a port, also with one whose socket is handed down.
    const bool known = std::ranges::any_of(spec.own_sockets, [&](const ProbeAddress& other) {
      return other.socket_path.empty() && other.port == endpoint.port;
    });
    const bool handed_down = std::ranges::any_of(addresses.endpoints, [&](const EndpointAddress& other) {
      return other.listen == Listen::Fd && other.port == endpoint.port;
    });
    if (!known && !handed_down) spec.own_sockets.emplace_back(endpoint.host, endpoint.port);
  }
}

}  // namespace

int signal_number(StopSignal signal) {
  switch (signal) {
    case StopSignal::Term: return SIGTERM;
    case StopSignal::Int: return SIGINT;
    case StopSignal::Quit: return SIGQUIT;
    case StopSignal::Hup: return SIGHUP;
    case StopSignal::Usr1: return SIGUSR1;
    case StopSignal::Usr2: return SIGUSR2;
  }
  return SIGTERM;
}

WorkerSpec make_worker_spec(const EnvironmentInput& input, std::size_t worker,
                            const std::filesystem::path& clients_file, std::vector<std::string>& problems) {
  const PlannedProcess& process = input.plan.processes[worker];
  const WorkerAddresses& addresses = input.addresses[worker];
  const PlannedSlot* slot = input.plan.find_slot(process.slot);
  Filler fill(input, worker, problems);

  WorkerSpec spec;
  spec.id = process.id();
  spec.urls = addresses.urls();
  spec.stop_signal = signal_number(process.stop.signal);
  add_own_sockets(spec, addresses);

  const std::string host = process.slot == input.plan.entry ? input.options.entry_host : "127.0.0.1";
  if (process.ready.probe) {
    spec.ready = resolve_probe(*process.ready.probe, process, addresses, host, fill, "ready");
    if (spec.ready->kind == ProbeKind::Notify) {
      spec.notify_socket = input.options.socket_dir / fmt::format("{}.notify", worker);
    }
  }
  spec.ready_interval = process.ready.interval;
  if (process.live) {
    spec.live = resolve_probe(process.live->probe, process, addresses, host, fill, "live");
    spec.live_interval = process.live->interval;
    spec.live_failures = process.live->failures;
  }

  spec.rules.restart = process.restart;
  // A sidecar that may be ignored is never started again.
  if (slot != nullptr && slot->sidecar && slot->on_failure == OnFailure::Ignore) {
    spec.rules.restart.policy = RestartMode::Never;
  }
  spec.rules.ready_timeout = process.ready.timeout;
  spec.rules.grace = process.stop.grace;
  spec.rules.serves = !process.endpoints.empty();
  spec.rules.watched = process.live.has_value();
  spec.rules.ready_at_once = !process.ready.probe && spec.own_sockets.empty();

  if (slot != nullptr && slot->sidecar) {
    // What is not on the request's way gives way to what is.
    spec.process.nice = sidecar_nice;
    spec.process.oom_score_adj = sidecar_oom_score_adj;
  }
  for (const Ulimit& limit : process.resources.ulimits) {
    if (auto problem = why_not(limit)) fill.problem(*problem);
    spec.process.limits.push_back(process_limit(limit));
  }
  spec.process.arguments = fill(process.command, "command");
  spec.process.cwd = fill(process.cwd, "cwd");
  if (process.runtime == RuntimeKind::Dynamo) spec.discovery = discovery_folder(input.options);
  std::optional<std::string> unset;
  spec.process.environment = worker_environment(input, worker, clients_file, spec.notify_socket, unset);
  if (unset) fill.problem(*unset);
  for (const PlannedEndpoint& endpoint : process.endpoints) {
    if (endpoint.listen == Listen::Fd) spec.process.listen_names.push_back(endpoint.name);
  }
  if (spec.process.arguments.empty() || spec.process.arguments.front().empty()) {
    fill.problem("its command has no program");
  }
  return spec;
}

std::string host_problem(const WorkerSpec& spec) {
  std::error_code error;
  if (!std::filesystem::is_directory(spec.process.cwd, error)) {
    return fmt::format("{}: there is no folder `{}` to run in", spec.id, spec.process.cwd);
  }
  const std::string& name = spec.process.arguments.front();
  const auto program = find_program(name, variable_of(spec.process, "PATH"), spec.process.cwd);
  if (!program) return fmt::format("{}: there is no program `{}` in any folder of PATH", spec.id, name);
  if (!std::filesystem::exists(*program, error)) return fmt::format("{}: there is no program `{}`", spec.id, *program);
  return "";
}

}  // namespace dynamo
