#pragma once
// How a scalar is written: the canonical text of a value that stands on one line, the lines of one that does not.

#include "graph_loader/yaml/syntax_tree.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo::format {

/// Columns that a text takes: code points.
std::size_t width(std::string_view text);

/// The scalar on one line. Quotes stay, as double quotes where nothing inside has to be escaped, except round a plain
/// word that no reader of YAML takes for anything else. None if the value holds line ends.
std::optional<std::string> one_line(const Node& scalar);

/// As above for a key, which is written on one line whatever it holds.
std::string key_text(const Node& scalar);

/// Whether the scalar was written over several lines.
bool has_lines(const Node& scalar);
/// The lines of plain or quoted text, without indentation.
std::vector<std::string> lines_of(const Node& scalar);

/// Text behind `|` or `>`.
bool is_block(const Node& scalar);
/// Byte of the comment behind the `|` or `>`, if there is one.
std::optional<std::size_t> header_comment(const Node& scalar);
struct BlockText {
  std::string header;              ///< `|-`
  std::vector<std::string> lines;  ///< without indentation; an empty one stays empty
  bool keeps_end = false;          ///< blank lines at its end are part of the value
};
BlockText block_of(const Node& scalar);

}  // namespace dynamo::format
