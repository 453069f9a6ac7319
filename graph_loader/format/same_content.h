#pragma once
// Whether a formatted file still says what it said: the formatter's check on itself.

#include "graph_loader/yaml/syntax_tree.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace dynamo::format {

/// The same values of the same kinds, shared by the same aliases. Only in mappings of the language may keys stand in
/// another order.
bool same_content(const SyntaxTree& before, const SyntaxTree& after);

/// Every comment of a file, sorted. Found without the formatter's own reader, which it is there to check.
std::vector<std::string_view> comments_of(const SourceFile& file, const SyntaxTree& tree);

/// By byte.
using LetterCounts = std::array<std::size_t, 256>;

/// How often each letter stands in a file, outside of its keys, which may get escapes. Says that no text was lost
/// whatever the parser makes of it.
LetterCounts letters_of(const SourceFile& file, const SyntaxTree& tree);

}  // namespace dynamo::format
