#include "orchestrator/readiness.h"

#include "orchestrator/file_descriptor.h"
#include "orchestrator/ports.h"
#include "orchestrator/socket_owner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

namespace dynamo {
namespace {

using std::chrono::milliseconds;

std::string place_words(const ProbeAddress& address) {
  return address.socket_path.empty() ? fmt::format("port {}", address.port) : fmt::format("`{}`", address.socket_path);
}

/// Somebody accepts at this address; is it this replica?
ProbeResult belongs_to(const Process& process, const ProbeAddress& address) {
  const ListeningSockets sockets = ListeningSockets::read();
  const std::vector<pid_t> tree = process.tree();
  const bool is_port = address.socket_path.empty();
  const Listening listening = is_port ? sockets.tcp(address.port, tree) : sockets.unix_path(address.socket_path, tree);
  // Nobody and a stranger are also what one sees who cannot open a file any more.
  if (listening != Listening::Own && !FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC))) {
    return ProbeResult::unknown(::strerrordesc_np(errno));
  }
  switch (listening) {
    case Listening::Own: return ProbeResult::good();
    case Listening::Nobody: return ProbeResult::bad("nobody listens any more on " + place_words(address));
    case Listening::Stranger: break;
  }
  std::string owner = "a process that is not its own";
  if (is_port) {
    const std::optional<PortHolder> holder = who_listens(address.port);
    // It was the replica itself, which has just ended: a process lets go of its descriptors before their ports are
    // free.
    if (!holder) return ProbeResult::bad("nobody listens any more on " + place_words(address));
    owner = holder->words();
  }
  ProbeResult result = ProbeResult::bad(fmt::format("{} belongs to {}", place_words(address), owner));
  result.stranger = true;
  return result;
}

/// "connection refused" -> "connection refused on port 8000"
ProbeResult located(ProbeResult result, const ProbeAddress& address) {
  result.reason += " on " + place_words(address);
  return result;
}

Awaitable<ProbeResult> try_default(Clock& clock, const WorkerSpec& spec, const Process& process) {
  for (const ProbeAddress& address : spec.own_sockets) {
    ProbeResult result = co_await probe_connect(clock, address);
    result = result.ok ? belongs_to(process, address) : located(std::move(result), address);
    if (!result.ok) co_return result;
  }
  co_return ProbeResult::good();
}

Awaitable<ProbeResult> try_command(Clock& clock, ProcessLauncher& launcher, const ResolvedProbe& probe,
                                   const WorkerSpec& spec, const Incarnation& incarnation) {
  ProcessSpec process;
  process.arguments = probe.command;
  process.environment = spec.process.environment;
  process.shared_environment = spec.process.shared_environment;
  process.cwd = spec.process.cwd;
  process.mark = incarnation.mark + "-probe";
  const std::optional<std::string> program =
      find_program(probe.command.front(), variable_of(process, "PATH"), process.cwd);
  if (!program) co_return ProbeResult::bad(fmt::format("there is no program `{}`", probe.command.front()));
  process.program = *program;
  ProbeResult result = co_await probe_exec(clock, launcher, std::move(process));
  if (!result.ok) result.reason = fmt::format("`{}`: {}", probe.command.front(), result.reason);
  co_return result;
}

Awaitable<ProbeResult> try_once(Clock& clock, ProcessLauncher& launcher, const ResolvedProbe& probe,
                                const WorkerSpec& spec, const Incarnation& incarnation) {
  switch (probe.kind) {
    case ProbeKind::Exec: {
      ProbeResult result = co_await try_command(clock, launcher, probe, spec, incarnation);
      co_return result;
    }
    case ProbeKind::Tcp: {
      // Whoever holds a shared socket accepts before any replica does: that tells nothing.
      if (probe.shared_socket) co_return ProbeResult::bad("a socket of `listen: fd` needs an `http` or `grpc` probe");
      ProbeResult result = co_await probe_connect(clock, probe.address);
      if (result.ok) co_return belongs_to(*incarnation.process, probe.address);
      co_return located(std::move(result), probe.address);
    }
    case ProbeKind::Http: {
      std::optional<Pattern> body;
      if (!probe.pattern.empty()) body.emplace(probe.pattern);
      HttpExpectation expected(probe.path, probe.status, body ? &*body : nullptr);
      ProbeResult result = co_await probe_http(clock, probe.address, std::move(expected));
      if (!result.ok) {
        result.reason += fmt::format(" from {}", probe.path);
        co_return located(std::move(result), probe.address);
      }
      if (!probe.shared_socket) co_return belongs_to(*incarnation.process, probe.address);
      co_return result;
    }
    case ProbeKind::Grpc: {
      ProbeResult result = co_await probe_grpc(clock, probe.address, probe.service);
      if (!result.ok) co_return located(std::move(result), probe.address);
      if (!probe.shared_socket) co_return belongs_to(*incarnation.process, probe.address);
      co_return result;
    }
    case ProbeKind::Log:
    case ProbeKind::Notify: break;  // these are waited for, not tried
  }
  co_return ProbeResult::bad("this kind of probe cannot be repeated");
}

}  // namespace

Awaitable<> until_ready(Clock& clock, ProcessLauncher& launcher, const WorkerSpec& spec, Incarnation& incarnation,
                        const Warn& warn) {
  if (spec.ready && spec.ready->kind == ProbeKind::Log) {
    incarnation.last_miss = fmt::format("no line of its output matches `{}`", spec.ready->pattern);
    co_await incarnation.log->wait();
    co_return;
  }
  if (spec.ready && spec.ready->kind == ProbeKind::Notify) {
    incarnation.last_miss = "it sent no READY=1 to NOTIFY_SOCKET";
    co_await incarnation.notify->wait_ready();
    co_return;
  }
  // A command costs more than a connection.
  const bool is_command = spec.ready && spec.ready->kind == ProbeKind::Exec;
  const milliseconds shortest = std::min(spec.ready_interval, milliseconds(is_command ? 100 : 10));
  const Clock::TimePoint start = clock.now();
  bool warned = false;
  for (;;) {
    const auto elapsed = std::chrono::duration_cast<milliseconds>(clock.now() - start);
    const milliseconds pause = std::clamp(elapsed / 3, shortest, spec.ready_interval);
    const Clock::TimePoint next = clock.now() + pause;
    co_await clock.sleep_until(next);
    // No conditional expression here: g++ 12 destroys its awaited result twice.
    ProbeResult result;
    if (spec.ready) {
      result = co_await try_once(clock, launcher, *spec.ready, spec, incarnation);
    } else {
      result = co_await try_default(clock, spec, *incarnation.process);
    }
    if (result.ok) co_return;
    if (result.stranger && !std::exchange(warned, true)) {
      warn(fmt::format("{}; what answers there does not make `{}` ready", result.reason, spec.id));
    }
    incarnation.last_miss = std::move(result.reason);
  }
}

Awaitable<std::string> until_not_live(Clock& clock, ProcessLauncher& launcher, const WorkerSpec& spec,
                                      const Incarnation& incarnation) {
  int misses = 0;
  for (;;) {
    const Clock::TimePoint next = clock.now() + spec.live_interval;
    co_await clock.sleep_until(next);
    ProbeResult result = co_await try_once(clock, launcher, *spec.live, spec, incarnation);
    if (result.inconclusive) continue;
    misses = result.ok ? 0 : misses + 1;
    if (misses >= spec.live_failures) {
      co_return fmt::format("{}{}", result.reason,
                            misses > 1 ? fmt::format(" ({} times in a row)", misses) : std::string());
    }
  }
}

}  // namespace dynamo
