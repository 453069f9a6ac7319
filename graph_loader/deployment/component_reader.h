#pragma once
// Reads one component of a deployment: an entry of `services` (v1alpha1) or an item of `components` (v1beta1).

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/deployment/manifest_shape.h"

#include <optional>

namespace dynamo::deployment {

DeployedComponent read_alpha_component(const Entry& service, ManifestShape& shape);
std::optional<DeployedComponent> read_beta_component(const Node& node, ManifestShape& shape);

}  // namespace dynamo::deployment
