#pragma once
// What an editor shows about the name, or the key, under the mouse: in Markdown that also reads well as plain text.

#include "graph_loader/language/rename.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

struct Hover {
  std::string text;
  FileRange where;
};

/// `text`: what stands in the file, as the project read it.
std::optional<Hover> hover(const Project& project, const std::string& path, std::string_view text, std::uint32_t byte);

}  // namespace dynamo
