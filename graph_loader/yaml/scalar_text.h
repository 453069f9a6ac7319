#pragma once
// How a string is written in YAML: without quotes only where every reader takes it for this string, else in the quotes
// that need the fewest escapes, and texts of several lines as blocks.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

/// On one line. `in_brackets`: as part of a flow collection, where brackets and commas need quotes, too.
std::string scalar_text(std::string_view text, bool in_brackets);

/// Words and numbers of YAML 1.2, and those that readers of YAML 1.1 take for something else than text.
bool reads_as_no_text(std::string_view text);

/// The text in double quotes, with escapes for what cannot stand in them.
std::string escaped_text(std::string_view text);

/// Whether the text is better read as a block: it has several lines, or is so long that it has to be folded, or has
/// quotes of both kinds.
bool wants_block(std::string_view text);

/// `|` or `>` with the lines behind it, each indented by `indent` blanks and at most about `width` columns wide where
/// the text can be folded. None if no block can hold the text.
std::optional<std::string> block_text(std::string_view text, std::size_t indent, std::size_t width);

}  // namespace dynamo
