#include "cli/lsp/text_positions.h"

#include "cli/text/display_text.h"

#include <algorithm>

namespace dynamo::lsp {
namespace {

struct Unit {
  std::uint32_t bytes = 1;
  std::uint32_t characters = 1;
};

/// The character at `at`; a byte that is not UTF-8 counts as one.
Unit unit_at(std::string_view text, std::uint32_t at, PositionEncoding encoding) {
  const Character character = character_at(text, at);
  if (character.length == 0) return {};
  const auto bytes = static_cast<std::uint32_t>(character.length);
  if (encoding == PositionEncoding::Utf8) return {bytes, bytes};
  return {bytes, character.point > 0xFFFF ? 2U : 1U};
}

}  // namespace

TextPositions::TextPositions(std::string_view text, PositionEncoding encoding) : text_(text), encoding_(encoding) {
  line_starts_.push_back(0);
  ascii_ = std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  for (std::size_t at = text.find_first_of("\r\n"); at != std::string_view::npos;
       at = text.find_first_of("\r\n", at + 1)) {
    if (text.substr(at, 2) == "\r\n") ++at;
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

std::uint32_t TextPositions::line_end(std::size_t line) const {
  if (line + 1 >= line_starts_.size()) return static_cast<std::uint32_t>(text_.size());
  std::uint32_t end = line_starts_[line + 1] - 1;
  if (end > line_starts_[line] && text_.substr(end - 1, 2) == "\r\n") --end;
  return end;
}

TextPosition TextPositions::position(std::uint32_t byte) const {
  byte = std::min(byte, static_cast<std::uint32_t>(text_.size()));
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), byte);
  const auto line = static_cast<std::size_t>(after - line_starts_.begin()) - 1;
  const std::uint32_t end = std::min(byte, line_end(line));
  TextPosition result{static_cast<std::uint32_t>(line), 0};
  if (ascii_) {
    result.character = end - line_starts_[line];
    return result;
  }
  for (std::uint32_t at = line_starts_[line]; at < end;) {
    const Unit unit = unit_at(text_, at, encoding_);
    if (at + unit.bytes > end) break;
    at += unit.bytes;
    result.character += unit.characters;
  }
  return result;
}

std::uint32_t TextPositions::byte(TextPosition position) const {
  if (position.line >= line_starts_.size()) return static_cast<std::uint32_t>(text_.size());
  const std::uint32_t end = line_end(position.line);
  std::uint32_t at = line_starts_[position.line];
  std::uint32_t left = position.character;
  while (at < end && left > 0) {
    const Unit unit = unit_at(text_, at, encoding_);
    if (unit.characters > left) break;
    left -= unit.characters;
    at += unit.bytes;
  }
  return at;
}

}  // namespace dynamo::lsp
