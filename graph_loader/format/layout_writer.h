#pragma once
// Layout -> text in canonical form. docs/graph-language.md tells what the form is.

#include "graph_loader/format/layout.h"

#include <string>

namespace dynamo::format {

/// Moves comments about in the layout where their line disappears.
std::string write_layout(Layout& layout);

}  // namespace dynamo::format
