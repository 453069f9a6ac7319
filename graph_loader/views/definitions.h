#pragma once
// `graph list --specs`, `--components` and `--interfaces`: what a file and its imports define, with everything that
// is inherited, whether a graph uses it or not.

#include "graph_loader/load.h"
#include "graph_loader/spec/spec.h"
#include "proto/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace dynamo {

struct DefinitionKinds {
  bool specs = false;
  bool components = false;
  bool interfaces = false;
  [[nodiscard]] bool any() const { return specs || components || interfaces; }
};

/// `[optional] [many] Type`, of a slot or a client.
struct TypedName {
  std::string name;
  Arity arity = Arity::One;
  std::string type;
  std::vector<std::string> defaults;  ///< of a slot
};

struct ParamSummary {
  std::string name;
  std::string type;                          ///< as written: "int", "enum(a|b)"
  std::optional<std::string> default_value;  ///< none: required
};

struct EndpointSummary {
  std::string name;
  std::optional<std::string> protocol;
  std::optional<std::string> signature;
};

struct InterfaceSummary {
  std::string name;
  std::string doc;
  Place at;
  std::vector<std::string> extends;
  std::vector<EndpointSummary> endpoints;
  std::vector<std::string> implemented_by;  ///< components that are of this type
};

struct ComponentSummary {
  std::string name;
  std::string doc;
  Place at;
  std::optional<std::string> extends;
  std::vector<std::string> implements;
  std::vector<EndpointSummary> endpoints;
  std::vector<TypedName> clients;
  std::vector<ParamSummary> params;
};

struct SpecDetails {
  std::string name;
  std::string doc;
  Place at;
  std::optional<std::string> extends;
  std::string entry;
  bool servable = false;
  std::vector<TypedName> slots;
  std::vector<TypedName> sidecars;
  std::vector<ParamSummary> params;
};

/// Each list is sorted by name, and empty if it was not asked for.
struct Definitions {
  std::string file;
  std::vector<SpecDetails> specs;
  std::vector<ComponentSummary> components;
  std::vector<InterfaceSummary> interfaces;
};

struct Defining : Loading {
  std::optional<Definitions> definitions;  ///< set if the file has no errors
};

/// The params of a component or spec, in the order of the language.
std::vector<ParamSummary> summaries_of(const std::vector<ParamDefinition>& params);

Defining list_definitions(const LoadRequest& request, const DefinitionKinds& kinds, FileReader& files);

}  // namespace dynamo
