#include "graph_loader/views/definitions.h"

#include "graph_loader/views/graph_views.h"
#include "graph_loader/workspace.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace dynamo {
namespace {

std::vector<TypedName> slots_of(const std::vector<Slot>& slots) {
  std::vector<TypedName> result;
  for (const Slot& slot : slots) {
    TypedName one{slot.definition.name.text, slot.definition.arity, slot.definition.type.text, {}};
    for (const DefaultComponent& component : slot.defaults) one.defaults.push_back(component.name.text);
    result.push_back(std::move(one));
  }
  return result;
}

/// Of an interface, or of a component.
template <class Endpoint>
EndpointSummary summary_of(const Endpoint& endpoint) {
  EndpointSummary one;
  one.name = endpoint.name.text;
  if (endpoint.protocol) one.protocol = word(endpoint.protocol->value);
  if (endpoint.signature) one.signature = endpoint.signature->value;
  return one;
}

InterfaceSummary interface_of(std::size_t index, const Catalog& catalog) {
  const Interface& interface = catalog.interface(index);
  InterfaceSummary result;
  result.name = interface.definition->name;
  result.doc = doc_of(interface.definition->node);
  result.at = place_of(interface.definition->where);
  for (const Name& parent : interface.definition->extends) result.extends.push_back(parent.text);
  for (const InterfaceEndpoint& endpoint : interface.endpoints) result.endpoints.push_back(summary_of(endpoint));
  for (const std::string_view component : catalog.fitting({TypeRef::Kind::Interface, index})) {
    result.implemented_by.emplace_back(component);
  }
  return result;
}

ComponentSummary component_of(const Component& component, const Catalog& catalog) {
  ComponentSummary result;
  result.name = component.definition->name;
  result.doc = doc_of(component.definition->node);
  result.at = place_of(component.definition->where);
  if (component.definition->extends) result.extends = component.definition->extends->text;
  for (const Implemented& item : component.implements) {
    result.implements.push_back(catalog.interface(item.interface).definition->name);
  }
  for (const EndpointDefinition& endpoint : component.endpoints) {
    EndpointSummary one = summary_of(endpoint);
    one.protocol = word(protocol_of(endpoint, component.runtime));
    result.endpoints.push_back(std::move(one));
  }
  for (const Client& client : component.clients) {
    result.clients.push_back({client.definition.name.text, client.definition.arity, catalog.name_of(client.type), {}});
  }
  result.params = summaries_of(component.params);
  return result;
}

SpecDetails spec_of(const SpecModel& spec, const Catalog& catalog) {
  SpecDetails result;
  result.name = spec.definition->name;
  result.doc = doc_of(spec.definition->node);
  result.at = place_of(spec.definition->where);
  if (spec.definition->extends) result.extends = spec.definition->extends->text;
  result.entry = spec.entry ? spec.entry->text : "";
  result.servable = servable(spec, catalog);
  result.slots = slots_of(spec.slots);
  result.sidecars = slots_of(spec.sidecars);
  result.params = summaries_of(spec.params);
  return result;
}

template <class Summary>
void sort_by_name(std::vector<Summary>& list) {
  std::sort(list.begin(), list.end(), [](const Summary& a, const Summary& b) { return a.name < b.name; });
}

}  // namespace

std::vector<ParamSummary> summaries_of(const std::vector<ParamDefinition>& params) {
  std::vector<ParamSummary> result;
  for (const ParamDefinition& param : params) {
    ParamSummary one;
    one.name = param.name.text;
    one.type = word(param.type);
    if (param.type == ParamType::Enum) one.type = fmt::format("enum({})", fmt::join(param.choices, "|"));
    if (param.default_value) one.default_value = param.default_value->as_written();
    result.push_back(std::move(one));
  }
  return result;
}

Defining list_definitions(const LoadRequest& request, const DefinitionKinds& kinds, FileReader& files) {
  Defining answer;
  Workspace workspace(request, files);
  if (workspace.load()) {
    workspace.check_all(Workspace::Keep::Nothing);
    workspace.lint(true);
    if (!workspace.has_errors()) {
      Definitions& all = answer.definitions.emplace();
      all.file = workspace.target().file;
      const Spec& spec = workspace.spec();
      for (std::size_t index = 0; kinds.specs && index < spec.specs.size(); ++index) {
        all.specs.push_back(spec_of(workspace.specs().model(index), workspace.catalog()));
      }
      for (std::size_t index = 0; kinds.components && index < spec.components.size(); ++index) {
        all.components.push_back(component_of(workspace.catalog().component(index), workspace.catalog()));
      }
      for (std::size_t index = 0; kinds.interfaces && index < spec.interfaces.size(); ++index) {
        all.interfaces.push_back(interface_of(index, workspace.catalog()));
      }
      sort_by_name(all.specs);
      sort_by_name(all.components);
      sort_by_name(all.interfaces);
    }
  }
  workspace.finish(answer);
  return answer;
}

}  // namespace dynamo
