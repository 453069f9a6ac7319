#pragma once
// Reads a probe of a container. What it asks for beyond the fields of DeployedProbe goes into its `kept`; whoever knows
// what the probe is used for tells the user (DG0911).

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/deployment/manifest_shape.h"

#include <optional>
#include <string>

namespace dynamo::deployment {

std::optional<DeployedProbe> read_probe(const Entry& entry, const std::string& owner, ManifestShape& shape);

}  // namespace dynamo::deployment
