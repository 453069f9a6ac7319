#pragma once
// What is bound to slots and sidecars, and how it is tuned: a component, `none`, a list, or a mapping.

#include "graph_loader/spec/shape.h"
#include "graph_loader/spec/spec.h"

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// The binding of a slot or sidecar, also from an override.
BindingDefinition read_binding(Name slot, const Node& value, const FileScope* scope, bool sidecar, Shape& shape);
/// All of `bind`.
std::vector<BindingDefinition> read_bindings(const Entry& entry, const FileScope* scope, Shape& shape);
/// All of `sidecars`, a mapping or a list of components.
std::vector<BindingDefinition> read_sidecars(const Entry& entry, const FileScope* scope, Shape& shape);

/// The name of a sidecar that a list adds: `acme.SlaPlanner` becomes `slaPlanner`.
std::string sidecar_name(std::string_view component);

}  // namespace dynamo
