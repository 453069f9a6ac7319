#pragma once
// The compact strings of the language: signatures, arity and type, slots with defaults, typed params.
// Each word keeps its place inside the string.

#include "graph_loader/spec/shape.h"
#include "graph_loader/spec/spec.h"

namespace dynamo {

/// `[stream] MSG -> [stream] MSG`, with single spaces; DG0306.
std::optional<Located<std::string>> read_signature(const Node& node, Shape& shape);

struct ArityType {
  Arity arity = Arity::One;
  Name type;
  Span arity_where;
};

/// `[optional] [many] TYPE`; DG0307.
std::optional<ArityType> read_arity_type(const Node& node, Shape& shape);

/// `[optional] [many] TYPE [= COMP {, COMP}]`; DG0307. `readable` is false after a report.
SlotDefinition read_slot(const Entry& entry, const FileScope* scope, Shape& shape);

/// `ptype [= literal]`; DG0103 for an unreadable type. `readable` is false after a report.
ParamDefinition read_param(const Entry& entry, Shape& shape);

}  // namespace dynamo
