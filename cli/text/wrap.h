#pragma once
// Sentences on lines as wide as a terminal.

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// The text on lines of at most `width` columns, the first of at most `first`. What stands in backticks stays together
/// if it fits on a line of its own; a word that does not is not broken.
std::vector<std::string> wrapped(std::string_view text, int first, int width);

/// The text with what stands in backticks cut to `width` columns each.
std::string with_short_quotes(std::string_view text, int width);

}  // namespace dynamo
