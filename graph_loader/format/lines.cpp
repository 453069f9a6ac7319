#include "graph_loader/format/lines.h"

#include "graph_loader/format/scalar_form.h"

#include <unordered_map>
#include <utility>

namespace dynamo::format {
namespace {

/// Columns that lines of different width share.
class SharedColumns {
 public:
  void note(std::size_t column, std::size_t width) {
    const auto [found, is_new] = columns_.try_emplace(column, Column{width, false});
    if (!is_new && found->second.first_width != width) found->second.shared = true;
  }
  [[nodiscard]] bool contains(std::size_t column) const {
    const auto found = columns_.find(column);
    return found != columns_.end() && found->second.shared;
  }

 private:
  struct Column {
    std::size_t first_width = 0;
    bool shared = false;
  };
  std::unordered_map<std::size_t, Column> columns_;
};

}  // namespace

void Lines::put(std::string_view code, const CommentList& trail) {
  blank_ = code.empty();
  keeps_end_ = false;
  code_ += code;
  if (!trail.empty()) rows_.push_back({count_, code_.size(), width(code), trail, comments_.column(trail)});
  code_ += '\n';
  ++count_;
}

void Lines::blank() {
  if (!blank_ && !keeps_end_) put_blank();
}

void Lines::align() {
  constexpr std::size_t set_off = 3;
  SharedColumns far;
  for (const Row& row : rows_) {
    if (row.column >= row.width + set_off) far.note(row.column, row.width);
  }
  for (std::size_t begin = 0; begin < rows_.size();) {
    std::size_t end = begin + 1;
    while (end < rows_.size() && rows_[end].line == rows_[end - 1].line + 1) ++end;
    SharedColumns near;
    for (std::size_t index = begin; index < end; ++index) {
      if (rows_[index].column > rows_[index].width) near.note(rows_[index].column, rows_[index].width);
    }
    for (; begin < end; ++begin) {
      Row& row = rows_[begin];
      const bool stays = (row.column > row.width && near.contains(row.column)) ||
                         (row.column >= row.width + set_off && far.contains(row.column));
      if (!stays) row.column = row.width + 2;
    }
  }
}

std::string Lines::text() {
  align();
  std::string text;
  text.reserve(code_.size());
  std::size_t begin = 0;
  for (const Row& row : rows_) {
    text.append(code_, begin, row.code_end - begin);
    std::size_t at = row.width;
    for (std::uint32_t one = row.trail.first; one != 0; one = comments_.at(one).next) {
      text.append(row.column - at, ' ');
      text += comments_.text(comments_.at(one));
      text += '\n';
      at = 0;
    }
    begin = row.code_end + 1;
  }
  text.append(code_, begin);
  return text;
}

}  // namespace dynamo::format
