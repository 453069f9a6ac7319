#pragma once
// Whether a formatted file still says what it said: the formatter's check on itself.

#include "graph_loader/yaml/syntax_tree.h"

#include <string_view>
#include <vector>

namespace dynamo::format {

/// The same values of the same kinds, shared by the same aliases. Only in mappings of the language may keys stand in
/// another order.
bool same_content(const SyntaxTree& before, const SyntaxTree& after);

/// Every comment of a file, sorted. Found without the formatter's own reader, which it is there to check.
std::vector<std::string_view> comments_of(const SourceFile& file, const SyntaxTree& tree);

}  // namespace dynamo::format
