#pragma once
// Merging of what a component inherits, sets, and what a binding tunes: mappings per key, everything else
// replaces. The rules stand in docs/graph-language.md, "Inheritance".

#include "graph_loader/spec.h"

namespace dynamo {

/// Lays `layer` over `base`.
void merge_run(RunDefinition& base, const RunDefinition& layer);
/// Lays one endpoint's settings over another's of the same name; the name keeps its first place.
void merge_endpoint(EndpointDefinition& base, const EndpointDefinition& layer);
/// As above for a list: new names go to the end.
void merge_endpoints(std::vector<EndpointDefinition>& base, const std::vector<EndpointDefinition>& layer);
void merge_params(std::vector<ParamValue>& base, const std::vector<ParamValue>& layer);
void merge_variables(std::vector<VariableDefinition>& base, const std::vector<VariableDefinition>& layer);
void merge_tune(TuneDefinition& base, const TuneDefinition& layer);

/// The element of a list whose `name.text` is `name`; nullptr if there is none.
template <class List>
auto* find_named(List& list, std::string_view name) {
  for (auto& one : list) {
    if (one.name.text == name) return &one;
  }
  return static_cast<decltype(&*list.begin())>(nullptr);
}

}  // namespace dynamo
