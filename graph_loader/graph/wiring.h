#pragma once
// Connections: which slots, or addresses outside, each client is connected to, and the order of the start
// that follows. Reports DG0501 to DG0508. The rules stand in docs/graph-language.md, "Wiring".

#include "graph_loader/graph/graph.h"
#include "graph_loader/graph/instances.h"

#include <map>
#include <string>
#include <vector>

namespace dynamo {

/// The decision about one client of one component in one slot.
struct Connection {
  const Instance* instance = nullptr;
  const Client* client = nullptr;
  std::vector<std::string> slots;
  std::vector<std::string> urls;
  std::vector<std::string> targets;  ///< slots and URLs in the order of the wire
  Wiring how = Wiring::Declared;
};

struct WiredGraph {
  std::vector<Connection> connections;                        ///< in the order of instances and their clients
  std::map<std::string, int> levels;                          ///< of every non-empty slot
  std::map<std::string, std::vector<std::string>> waits_for;  ///< by slot, in slot order
  int level_count = 0;

  [[nodiscard]] const Connection* find(const Instance& instance, std::string_view client) const;
};

WiredGraph wire(const GraphModel& model, const GraphValues& values, const Catalog& catalog, DiagnosticSink& sink);

}  // namespace dynamo
