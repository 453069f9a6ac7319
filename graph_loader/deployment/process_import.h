#pragma once
// A container -> the keys of a component that say what is run: command, env, ports, resources, probes. What cannot be
// said goes into `kept` and is told.

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/deployment/keeping.h"

#include <set>
#include <string>
#include <vector>

namespace dynamo::deployment {

/// Where a container runs, for what depends on it.
struct ProcessPlace {
  const Deployment& deployment;
  ComponentType type = ComponentType::None;
  bool extra = false;  ///< a container beside the main one
  long long replicas = 1;
  Span replicas_where;               ///< of the key, or of the component's name
  std::set<long long>& taken_ports;  ///< of the deployment: all its pods share one machine
  std::string owner;                 ///< "`decode`"
};

struct Process {
  bool dynamo = false;  ///< it gets what processes of the Dynamo runtime get
  std::vector<std::string> command;
  Value endpoints;
  Value ports;
  Value env;
  Value resources;
  Value ready;
  Value live;
  Value kept;
  bool asks_kubernetes = false;  ///< a planner that scales through the API of a cluster
};

Process import_process(const DeployedContainer& container, const ProcessPlace& place, Keeper& keeper);

/// The variables of the whole deployment.
Value import_graph_env(const Deployment& deployment, Value& kept, Keeper& keeper);

}  // namespace dynamo::deployment
