#pragma once
// The pages of docs/diagnostics, built into the program: embed_pages.cmake writes explain_pages.cpp from them.

#include "proto/diagnostic.h"

#include <string_view>

namespace dynamo {

/// Markdown; empty if there is no page.
std::string_view explain_page(Code code);

}  // namespace dynamo
