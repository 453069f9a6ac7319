#pragma once
// Characters that look like one of ASCII and are another, and those that nobody sees: a no-break space, a fullwidth
// colon, typographic quotes, Cyrillic letters.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

struct Lookalike {
  enum class Kind { Blank, Invisible, Mark, Letter };
  Kind kind = Kind::Mark;
  std::size_t begin = 0;  ///< bytes of the text that was looked through
  std::size_t end = 0;
  std::string_view like;  ///< the character that is meant; empty: none
  std::string name;       ///< "U+00A0 (no-break space)"

  /// "U+00A0 (no-break space) looks like a blank".
  [[nodiscard]] std::string words() const;
};

/// The first one at or behind `from`.
std::optional<Lookalike> find_lookalike(std::string_view text, std::size_t from = 0);
/// The text with each of them replaced by what it looks like.
std::string without_lookalikes(std::string_view text);

}  // namespace dynamo
