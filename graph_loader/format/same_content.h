#pragma once
// Whether a formatted file still says what it said: the formatter's check on itself.

#include "graph_loader/yaml_syntax.h"

namespace dynamo::format {

/// The same values of the same kinds, shared by the same aliases. Only in mappings of the language may keys stand in
/// another order.
bool same_content(const SyntaxTree& before, const SyntaxTree& after);

}  // namespace dynamo::format
