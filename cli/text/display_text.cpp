#include "cli/text/display_text.h"

#include "cli/text/character_width.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

/// Characters that would steer the terminal, or turn the order of what is read (the bidirectional controls).
bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069) || point == 0x200E || point == 0x200F || point == 0x061C;
}

/// What makes some terminals draw several characters as one picture, and others not: joiners, the selectors of a
/// coloured or plain form, and a colour of skin after the emoji that it would change.
bool joins_pictures(char32_t point, const std::vector<Cell>& before) {
  const bool modifier = point >= 0x1F3FB && point <= 0x1F3FF;
  return point == 0x200D || point == 0xFE0E || point == 0xFE0F ||
         (modifier && !before.empty() && before.back().width == 2);
}

std::string escape(char32_t point) {
  if (point == '\n') return "\\n";
  if (point == '\r') return "\\r";
  if (point < 0x80) return fmt::format("\\x{:02x}", static_cast<unsigned>(point));
  return fmt::format("\\u{{{:x}}}", static_cast<unsigned>(point));
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return {};
  char32_t point = first & (0xFFU >> (length + 1));
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(at + index) & 0xC0U) != 0x80U) return {};
    point = point << 6U | (byte(at + index) & 0x3FU);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < smallest[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return {};
  return {point, length};
}

std::string valid_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.length == 0) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
      ++at;
    } else {
      result += text.substr(at, character.length);
      at += character.length;
    }
  }
  return result;
}

std::vector<Cell> cells_of(std::string_view line, int tab) {
  std::vector<Cell> cells;
  int column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Character character = character_at(line, at);
    const std::size_t length = character.length == 0 ? 1 : character.length;
    // Left out, so that every terminal shows the parts one by one and no mark is shifted.
    if (character.length > 0 && joins_pictures(character.point, cells)) {
      if (!cells.empty()) cells.back().end = static_cast<std::uint32_t>(at + length);
      at += length;
      continue;
    }
    Cell cell{.text = {},
              .width = 1,
              .begin = static_cast<std::uint32_t>(at),
              .end = static_cast<std::uint32_t>(at + length)};
    if (character.length == 0) {
      cell.text = fmt::format("\\x{:02x}", static_cast<unsigned char>(line[at]));
      cell.width = 4;
    } else if (character.point == '\t') {
      cell.width = tab - column % tab;
      cell.text.assign(static_cast<std::size_t>(cell.width), ' ');
    } else if (is_control(character.point)) {
      cell.text = escape(character.point);
      cell.width = static_cast<int>(cell.text.size());
    } else {
      cell.text = line.substr(at, length);
      cell.width = character_width(character.point);
    }
    at += length;
    if (cell.width == 0 && !cells.empty()) {
      cells.back().text += cell.text;
      cells.back().end = cell.end;
      continue;
    }
    column += cell.width;
    cells.push_back(std::move(cell));
  }
  return cells;
}

std::string visible(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.length == 0) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
      ++at;
      continue;
    }
    if (character.point == '\n' || character.point == '\t') {
      result += ' ';
    } else if (is_control(character.point)) {
      result += escape(character.point);
    } else {
      result += text.substr(at, character.length);
    }
    at += character.length;
  }
  return result;
}

int display_width(std::string_view text) {
  const bool plain = std::ranges::all_of(text, [](char one) { return one >= ' ' && one <= '~'; });
  if (plain) return static_cast<int>(text.size());
  int width = 0;
  for (const Cell& cell : cells_of(visible(text))) width += cell.width;
  return width;
}

std::string clipped(std::string_view text, int width) {
  const std::string shown = visible(text);
  std::string result;
  std::string shorter;  // the longest beginning that leaves a column for the dots
  int used = 0;
  for (const Cell& cell : cells_of(shown)) {
    used += cell.width;
    if (used > width) return width > 0 ? shorter + "…" : std::string();
    result += cell.text;
    if (used < width) shorter = result;
  }
  return result;
}

std::string clipped_start(std::string_view text, int width) {
  const std::string shown = visible(text);
  const std::vector<Cell> cells = cells_of(shown);
  int used = 0;
  for (const Cell& cell : cells) used += cell.width;
  if (used <= width) return shown;
  std::string result = width > 0 ? "…" : "";
  std::size_t from = 0;
  for (; from < cells.size() && used > width - 1; ++from) used -= cells[from].width;
  for (; from < cells.size(); ++from) result += cells[from].text;
  return result;
}

namespace {

bool is_between(char c, char first, char last) { return c >= first && c <= last; }

/// Whether a name can be broken there: behind a sign, or before a capital letter inside it.
bool is_joint(const std::string& before, const std::string& after) {
  const char last = before.back();
  if (std::string_view(",;:=/._-").find(last) != std::string_view::npos) return true;
  return is_between(last, 'a', 'z') && is_between(after.front(), 'A', 'Z');
}

/// Takes the beginning of a word that is too long: as much as fits, or somewhat less for a better place.
std::string take_beginning(std::string& word, int width) {
  std::string result;
  std::string better;
  int used = 0;
  for (const Cell& cell : cells_of(word)) {
    if (used * 2 >= width && is_joint(result, cell.text)) better = result;
    used += cell.width;
    if (used > width && !result.empty()) break;
    result += cell.text;
  }
  if (!better.empty()) result = std::move(better);
  word.erase(0, result.size());
  return result;
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, int width) {
  std::vector<std::string> lines(1);
  int used = 0;
  const std::string shown = visible(text);
  for (std::size_t at = 0; at < shown.size();) {
    const std::size_t end = std::min(shown.find(' ', at), shown.size());
    std::string word = shown.substr(at, end - at);
    at = end + 1;
    if (used > 0 && used + 1 + display_width(word) <= width) {
      lines.back() += ' ';
      ++used;
    } else if (used > 0) {
      lines.emplace_back();
      used = 0;
    }
    while (used == 0 && display_width(word) > width) {
      lines.back() = take_beginning(word, width);
      lines.emplace_back();
    }
    lines.back() += word;
    used += display_width(word);
  }
  if (lines.size() > 1 && lines.back().empty()) lines.pop_back();
  return lines;
}

std::string padded(std::string_view text, int width) {
  std::string result = clipped(text, width);
  const int missing = width - display_width(result);
  if (missing > 0) result.append(static_cast<std::size_t>(missing), ' ');
  return result;
}

}  // namespace dynamo
