#pragma once
// A YAML text line by line, without its structure: where a line begins and ends, and what key it begins with.

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamo::yaml_text {

/// The first byte of the line that `at` stands on; a byte order mark is no part of it.
std::size_t line_begin(std::string_view text, std::size_t at);
/// Behind its last byte, without the line end.
std::size_t line_end(std::string_view text, std::size_t at);
/// The first byte of the next line, or the end of the text.
std::size_t next_line(std::string_view text, std::size_t at);
/// Bytes in front of `at` on its line.
std::size_t column(std::string_view text, std::size_t at);
/// The first byte of the line that is no blank: its end, if there is none.
std::size_t content_begin(std::string_view text, std::size_t at);
/// Behind the last byte of the line that is neither blank nor comment, from `at` on. Quotes that stand open at `at` are
/// not known about.
std::size_t content_end(std::string_view text, std::size_t at);
/// Whether the line holds nothing but blanks and a comment.
bool is_blank_line(std::string_view text, std::size_t at);
/// Whether nothing but blanks stands before `at` on its line.
bool is_first(std::string_view text, std::size_t at);

/// What a line without brackets begins with: `- key: value`.
struct LineKey {
  std::size_t begin = 0;
  std::size_t end = 0;    ///< of the key, without blanks; of the whole content if there is no colon
  std::size_t colon = 0;  ///< the text's end if there is none
  std::size_t value = 0;  ///< the first byte behind the colon that is no blank, or the end of the content

  [[nodiscard]] std::size_t length() const { return end - begin; }
};
/// `at`: the first byte of the key.
LineKey line_key(std::string_view text, std::size_t at);

/// A few words of the text for a message: `text`, clipped if it is long, and without line ends.
std::string quoted_words(std::string_view words);
/// The text as a scalar in quotes; in single ones if the others would need a backslash.
std::string in_quotes(std::string_view plain);

}  // namespace dynamo::yaml_text
