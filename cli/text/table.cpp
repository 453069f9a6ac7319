#include "cli/text/table.h"

#include "cli/text/display_text.h"
#include "proto/check.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dynamo {
namespace {

constexpr int gap = 2;
/// A column is not made narrower than this: what is left of its cells would tell nothing.
constexpr int narrowest = 8;

std::string line_of(const std::vector<std::string>& cells, const std::vector<int>& widths) {
  std::string line;
  for (std::size_t index = 0; index < cells.size(); ++index) {
    line += padded(cells[index], widths[index]);
    line.append(gap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

Table::Table(std::vector<std::string> head) : head_(std::move(head)) {}

void Table::add(std::vector<std::string> cells) {
  DYNAMO_CHECK(cells.size() == head_.size(), "a row has as many cells as the head");
  rows_.push_back(std::move(cells));
}

std::vector<int> Table::widths(int limit) const {
  std::vector<int> result;
  for (const std::string& title : head_) result.push_back(display_width(title));
  for (const auto& row : rows_) {
    for (std::size_t index = 0; index < row.size(); ++index) {
      result[index] = std::max(result[index], display_width(row[index]));
    }
  }
  if (limit <= 0) return result;
  const int gaps = gap * (static_cast<int>(result.size()) - 1);
  while (std::accumulate(result.begin(), result.end(), gaps) > limit) {
    const auto widest = std::max_element(result.begin(), result.end());
    if (*widest <= narrowest) break;
    --*widest;
  }
  return result;
}

std::string Table::text(int width, const Style& style) const {
  const std::vector<int> columns = widths(width);
  std::string result = style.paint(Ink::Bold, line_of(head_, columns)) + "\n";
  for (const auto& row : rows_) result += line_of(row, columns) + "\n";
  return result;
}

}  // namespace dynamo
