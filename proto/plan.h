#pragma once
// The Plan: everything that was decided about a graph before anything starts. graph_loader makes it,
// the orchestrator carries it out, `dynamo graph plan` prints it, and a later exporter can write it
// down for another engine. It holds values only: no YAML, no spans (places are text), no pointers.
//
// Plan -> PlannedSlot (what the graph asked for, one per non-empty slot and sidecar, in start order of
// the language) and Plan -> PlannedProcess (one per replica to start, complete: command, environment,
// ports, clients, probes, policies).

#include "proto/source.h"
#include "proto/template.h"
#include "proto/words.h"

#include <boost/describe/class.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

BOOST_DESCRIBE_STRUCT(Place, (), (file, line, column))

using Duration = std::chrono::milliseconds;

enum class Protocol { Http, Grpc, Tcp, Unix, Dyn };
DYNAMO_WORDS(Protocol, "http", "grpc", "tcp", "unix", "dyn");

enum class Listen { Port, Fd };
DYNAMO_WORDS(Listen, "port", "fd");

enum class Arity { One, Optional, Many, OptionalMany };
DYNAMO_WORDS(Arity, "one", "optional", "many", "optional many");

enum class RuntimeKind { Process, Dynamo };
DYNAMO_WORDS(RuntimeKind, "process", "dynamo");

enum class RestartMode { Never, OnFailure, Always };
DYNAMO_WORDS(RestartMode, "never", "on-failure", "always");

enum class StopSignal { Term, Int, Quit, Hup, Usr1, Usr2 };
DYNAMO_WORDS(StopSignal, "SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2");

/// When a process starts: slots by level; sidecars before level 1, with it, or when the graph is ready.
enum class Phase { Level, Before, With, After };
DYNAMO_WORDS(Phase, "level", "before", "with", "after");

enum class OnFailure { Ignore, Restart, StopGraph };
DYNAMO_WORDS(OnFailure, "ignore", "restart", "stop_graph");

/// What becomes of a client's replica when a replica of its provider was started again.
enum class OnRestart { Notify, Restart };
DYNAMO_WORDS(OnRestart, "notify", "restart");

enum class ProbeKind { Http, Tcp, Grpc, Exec, Log, Notify };
DYNAMO_WORDS(ProbeKind, "http", "tcp", "grpc", "exec", "log", "notify");

/// A port as the graph wants it: a number, or `auto` (no number), which the run chooses.
struct PortWish {
  std::optional<int> number;
  friend bool operator==(const PortWish&, const PortWish&) = default;
};
BOOST_DESCRIBE_STRUCT(PortWish, (), (number))

struct PlannedEndpoint {
  std::string name;
  Protocol protocol = Protocol::Http;
  std::optional<std::string> signature;
  std::optional<PortWish> port;  ///< none for `unix` and `dyn`
  std::string path;              ///< appended to the URL, may be empty
  Listen listen = Listen::Port;  ///< Fd: the orchestrator binds one socket that all replicas of the component share
  friend bool operator==(const PlannedEndpoint&, const PlannedEndpoint&) = default;
};
BOOST_DESCRIBE_STRUCT(PlannedEndpoint, (), (name, protocol, signature, port, path, listen))

/// A port beside the endpoints (`ports:`, and `system` of the dynamo runtime).
struct PlannedPort {
  std::string name;
  PortWish port;
  friend bool operator==(const PlannedPort&, const PlannedPort&) = default;
};
BOOST_DESCRIBE_STRUCT(PlannedPort, (), (name, port))

struct PlannedClient {
  std::string name;
  std::string type;  ///< as the component wrote it; `Any` is built in
  Arity arity = Arity::One;
  bool waits = false;  ///< required, and not `wait: false`
  OnRestart on_restart = OnRestart::Notify;
  std::vector<std::string> endpoints;  ///< of the type; for `Any` the single entry `*`
  std::vector<std::string> slots;      ///< providers, in order
  std::vector<std::string> urls;       ///< wired addresses outside the graph, as written
  friend bool operator==(const PlannedClient&, const PlannedClient&) = default;
};
BOOST_DESCRIBE_STRUCT(PlannedClient, (), (name, type, arity, waits, on_restart, endpoints, slots, urls))

struct Probe {
  ProbeKind kind = ProbeKind::Tcp;
  std::string port;               ///< http, tcp, grpc: a name among the component's ports
  Template path;                  ///< http
  Template service;               ///< grpc: whose health is asked for; empty: the server's as a whole
  std::optional<int> status;      ///< http; none: any 2xx
  Template pattern;               ///< http: `body` (empty: any); log: the line. An unanchored RE2 expression
  std::vector<Template> command;  ///< exec
  friend bool operator==(const Probe&, const Probe&) = default;
};
BOOST_DESCRIBE_STRUCT(Probe, (), (kind, port, path, service, status, pattern, command))

struct ReadyPolicy {
  std::optional<Probe> probe;  ///< none: every own endpoint accepts connections (the default of the language)
  Duration timeout = std::chrono::minutes(10);  ///< bounds the whole start phase of a replica
  Duration interval = std::chrono::seconds(1);
  friend bool operator==(const ReadyPolicy&, const ReadyPolicy&) = default;
};
BOOST_DESCRIBE_STRUCT(ReadyPolicy, (), (probe, timeout, interval))

struct LivePolicy {
  Probe probe;
  Duration interval = std::chrono::seconds(1);
  int failures = 3;  ///< misses in a row
  friend bool operator==(const LivePolicy&, const LivePolicy&) = default;
};
BOOST_DESCRIBE_STRUCT(LivePolicy, (), (probe, interval, failures))

