#pragma once
// What a component, an interface or a spec has, with what it inherits, as it was written: each name once, in the order
// of the language (inherited first), with the declaration that is in force.

#include "graph_loader/language/analysis.h"

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

std::vector<const ParamDefinition*> params_of_component(const Analysis& analysis, std::size_t component);
std::vector<const ClientDefinition*> clients_of_component(const Analysis& analysis, std::size_t component);
std::vector<const ParamDefinition*> params_of_spec(const Analysis& analysis, std::size_t spec);
std::vector<const SlotDefinition*> slots_of_spec(const Analysis& analysis, std::size_t spec);
std::vector<const SlotDefinition*> sidecars_of_spec(const Analysis& analysis, std::size_t spec);
/// A slot, else a sidecar; nullptr if it has neither.
const SlotDefinition* place_of_spec(const Analysis& analysis, std::size_t spec, std::string_view name);

/// The sidecars that a graph and what it extends add, inherited first.
std::vector<std::string> sidecars_of_graph(const Analysis& analysis, std::size_t graph);

/// The endpoints and ports of a component, and those that its interfaces promise.
std::vector<std::string> endpoints_of_component(const Analysis& analysis, std::size_t component);
std::vector<std::string> ports_of_component(const Analysis& analysis, std::size_t component);
std::vector<std::string> promised_endpoints(const Analysis& analysis, std::size_t component);
std::vector<std::string> endpoints_of_type(const Analysis& analysis, const TypeRef& type);

/// A name as a file spells it: without the alias under which that very file was read.
std::string spelled(std::string_view name, const FileScope& scope);

}  // namespace dynamo
