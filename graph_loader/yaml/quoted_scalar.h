#pragma once
// Text in quotes: its value, by the rules of YAML 1.2 for folding and escapes. The parser's own value is used only
// where there is neither, because it loses blank lines in front of the closing quote, and has no UTF-8 for `\N` and
// `\_`.

#include <string>
#include <string_view>

namespace dynamo {

/// `form` is what was written, with its quotes.
std::string read_quoted_scalar(std::string_view form);

}  // namespace dynamo
