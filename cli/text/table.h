#pragma once
// Columns that line up. In a pipe nothing is cut. On a terminal that is too narrow for them the columns give way one
// after the other, each in a way that leaves what matters in it (Fit).

#include "cli/text/style.h"

#include <cstddef>
#include <string>
#include <vector>

namespace dynamo {

/// What a column holds, and so how it gives way. Names and paths do so only when nothing else helps.
enum class Fit {
  Name,   ///< a name or a number: its end is cut
  Path,   ///< a name with several parts: its beginning is cut
  Wrap,   ///< words: they go on in further lines
  Cut,    ///< a value: its end is cut
  Place,  ///< a file with line and column: its beginning is cut
};

struct Column {
  std::string title;
  Fit fit = Fit::Name;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns);
  /// As many cells as there are columns.
  void add(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// `width`: columns of the terminal, 0 for no limit. Each line ends with a line end, never with blanks.
  [[nodiscard]] std::string text(int width, const Style& style) const;

  /// Columns of one kind give way, down to a width.
  struct Step {
    Fit fit = Fit::Name;
    int least = 0;
    bool breaks = false;  ///< even if words are broken
  };

 private:
  [[nodiscard]] std::vector<int> widths(int limit) const;
  [[nodiscard]] int widest(const std::vector<int>& widths, const Step& step) const;
  [[nodiscard]] int least_width(std::size_t index, const Step& step) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace dynamo
