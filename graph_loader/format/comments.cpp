#include "graph_loader/format/comments.h"

#include "graph_loader/format/scalar_form.h"

#include <utility>

namespace dynamo::format {

void Comments::add(CommentList& list, const Comment& comment) {
  comments_.push_back(comment);
  const auto number = static_cast<std::uint32_t>(comments_.size());
  CommentList one{number, number};
  append(list, one);
}

void Comments::append(CommentList& list, CommentList& other) {
  if (other.empty()) return;
  if (list.empty()) {
    list.first = other.first;
  } else {
    at(list.last).next = other.first;
  }
  list.last = other.last;
  other = {};
}

void Comments::prepend(CommentList& list, CommentList& other) {
  append(other, list);
  std::swap(list, other);
}

CommentList Comments::split_behind(CommentList& list, std::uint32_t last) {
  const CommentList taken{list.first, last};
  list.first = std::exchange(at(last).next, 0);
  if (list.empty()) list = {};
  return taken;
}

std::size_t Comments::column_of(std::size_t byte) const {
  const std::size_t before = byte == 0 ? std::string_view::npos : text_.rfind('\n', byte - 1);
  const std::size_t line = before == std::string_view::npos ? start_ : before + 1;
  return width(text_.substr(line, byte - line));
}

}  // namespace dynamo::format
