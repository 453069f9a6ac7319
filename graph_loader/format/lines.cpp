#include "graph_loader/format/lines.h"

#include "graph_loader/format/scalar_form.h"

#include <cstddef>
#include <unordered_map>

namespace dynamo::format {
namespace {

/// The lines whose comments were written in one column.
struct Column {
  std::size_t first_end = 0;  ///< columns that the first line takes
  bool aligned = false;       ///< another line is longer or shorter
};

std::size_t least_column(const Line& line) { return width(line.code) + 1; }

std::unordered_map<std::size_t, Column> columns_of(const std::vector<Line>& lines) {
  std::unordered_map<std::size_t, Column> columns;
  for (const Line& line : lines) {
    if (line.trail.empty() || line.trail.column < least_column(line)) continue;
    const std::size_t end = width(line.code);
    const auto [column, is_new] = columns.try_emplace(line.trail.column, Column{end, false});
    if (!is_new && column->second.first_end != end) column->second.aligned = true;
  }
  return columns;
}

}  // namespace

std::string join(const std::vector<Line>& lines) {
  const std::unordered_map<std::size_t, Column> columns = columns_of(lines);
  std::string text;
  for (const Line& line : lines) {
    text += line.code;
    if (line.trail.empty()) {
      text += '\n';
      continue;
    }
    const std::size_t end = width(line.code);
    const auto written = columns.find(line.trail.column);
    const bool stays = written != columns.end() && written->second.aligned && line.trail.column >= least_column(line);
    const std::size_t column = stays ? line.trail.column : end + 2;
    std::size_t at = end;
    for (const std::string_view comment : line.trail.lines) {
      text.append(column - at, ' ');
      text += comment;
      text += '\n';
      at = 0;
    }
  }
  return text;
}

}  // namespace dynamo::format
