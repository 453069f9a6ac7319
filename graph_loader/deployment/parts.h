#pragma once
// Deployment -> parts of a graph: each component, and each further container of its pods, with its role, its place and
// its body. Names of components are still those of the one deployment. Reports DG0823, DG0824, DG0913 and DG0915.

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/deployment/keeping.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo::deployment {

struct Part {
  Located<std::string> origin;  ///< its name in the deployment
  std::string component;        ///< its name in the graph file
  Value body;                   ///< of the component, without the name of the component in it
  ComponentType type = ComponentType::None;
  bool extra = false;  ///< a container beside a main one
  bool is_sidecar = false;
  std::string place;  ///< the slot or the sidecar
  long long replicas = 1;
  bool only_deployed = false;  ///< a sidecar that makes no sense on one machine
};

struct GraphParts {
  std::string graph;
  Span where;  ///< of its name
  std::string spec;
  std::string dynamo_namespace;  ///< empty: the graph's name
  std::vector<Part> parts;       ///< frontends first
  Value env;
  Value kept;
};

GraphParts make_parts(const Deployment& deployment, Keeper& keeper);

/// The interface of a type: `AbstractDecode`; empty for ComponentType::None.
std::string interface_of(ComponentType type);
/// Whether requests are served by it: it promises what workers promise.
bool is_worker(ComponentType type);

}  // namespace dynamo::deployment
