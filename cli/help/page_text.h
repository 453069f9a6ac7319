#pragma once
// A page of docs/diagnostics for the terminal: the little Markdown that those pages use, and no more.

#include "cli/text/style.h"

#include <string>
#include <string_view>

namespace dynamo {

/// Prose is filled to `width` columns (80 if it is 0, at most 100), code is indented and stays as it is.
std::string page_text(std::string_view markdown, int width, const Style& style);

}  // namespace dynamo
