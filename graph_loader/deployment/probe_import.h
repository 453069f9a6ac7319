#pragma once
// Probes of a container -> `ready` and `live` of a component. A probe that the graph language makes by itself is not
// written; what a probe asks beyond it is kept and told, once for each probe.

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/deployment/keeping.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo::deployment {

struct ProbePlace {
  /// The port of the component behind a port of the container.
  std::function<std::optional<std::string>(const std::string& port)> port_of;
  /// The port that the language asks for `/health` if nothing else is said; empty: none.
  std::string default_port;
  std::string owner;
};

struct ImportedProbes {
  Value ready;
  Value live;
};

/// What is left goes into `kept`, that of the container.
ImportedProbes import_probes(const DeployedContainer& container, const ProbePlace& place, Value& kept, Keeper& keeper);

/// `90s`, `20m`, `2h`.
std::string seconds_text(long long seconds);

}  // namespace dynamo::deployment
