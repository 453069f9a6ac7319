#pragma once
// Lines of code with the comments behind them -> text. Decides in which column such comments stand.

#include "graph_loader/format/comments.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo::format {

/// A comment stands two blanks behind its line, or where the user has aligned it: in a column that it shares with a
/// comment behind a shorter or longer line. Lines that follow each other share a column as it is; elsewhere in the file
/// both comments must be set off by three blanks or more, because fewer fall into one column by accident.
class Lines {
 public:
  explicit Lines(const Comments& comments) : comments_(comments) {}

  /// `code` has its indentation in front; `trail` is the comment behind it, and the lines that go on with that.
  void put(std::string_view code, const CommentList& trail = {});
  /// A blank line, unless there is one above or nothing at all, or it would become part of the value above.
  void blank();
  /// A blank line in a value.
  void put_blank() { put({}); }
  /// A blank line below the last line would become part of a value.
  void keep_end() { keeps_end_ = true; }
  /// All lines, at the end.
  std::string text();

 private:
  /// A line with a comment.
  struct Row {
    std::size_t line = 0;
    std::size_t code_end = 0;  ///< in `code_`
    std::size_t width = 0;     ///< columns that the code takes
    CommentList trail;
    std::size_t column = 0;  ///< of the comment: as written, then as decided
  };

  void align();

  const Comments& comments_;
  std::string code_;
  std::size_t count_ = 0;
  std::vector<Row> rows_;
  bool blank_ = true;
  bool keeps_end_ = false;
};

}  // namespace dynamo::format
