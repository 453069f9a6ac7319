#include "cli/text/table.h"

#include "cli/text/display_text.h"
#include "proto/check.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace dynamo {
namespace {

constexpr int gap = 2;
/// A cell that wraps has at most so many lines.
constexpr std::size_t most_lines = 10;
/// No column is kept wide for a word that is longer than this.
constexpr int longest_word = 20;

/// What gives way next, and down to which width.
constexpr auto steps = std::to_array<Table::Step>({
    {.fit = Fit::Cut, .least = 24},
    {.fit = Fit::Place, .least = 16},
    {.fit = Fit::Cut, .least = 16},
    {.fit = Fit::Wrap, .least = 16},
    {.fit = Fit::Path, .least = 28},
    {.fit = Fit::Place, .least = 10},
    {.fit = Fit::Wrap, .least = 8},
    {.fit = Fit::Cut, .least = 8},
    {.fit = Fit::Path, .least = 16},
    {.fit = Fit::Wrap, .least = 8, .breaks = true},
    {.fit = Fit::Name, .least = 8},
});

int widest_word(std::string_view text) {
  int result = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    result = std::max(result, display_width(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

/// Where it does not fit into one line, every item that ends with `;` begins one.
std::vector<std::string> wrapped_items(std::string_view cell, int width) {
  if (display_width(cell) <= width) return {std::string(cell)};
  std::vector<std::string> result;
  while (!cell.empty()) {
    const std::size_t sign = cell.find("; ");
    const std::size_t end = sign == std::string_view::npos ? cell.size() : sign + 1;
    for (std::string& line : wrapped(cell.substr(0, end), width)) result.push_back(std::move(line));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return result;
}

std::vector<std::string> lines_of(const std::string& cell, Fit fit, int width) {
  switch (fit) {
    case Fit::Wrap: break;
    case Fit::Place:
    case Fit::Path: return {clipped_start(cell, width)};
    case Fit::Cut:
    case Fit::Name: return {clipped(cell, width)};
  }
  std::vector<std::string> lines = wrapped_items(cell, width);
  if (lines.size() > most_lines) {
    lines.resize(most_lines);
    lines.back() = clipped(lines.back() + "…", width);
  }
  return lines;
}

/// One row of the table: as many lines as its longest cell has.
std::vector<std::string> row_lines(const std::vector<std::string>& cells, const std::vector<Column>& columns,
                                   const std::vector<int>& widths) {
  std::vector<std::vector<std::string>> parts;
  std::size_t height = 1;
  for (std::size_t index = 0; index < cells.size(); ++index) {
    parts.push_back(lines_of(cells[index], columns[index].fit, widths[index]));
    height = std::max(height, parts.back().size());
  }
  std::vector<std::string> result(height);
  for (std::size_t at = 0; at < height; ++at) {
    std::string& line = result[at];
    for (std::size_t index = 0; index < parts.size(); ++index) {
      line += padded(at < parts[index].size() ? parts[index][at] : "", widths[index]);
      line.append(gap, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
  }
  return result;
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add(std::vector<std::string> cells) {
  DYNAMO_CHECK(cells.size() == columns_.size(), "a row has as many cells as there are columns");
  rows_.push_back(std::move(cells));
}

std::vector<int> Table::widths(int limit) const {
  std::vector<int> result;
  for (const Column& column : columns_) result.push_back(display_width(column.title));
  for (const auto& row : rows_) {
    for (std::size_t index = 0; index < row.size(); ++index) {
      result[index] = std::max(result[index], display_width(row[index]));
    }
  }
  if (limit <= 0) return result;
  int excess = std::accumulate(result.begin(), result.end(), gap * (static_cast<int>(result.size()) - 1)) - limit;
  for (const Step& step : steps) {
    while (excess > 0) {
      const int index = widest(result, step);
      if (index < 0) break;
      --result[static_cast<std::size_t>(index)];
      --excess;
    }
  }
  return result;
}

/// The widest column of this kind that can still give way; -1 if there is none.
int Table::widest(const std::vector<int>& widths, const Step& step) const {
  int result = -1;
  for (std::size_t index = 0; index < columns_.size(); ++index) {
    if (columns_[index].fit != step.fit || widths[index] <= least_width(index, step)) continue;
    if (result < 0 || widths[index] > widths[static_cast<std::size_t>(result)]) result = static_cast<int>(index);
  }
  return result;
}

/// Its title stays readable.
int Table::least_width(std::size_t index, const Step& step) const {
  const Column& column = columns_[index];
  if (column.fit != Fit::Wrap) return std::max(step.least, display_width(column.title));
  int word = widest_word(column.title);
  if (!step.breaks) {
    for (const auto& row : rows_) word = std::max(word, std::min(widest_word(row[index]), longest_word));
  }
  return std::max(step.least, word);
}

std::string Table::text(int width, const Style& style) const {
  const std::vector<int> columns = widths(width);
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string result;
  for (const std::string& line : row_lines(titles, columns_, columns)) result += style.paint(Ink::Bold, line) + "\n";
  for (const auto& row : rows_) {
    for (const std::string& line : row_lines(row, columns_, columns)) result += line + "\n";
  }
  return result;
}

}  // namespace dynamo
