#pragma once
// Reads containers and their variables. What a container has beyond the fields of DeployedContainer is kept and told.

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/deployment/manifest_shape.h"

#include <string>
#include <string_view>
#include <vector>

namespace dynamo::deployment {

/// `owner`: "`decode`", for messages.
DeployedContainer read_container(const Node& node, const std::string& owner, ManifestShape& shape);

/// `env` of a container or of the whole deployment. Values that the cluster has are told (DG0914) and go into
/// `kept`, which may be that of a container or of the graph.
std::vector<Variable> read_variables(const Entry& entry, Value& kept, const std::string& owner, ManifestShape& shape);

/// A whole set of variables that the cluster has: `envFrom`, `envFromSecret`.
void keep_variable_set(const Entry& entry, Value& kept, ManifestShape& shape);

/// `limits` and `requests`. `gpu_key`: the name of GPUs there.
void read_resources(const Entry& entry, std::string_view gpu_key, DeployedContainer& container, Value& kept,
                    const std::string& owner, ManifestShape& shape);

}  // namespace dynamo::deployment