struct RestartPolicy {
  RestartMode policy = RestartMode::OnFailure;
  int max = 5;  ///< restarts within `window`
  Duration window = std::chrono::minutes(10);
  Duration backoff = std::chrono::seconds(1);
  Duration backoff_max = std::chrono::seconds(60);
  friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};
BOOST_DESCRIBE_STRUCT(RestartPolicy, (), (policy, max, window, backoff, backoff_max))

struct StopPolicy {
  StopSignal signal = StopSignal::Term;
  Duration grace = std::chrono::seconds(10);
  friend bool operator==(const StopPolicy&, const StopPolicy&) = default;
};
BOOST_DESCRIBE_STRUCT(StopPolicy, (), (signal, grace))

/// What the kernel limits for each process; the names are those of `ulimit` and limits.conf(5).
enum class LimitKind {
  AddressSpace,
  Core,
  Data,
  FileSize,
  LockedMemory,
  OpenFiles,
  Processes,
  RealTimePriority,
  Stack
};
DYNAMO_WORDS(LimitKind, "as", "core", "data", "fsize", "memlock", "nofile", "nproc", "rtprio", "stack");

/// Soft and hard limit of each process of a replica, see getrlimit(2).
struct Ulimit {
  LimitKind kind = LimitKind::OpenFiles;
  std::optional<std::uint64_t> value;  ///< bytes, or a number; none: unlimited
  friend bool operator==(const Ulimit&, const Ulimit&) = default;
};
BOOST_DESCRIBE_STRUCT(Ulimit, (), (kind, value))

/// Per replica.
struct Resources {
  std::optional<double> cpus;
  std::optional<std::string> memory;  ///< as written: "32Gi"
  std::optional<std::uint64_t> memory_bytes;
  int gpus = 0;  ///< how many; explicit ids stand in PlannedProcess::gpus
  std::vector<Ulimit> ulimits;
  friend bool operator==(const Resources&, const Resources&) = default;
};
BOOST_DESCRIBE_STRUCT(Resources, (), (cpus, memory, memory_bytes, gpus, ulimits))

struct Variable {
  std::string name;
  Template value;
  friend bool operator==(const Variable&, const Variable&) = default;
};
BOOST_DESCRIBE_STRUCT(Variable, (), (name, value))

/// A name as part of an environment variable: `kv-events` becomes KV_EVENTS. The loader tells two names that give
/// one variable, the orchestrator sets them.
std::string variable_part(std::string_view name);

/// How many replicas a slot may have. The run starts `min`.
struct ReplicaRange {
  int min = 1;
  int max = 1;
  friend bool operator==(const ReplicaRange&, const ReplicaRange&) = default;
};
BOOST_DESCRIBE_STRUCT(ReplicaRange, (), (min, max))

struct PlannedSlot {
  std::string name;
  bool sidecar = false;
  std::string type;
  Arity arity = Arity::One;
  ReplicaRange replicas;  ///< over all its components
  Phase phase = Phase::Level;
  std::optional<int> level;                     ///< none for sidecars
  std::vector<std::string> waits_for;           ///< slots that must be ready before this one starts
  OnFailure on_failure = OnFailure::StopGraph;  ///< of a sidecar; a slot always ends the graph unless `expendable`
  bool expendable = false;                      ///< declared optional, and no required client is connected to it
  friend bool operator==(const PlannedSlot&, const PlannedSlot&) = default;
};
BOOST_DESCRIBE_STRUCT(PlannedSlot, (),
                      (name, sidecar, type, arity, replicas, phase, level, waits_for, on_failure, expendable))

/// One replica to start.
struct PlannedProcess {
  std::string slot;
  int replica = 0;  ///< from 0; the id is SLOT/REPLICA
  std::string component;
  Place component_at;     ///< its definition
  Place bound_at;         ///< the binding or default that put it here
  std::string bound_how;  ///< "by default", "in graph `fast_agg`", "on the command line"
  RuntimeKind runtime = RuntimeKind::Process;
  std::vector<Template> command;  ///< never empty; the first word is absolute or looked up in PATH
  Template cwd;                   ///< an absolute folder
  std::vector<Variable> env;      ///< declared by graph, component and binding, the last one wins already
  std::vector<int> gpus;          ///< ids for CUDA_VISIBLE_DEVICES; empty: the caller's variable stays
  std::vector<PlannedEndpoint> endpoints;
  std::vector<PlannedPort> ports;
  std::vector<PlannedClient> clients;
  ReadyPolicy ready;
  std::optional<LivePolicy> live;
  RestartPolicy restart;
  StopPolicy stop;
  Resources resources;

  [[nodiscard]] std::string id() const { return slot + "/" + std::to_string(replica); }
  friend bool operator==(const PlannedProcess&, const PlannedProcess&) = default;
};
BOOST_DESCRIBE_STRUCT(PlannedProcess, (),
                      (slot, replica, component, component_at, bound_at, bound_how, runtime, command, cwd, env, gpus,
                       endpoints, ports, clients, ready, live, restart, stop, resources))

struct Plan {
  std::string file;  ///< of the target, as given
  std::string graph;
  std::string spec;
  std::string name_space;
  std::string entry;  ///< the slot that users talk to
  int levels = 0;
  std::vector<int> gpus_visible;  ///< the pool
  int gpus_needed = 0;
  std::vector<PlannedSlot> slots;         ///< non-empty slots, then sidecars that `serve` runs
  std::vector<PlannedProcess> processes;  ///< in start order: before, level 1 .. n (`with` beside level 1), after

  [[nodiscard]] const PlannedSlot* find_slot(std::string_view name) const;
  friend bool operator==(const Plan&, const Plan&) = default;
};
BOOST_DESCRIBE_STRUCT(Plan, (),
                      (file, graph, spec, name_space, entry, levels, gpus_visible, gpus_needed, slots, processes))

}  // namespace dynamo
