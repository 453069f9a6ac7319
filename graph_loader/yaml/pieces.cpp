#include "graph_loader/yaml/pieces.h"

#include "graph_loader/yaml/lines.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>

namespace dynamo::yaml_text {
namespace {

bool is_one_of(char letter, std::string_view letters) { return letters.find(letter) != std::string_view::npos; }

}  // namespace

/// Whether a `:` in front of `at` ends a key.
bool Pieces::ends_colon(std::size_t at) const {
  return is_separation_at(text_, at) || (!open_.empty() && is_one_of(text_[at], ",[]{}"));
}

Piece Pieces::next() {
  const std::size_t begin = skip_separation(text_, at_);
  Piece piece{Piece::Kind::End, begin, begin, {}, {}};
  const bool behind_quotes = behind_quotes_ && begin == at_;
  behind_quotes_ = false;
  if (begin >= text_.size()) return piece;
  const char letter = text_[begin];
  piece.end = begin + 1;
  if (letter == '"' || letter == '\'') {
    const std::optional<std::size_t> end = quoted_end(text_, begin);
    piece = {Piece::Kind::Quoted, begin, end.value_or(text_.size()), {}, {}, end.has_value()};
    behind_quotes_ = true;
  } else if (letter == '[' || letter == '{') {
    piece.kind = Piece::Kind::Open;
    open_.push_back(begin);
  } else if (letter == ']' || letter == '}') {
    piece.kind = Piece::Kind::Close;
    if (!open_.empty()) {
      piece.partner = open_.back();
      open_.pop_back();
    }
  } else if (letter == ',') {
    piece.kind = Piece::Kind::Comma;
  } else if (letter == ':' && (ends_colon(begin + 1) || (behind_quotes && !open_.empty()))) {
    piece.kind = Piece::Kind::Colon;
  } else if (open_.empty() && is_one_of(letter, "-?") && is_separation_at(text_, begin + 1)) {
    piece.kind = Piece::Kind::Dash;
  } else if (open_.empty() && is_one_of(letter, "|>")) {
    piece = block(begin);
  } else {
    piece = plain(begin);
  }
  at_ = piece.end;
  return piece;
}

/// The `}` behind `at` on the same line, not far from it.
std::optional<std::size_t> Pieces::closing_brace(std::size_t at) const {
  constexpr std::size_t farthest = 200;
  const std::string_view near = text_.substr(at, farthest);
  const std::size_t end = near.find_first_of("}\r\n");
  return end != std::string_view::npos && near[end] == '}' ? std::optional(at + end) : std::nullopt;
}

/// The words up to what ends them, on one line.
Piece Pieces::plain(std::size_t begin) {
  Piece piece{Piece::Kind::Plain, begin, begin + 1, {}, {}};
  // A line may be long: nothing here looks further than it goes.
  for (std::size_t at = begin; at < text_.size() && !is_line_end(text_[at]); ++at) {
    const char letter = text_[at];
    if (letter == ':' && at > begin && ends_colon(at + 1)) break;
    if (letter == '#' && at > begin && is_blank(text_[at - 1])) break;
    if (!open_.empty() && is_one_of(letter, ",[]{}")) {
      const bool inside = letter == '{' && at > begin && !is_blank(text_[at - 1]) && text_[at - 1] != ':';
      const std::optional<std::size_t> close = inside ? closing_brace(at) : std::nullopt;
      if (!close) break;
      if (!piece.brace) piece.brace = at;
      at = *close;
    }
    if (!is_blank(text_[at])) piece.end = at + 1;
  }
  return piece;
}

/// A block of text: all lines that are indented more than the one that it begins on.
Piece Pieces::block(std::size_t begin) {
  const std::size_t least = column(text_, content_begin(text_, begin)) + 1;
  std::size_t at = next_line(text_, begin);
  while (at < text_.size()) {
    const std::size_t content = content_begin(text_, at);
    if (content < line_end(text_, at) && column(text_, content) < least) break;
    at = next_line(text_, at);
  }
  return {Piece::Kind::Block, begin, at, {}, {}};
}

}  // namespace dynamo::yaml_text
