#include "graph_loader/language/members.h"

#include <algorithm>
#include <set>

namespace dynamo {
namespace {

/// Lays the lists of a chain over each other, from the far end.
template <class Item, class ListOf>
std::vector<const Item*> merged(const std::vector<std::size_t>& chain, ListOf list_of) {
  std::vector<const Item*> result;
  for (auto one = chain.rbegin(); one != chain.rend(); ++one) {
    for (const Item& item : list_of(*one)) {
      const auto known = std::find_if(result.begin(), result.end(),
                                      [&](const Item* other) { return other->name.text == item.name.text; });
      if (known == result.end()) {
        result.push_back(&item);
      } else {
        *known = &item;
      }
    }
  }
  return result;
}

void add_name(std::vector<std::string>& list, const std::string& name) {
  if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

void add_endpoints(const Analysis& analysis, std::size_t index, std::set<std::size_t>& seen,
                   std::vector<std::string>& result) {
  if (!seen.insert(index).second) return;
  const InterfaceDefinition& interface = analysis.spec().interfaces[index];
  for (const Name& parent : interface.extends) {
    const auto found = analysis.interface(parent.text, *interface.scope);
    if (found) add_endpoints(analysis, *found, seen, result);
  }
  for (const InterfaceEndpoint& endpoint : interface.endpoints) add_name(result, endpoint.name.text);
}

}  // namespace

std::vector<const ParamDefinition*> params_of_component(const Analysis& analysis, std::size_t component) {
  return merged<ParamDefinition>(
      analysis.chain_of_component(component), [&](std::size_t one) -> const auto& {
        return analysis.spec().components[one].params;
      });
}

std::vector<const ClientDefinition*> clients_of_component(const Analysis& analysis, std::size_t component) {
  return merged<ClientDefinition>(
      analysis.chain_of_component(component), [&](std::size_t one) -> const auto& {
        return analysis.spec().components[one].clients;
      });
}

std::vector<const ParamDefinition*> params_of_spec(const Analysis& analysis, std::size_t spec) {
  return merged<ParamDefinition>(
      analysis.chain_of_spec(spec), [&](std::size_t one) -> const auto& { return analysis.spec().specs[one].params; });
}

std::vector<const SlotDefinition*> slots_of_spec(const Analysis& analysis, std::size_t spec) {
  return merged<SlotDefinition>(
      analysis.chain_of_spec(spec), [&](std::size_t one) -> const auto& { return analysis.spec().specs[one].slots; });
}

std::vector<const SlotDefinition*> sidecars_of_spec(const Analysis& analysis, std::size_t spec) {
  return merged<SlotDefinition>(
      analysis.chain_of_spec(spec), [&](std::size_t one) -> const auto& {
        return analysis.spec().specs[one].sidecars;
      });
}

const SlotDefinition* place_of_spec(const Analysis& analysis, std::size_t spec, std::string_view name) {
  for (const auto& list : {slots_of_spec(analysis, spec), sidecars_of_spec(analysis, spec)}) {
    for (const SlotDefinition* slot : list) {
      if (slot->name.text == name) return slot;
    }
  }
  return nullptr;
}

std::vector<std::string> sidecars_of_graph(const Analysis& analysis, std::size_t graph) {
  std::vector<std::string> result;
  const auto chain = analysis.chain_of_graph(graph);
  for (auto one = chain.rbegin(); one != chain.rend(); ++one) {
    for (const BindingDefinition& sidecar : analysis.spec().graphs[*one].sidecars) {
      add_name(result, sidecar.slot.text);
    }
  }
  return result;
}

std::vector<std::string> promised_endpoints(const Analysis& analysis, std::size_t component) {
  std::vector<std::string> result;
  std::set<std::size_t> seen;
  for (const std::size_t one : analysis.chain_of_component(component)) {
    const ComponentDefinition& definition = analysis.spec().components[one];
    for (const Name& item : definition.implements) {
      const auto found = analysis.interface(item.text, *definition.scope);
      if (found) add_endpoints(analysis, *found, seen, result);
    }
  }
  return result;
}

std::vector<std::string> endpoints_of_component(const Analysis& analysis, std::size_t component) {
  std::vector<std::string> result;
  const auto chain = analysis.chain_of_component(component);
  for (auto one = chain.rbegin(); one != chain.rend(); ++one) {
    for (const auto& endpoint : analysis.spec().components[*one].endpoints) add_name(result, endpoint.name.text);
  }
  return result;
}

std::vector<std::string> ports_of_component(const Analysis& analysis, std::size_t component) {
  std::vector<std::string> result = endpoints_of_component(analysis, component);
  const auto chain = analysis.chain_of_component(component);
  for (auto one = chain.rbegin(); one != chain.rend(); ++one) {
    for (const auto& port : analysis.spec().components[*one].run.ports) add_name(result, port.name.text);
  }
  return result;
}

std::vector<std::string> endpoints_of_type(const Analysis& analysis, const TypeRef& type) {
  std::vector<std::string> result;
  std::set<std::size_t> seen;
  if (type.kind == TypeRef::Kind::Interface) add_endpoints(analysis, type.index, seen, result);
  if (type.kind == TypeRef::Kind::Component) return endpoints_of_component(analysis, type.index);
  return result;
}

std::string spelled(std::string_view name, const FileScope& scope) {
  if (!scope.alias.empty() && name.starts_with(scope.alias + ".")) name.remove_prefix(scope.alias.size() + 1);
  return std::string(name);
}

}  // namespace dynamo
