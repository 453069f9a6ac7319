#pragma once
// Columns that line up. A table that is wider than the terminal shrinks its widest columns and cuts their cells
// with `…`; in a pipe nothing is cut.

#include "cli/text/style.h"

#include <string>
#include <vector>

namespace dynamo {

class Table {
 public:
  explicit Table(std::vector<std::string> head);
  /// As many cells as the head has.
  void add(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// `width`: columns of the terminal, 0 for no limit. Each line ends with a line end, never with blanks.
  [[nodiscard]] std::string text(int width, const Style& style) const;

 private:
  [[nodiscard]] std::vector<int> widths(int limit) const;

  std::vector<std::string> head_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace dynamo
