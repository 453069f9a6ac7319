#pragma once
// SyntaxTree -> Spec: reads the definitions of one file and reports what is wrong with their shape.

#include "graph_loader/spec/shape.h"
#include "graph_loader/spec/spec.h"

namespace dynamo {

InterfaceDefinition read_interface(const Entry& entry, const FileScope* scope, Shape& shape);
ComponentDefinition read_component(const Entry& entry, const FileScope* scope, Shape& shape);
SpecDefinition read_spec(const Entry& entry, const FileScope* scope, Shape& shape);
GraphDefinition read_graph(const Entry& entry, const FileScope* scope, Shape& shape);

}  // namespace dynamo
