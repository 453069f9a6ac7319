#pragma once
// What would change for a running graph that becomes another one. Pure: two views in, a value out; `graph diff` prints
// it, and a live update can follow it.
//
// A replica is restarted when something changes that a process gets only at its start: its component, command, folder,
// environment, GPUs, or where it listens. Everything else reaches a running one: policies are the orchestrator's, and
// addresses of clients come with DYNAMO_CLIENTS_FILE, unless the command or the environment spells them out.
//
// Not compared: the names of graph and spec; the namespace where both have the one that follows from the graph's name;
// paths are compared as they are written.

#include "graph_loader/graph/graph.h"

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace dynamo {

struct ValueChange {
  std::string component;      ///< whose value it is; empty: the slot's, or the graph's
  std::string path;           ///< as in `graph show -o json`: "env.LOG", "restart.max", "command"
  boost::json::value before;  ///< null: it was not there
  boost::json::value after;
  bool restart = false;  ///< a process gets it only at its start
};

/// Another provider for a client.
struct ClientChange {
  std::string component;
  std::string client;
  std::vector<std::string> before;  ///< slots and URLs; empty: unconnected
  std::vector<std::string> after;
  bool restart = false;  ///< what a process gets at its start names the addresses
};

/// How many replicas something happens to, at the minimum of each range.
struct ReplicaEffect {
  int kept = 0;
  int restarted = 0;
  int started = 0;
  int stopped = 0;
  bool known = true;  ///< false: a number depends on a variable

  ReplicaEffect& operator+=(const ReplicaEffect& other);
  friend bool operator==(const ReplicaEffect&, const ReplicaEffect&) = default;
};

/// The strongest that holds. Added and removed: it was, or becomes, empty.
enum class SlotChange { Same, Rewired, Retuned, Rebound, Added, Removed };
DYNAMO_WORDS(SlotChange, "same", "rewired", "retuned", "rebound", "added", "removed");

struct BoundComponent {
  std::string component;
  ReplicaRange replicas;
  friend bool operator==(const BoundComponent&, const BoundComponent&) = default;
};

struct SlotDiff {
  std::string name;
  bool sidecar = false;
  SlotChange change = SlotChange::Same;
  std::vector<BoundComponent> before;
  std::vector<BoundComponent> after;
  std::vector<ValueChange> values;    ///< of components that are on both sides
  std::vector<ClientChange> clients;  ///< of a slot that is on both sides
  ReplicaEffect replicas;
  std::vector<std::string> restart_because;  ///< "component", "namespace", paths of `values`, "client NAME"
};

struct GraphDiff {
  std::vector<ValueChange> graph;  ///< "namespace", "entry", "params.NAME"
  std::vector<SlotDiff> slots;     ///< those that differ: slots, then sidecars, in the order of the second graph
  ReplicaEffect replicas;          ///< of all slots, also of those that do not differ

  [[nodiscard]] bool same() const { return graph.empty() && slots.empty(); }
};

GraphDiff diff_graphs(const GraphView& before, const GraphView& after);

}  // namespace dynamo
