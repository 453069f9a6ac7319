#pragma once
// Text and syntax tree -> Layout.

#include "graph_loader/format/layout.h"
#include "graph_loader/yaml/syntax_tree.h"
#include "proto/source.h"

namespace dynamo::format {

/// `tree` is what `parse_yaml` made of `file` without an error.
Layout read_layout(const SourceFile& file, const SyntaxTree& tree);

}  // namespace dynamo::format
