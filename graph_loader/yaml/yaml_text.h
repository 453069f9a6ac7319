#pragma once
// The bytes of a YAML text: what can be said about them without its structure. tree_builder.cpp walks along
// the text with these functions while the parser tells it what stands where, because the parser knows only
// where a value begins, and lets some things pass that YAML forbids.
//
// All offsets are bytes of the whole text.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo::yaml_text {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< 0: not UTF-8
};
/// Decodes one character, without overlong forms and surrogates.
Character character_at(std::string_view text, std::size_t at);
/// "U+00A0".
std::string code_text(std::uint32_t code);

/// Bytes of the byte order mark at the start: 3 or 0.
std::size_t byte_order_mark(std::string_view text);

struct Offence {
  std::size_t at = 0;
  std::string what;
};

/// The first byte that is not UTF-8, or a character that YAML does not allow.
std::optional<Offence> forbidden_character(std::string_view text);

/// The first tab of each line whose indentation contains one; blank lines are left out.
std::vector<std::size_t> tabs_in_indentation(std::string_view text);
/// Whether no line that holds something is indented by spaces.
bool is_indented_by_tabs(std::string_view text);

bool is_blank(char letter);       ///< space or tab
bool is_line_end(char letter);    ///< LF, or the CR before it
bool is_separation(char letter);  ///< either of them
/// True at the end of the text, too.
bool is_separation_at(std::string_view text, std::size_t at);

/// Behind blanks, line ends and comments. Stops at a `#` that nothing separates from what stands before it.
std::size_t skip_separation(std::string_view text, std::size_t at);
/// Behind an anchor, tag or alias that starts at `at`.
std::size_t name_end(std::string_view text, std::size_t at);
/// Behind the closing quote of the scalar whose opening quote is at `at`; none if it is never closed.
std::optional<std::size_t> quoted_end(std::string_view text, std::size_t at);
/// The backslash of the first escape in a double-quoted scalar that YAML does not know.
std::optional<std::size_t> unknown_escape(std::string_view form);
/// Behind the last letter of the plain scalar at `at` with this value; none if something else stands there.
std::optional<std::size_t> plain_end(std::string_view text, std::size_t at, std::string_view value);

/// The bytes [begin, end) of `value` in the text of the scalar `form`, as offsets in `form`: a value that was written
/// with quotes, escapes or over several lines.
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};
Range range_in_form(std::string_view form, std::string_view value, std::size_t begin, std::size_t end);

/// A reading ahead through brackets, which knows how deep they go, how many aliases and values they hold, and whether
/// they end.
struct Lookahead {
  std::size_t at = 0;
  std::size_t outside = 0;  ///< collections round the place where the reading began
  std::size_t depth = 0;    ///< of open collections
  std::size_t aliases = 0;  ///< seen so far
  std::size_t values = 0;   ///< seen so far
  std::size_t max_depth = 0;
  std::size_t max_aliases = 0;
  std::size_t max_values = 0;

  std::size_t outermost = 0;              ///< the first bracket
  std::optional<std::size_t> too_deep;    ///< the first bracket beyond `max_depth`
  std::optional<std::size_t> too_many;    ///< the first alias beyond `max_aliases`
  std::optional<std::size_t> too_full;    ///< the first value beyond `max_values`
  std::optional<std::size_t> never_ends;  ///< a quote that is never closed, or the first bracket if none closes it

  [[nodiscard]] bool found() const { return too_deep || too_many || too_full || never_ends; }
};
/// Goes on until `until`, the end of the first bracket, or the first thing that was found. In front of anything
/// but a bracket or a quote it does nothing.
void look_ahead(std::string_view text, Lookahead& state, std::size_t until);

}  // namespace dynamo::yaml_text
