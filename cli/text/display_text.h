#pragma once
// Text as a terminal shows it. What a user's file or a program wrote may hold anything: control characters and
// bytes that are not UTF-8 are shown as escapes, so that they can neither steer the terminal nor shift a mark.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// One visible unit of a line: a character with what combines with it, an expanded tab, or an escape.
struct Cell {
  std::string text;
  int width = 1;
  std::uint32_t begin = 0;  ///< bytes of the line that it stands for
  std::uint32_t end = 0;
};

/// The cells of one line, without what joins several emoji into one where a terminal can do that. Tabs go to the next
/// multiple of `tab` columns.
std::vector<Cell> cells_of(std::string_view line, int tab = 4);

/// One character of UTF-8 at `at`: its code point and length; length 0 when the bytes there are not UTF-8.
struct Character {
  char32_t point = 0;
  std::size_t length = 0;
};
Character character_at(std::string_view text, std::size_t at);
/// The bytes where they are UTF-8, `\xNN` where they are not.
std::string valid_utf8(std::string_view text);

/// Safe to print: line ends become blanks, other control characters escapes.
std::string visible(std::string_view text);
/// Columns of visible(text).
int display_width(std::string_view text);
/// visible(text), cut to `width` columns with `…` as the last one if it is longer.
std::string clipped(std::string_view text, int width);
/// visible(text), cut to its last `width` columns with `…` as the first one if it is longer.
std::string clipped_start(std::string_view text, int width);
/// The words of visible(text) in lines of at most `width` columns; a word that is longer is broken. At least one line.
std::vector<std::string> wrapped(std::string_view text, int width);
/// clipped(text, width), filled up with blanks.
std::string padded(std::string_view text, int width);

}  // namespace dynamo
