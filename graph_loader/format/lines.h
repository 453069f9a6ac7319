#pragma once
// Lines of code with the comments behind them -> text. Decides in which column such comments stand.

#include "graph_loader/format/layout.h"

#include <string>
#include <vector>

namespace dynamo::format {

struct Line {
  std::string code;  ///< with its indentation; empty: a blank line
  Trail trail;
  bool keep = false;  ///< a blank line below would become part of a value
};

/// A comment stands two blanks behind its line, or where the user has aligned it: in a column that it shares with
/// comments of lines that are shorter or longer, while it can stand there.
std::string join(const std::vector<Line>& lines);

}  // namespace dynamo::format
