#include "cli/text/wrap.h"

#include "cli/text/display_text.h"

#include <algorithm>
#include <cstddef>

namespace dynamo {
namespace {

/// Where the quote that opens at `open` closes; npos if it does not.
std::size_t closing(std::string_view text, std::size_t open) { return text.find('`', open + 1); }

/// The text between blanks, or up to the blank behind a quote: never a blank at its beginning.
std::string_view next_piece(std::string_view text, bool whole_quotes) {
  std::size_t at = 0;
  while (at < text.size() && text[at] != ' ') {
    const std::size_t close = whole_quotes && text[at] == '`' ? closing(text, at) : std::string_view::npos;
    at = close == std::string_view::npos ? at + 1 : close + 1;
  }
  return text.substr(0, at);
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, int first, int width) {
  if (display_width(text) <= first) return {std::string(text)};
  std::vector<std::string> lines(1);
  int room = first;
  int used = 0;
  bool in_quote = false;  // one that is too long for a line
  while (true) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return lines;
    text.remove_prefix(begin);
    std::string_view piece = next_piece(text, !in_quote);
    if (display_width(piece) > width) piece = next_piece(text, false);
    if (std::count(piece.begin(), piece.end(), '`') % 2 == 1) in_quote = !in_quote;
    const int columns = display_width(piece);
    if (used > 0 && used + 1 + columns > room) {
      lines.emplace_back();
      room = width;
      used = 0;
    }
    if (used > 0) {
      lines.back() += ' ';
      ++used;
    }
    lines.back() += piece;
    used += columns;
    text.remove_prefix(piece.size());
  }
}

std::string with_short_quotes(std::string_view text, int width) {
  std::string result;
  while (true) {
    const std::size_t open = std::min(text.find('`'), text.size());
    const std::size_t close = open == text.size() ? std::string_view::npos : closing(text, open);
    if (close == std::string_view::npos) return result.append(text);
    result.append(text.substr(0, open + 1)).append(clipped(text.substr(open + 1, close - open - 1), width)) += '`';
    text.remove_prefix(close + 1);
  }
}

}  // namespace dynamo
