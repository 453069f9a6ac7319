#pragma once
// A graph with everything about it decided except the host: slots filled, inheritance merged, params
// set, clients wired. No YAML is left in it. `dynamo graph show` prints it, placement turns it into a Plan.

#include "proto/plan.h"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynamo {

/// Name and value, in the order of the language (inherited first).
using NamedValues = std::vector<std::pair<std::string, boost::json::value>>;
using NamedTexts = std::vector<std::pair<std::string, std::string>>;

struct EndpointView {
  std::string name;
  Protocol protocol = Protocol::Http;
  std::optional<std::string> signature;
  boost::json::value port;  ///< a number, "auto", null for `unix` and `dyn`, or a reference as written
  std::optional<std::string> path;
  Listen listen = Listen::Port;
};

/// One component in a slot, as tuned by its binding. Texts with references that only a run or the
/// environment can answer stand as written.
struct ComponentView {
  std::string component;
  ReplicaRange replicas;
  RuntimeKind runtime = RuntimeKind::Process;
  std::vector<std::string> command;
  std::optional<std::string> cwd;
  NamedValues params;
  NamedTexts env;
  boost::json::value cpus;    ///< a number or null
  boost::json::value memory;  ///< text or null
  boost::json::value gpus;    ///< a number, a list of ids, or null
  NamedTexts ulimits;         ///< as written
  std::vector<EndpointView> endpoints;
  NamedValues ports;         ///< numbers or "auto"
  boost::json::value ready;  ///< as written, or null
  boost::json::value live;
  boost::json::value restart;  ///< {"policy", "max", "window", "backoff", "backoff_max"}
  boost::json::value stop;     ///< {"signal", "grace"}
};

struct SlotView {
  std::string name;
  std::string type;
  Arity arity = Arity::One;
  std::vector<ComponentView> components;  ///< empty slot: none
  int level = 0;                          ///< in the order of the start, from 1; 0: empty slot, sidecar, `graph list`
  // Sidecars only:
  Phase start = Phase::After;
  OnFailure on_failure = OnFailure::Restart;
  std::vector<std::string> where;
};

/// How a client found its provider.
enum class Wiring { Declared, Bound, Named, Wire, None };
DYNAMO_WORDS(Wiring, "declared", "bound", "named", "wire", "none");

struct Edge {
  std::string from;  ///< slot of the client
  std::string component;
  std::string client;
  std::string type;
  Arity arity = Arity::One;
  bool wait = false;
  OnRestart on_restart = OnRestart::Notify;
  std::vector<std::string> to;  ///< slots or URLs
  Wiring how = Wiring::Declared;
};

/// Who set a value, or tried to.
struct Setting {
  std::string value;  ///< as written
  std::string by;     ///< "component `Vllm`", "graph `chat`, overlay", "command line", "default"
  Place at;           ///< line 0: of the language itself
};

/// Everybody who set one value.
struct Origin {
  std::string path;               ///< "params.model", "backend", "backend.env.LOG", "wire.processor.router"
  std::vector<Setting> settings;  ///< weakest first: the last one counts
};

struct GraphView {
  std::string graph;
  std::string spec;
  std::string name_space;
  std::string entry;
  NamedValues params;
  std::vector<SlotView> slots;
  std::vector<SlotView> sidecars;
  std::vector<Edge> edges;
  std::vector<Origin> origins;  ///< if they were asked for
};

/// A line of `dynamo graph list`.
struct GraphSummary {
  std::string name;
  std::string spec;
  std::string name_space;
  std::string entry;
  std::vector<SlotView> slots;  ///< with `component` and `replicas` of each component only
  std::vector<SlotView> sidecars;
  ReplicaRange gpus;
};

struct SpecSummary {
  std::string name;
  std::string entry;
  bool servable = false;  ///< runs as it stands: every slot has a default or may be empty, every param is set
};

struct GraphList {
  std::string file;
  std::vector<GraphSummary> graphs;  ///< both sorted by name
  std::vector<SpecSummary> specs;
};

}  // namespace dynamo
