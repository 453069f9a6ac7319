#pragma once
// The comments of a file, each of which belongs to one list. A list is two numbers: a file may have millions of places
// for comments, and of comments.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace dynamo::format {

struct Comment {
  std::uint32_t begin = 0;  ///< bytes of the file: from its `#` to its last letter
  std::uint32_t end = 0;
  std::uint32_t next = 0;     ///< in its list
  bool blank_before = false;  ///< a blank line stands above it
};

/// Numbers of comments, from 1; 0: none.
struct CommentList {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  [[nodiscard]] bool empty() const { return first == 0; }
};

class Comments {
 public:
  /// `text` is that of the file; `start` is behind a byte order mark.
  Comments(std::string_view text, std::size_t start) : text_(text), start_(start) {}

  /// Puts a new comment at the end of the list.
  void add(CommentList& list, const Comment& comment);
  /// Moves all comments of `other` to the end of the list.
  void append(CommentList& list, CommentList& other);
  /// Moves all comments of `other` to the beginning of the list.
  void prepend(CommentList& list, CommentList& other);
  /// Takes the comments up to and with `last`, one of the list, out of it.
  CommentList split_behind(CommentList& list, std::uint32_t last);

  [[nodiscard]] Comment& at(std::uint32_t number) { return comments_[number - 1]; }
  [[nodiscard]] const Comment& at(std::uint32_t number) const { return comments_[number - 1]; }
  [[nodiscard]] std::string_view text(const Comment& comment) const {
    return text_.substr(comment.begin, comment.end - comment.begin);
  }
  /// The column of the first comment of a list that is not empty, as written, from 0.
  [[nodiscard]] std::size_t column(const CommentList& list) const { return column_of(at(list.first).begin); }
  /// The column of a byte of the file.
  [[nodiscard]] std::size_t column_of(std::size_t byte) const;

 private:
  std::string_view text_;
  std::size_t start_;
  std::deque<Comment> comments_;
};

}  // namespace dynamo::format
