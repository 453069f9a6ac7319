#pragma once
// Places in a text as editors count them: lines and characters from 0, a character being a unit of UTF-16 or, if
// client and server agree, a byte of UTF-8. A line ends with LF, CR LF or CR.

#include <cstdint>
#include <string_view>
#include <vector>

namespace dynamo::lsp {

enum class PositionEncoding { Utf16, Utf8 };

struct TextPosition {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};

/// Converts between places and bytes of one text, which must outlive it.
class TextPositions {
 public:
  TextPositions(std::string_view text, PositionEncoding encoding);

  [[nodiscard]] TextPosition position(std::uint32_t byte) const;
  /// A place behind the end of its line is its end, one behind the text the end of the text, one inside a character
  /// its begin.
  [[nodiscard]] std::uint32_t byte(TextPosition position) const;

 private:
  [[nodiscard]] std::uint32_t line_end(std::size_t line) const;

  std::string_view text_;
  PositionEncoding encoding_;
  std::vector<std::uint32_t> line_starts_;
  bool ascii_ = false;  ///< every byte is a character
};

}  // namespace dynamo::lsp
