#pragma once
// Puts a Layout into canonical order: the keys of the language as the grammar lists them, everything else as the user
// has it. Also tells which mappings are of the language, and which collections always go without brackets.

#include "graph_loader/format/layout.h"
#include "graph_loader/yaml/syntax_tree.h"

namespace dynamo::format {

void put_in_order(Layout& layout, const SyntaxTree& tree);

}  // namespace dynamo::format
