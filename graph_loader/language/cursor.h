#pragma once
// Where somebody types, found from lines, brackets and indentation alone: it also works while the text is no YAML,
// which is most of the time while somebody types. What it finds is a path of keys; the grammar says what may stand
// there.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// One step down: into the value of a key, or into an item of a list.
struct Step {
  std::string key;
  std::optional<std::size_t> item;
  friend bool operator==(const Step&, const Step&) = default;
};

struct Cursor {
  enum class Kind {
    Key,         ///< a key of the mapping at `path`
    Value,       ///< the value at `path`
    KeyOrValue,  ///< either: nothing says yet whether a mapping begins
    BlockText,   ///< a line of a block of text that is the value at `path`
    Prose,       ///< a comment: nothing of the grammar
  } kind = Kind::Prose;
  std::vector<Step> path;
  std::uint32_t begin = 0;  ///< of the scalar that is being typed, without an opening quote
  bool quoted = false;
  bool flow = false;         ///< within brackets
  bool has_colon = false;    ///< of a key: its colon follows
  bool after_colon = false;  ///< right behind a colon, where a blank is missing
};

Cursor find_cursor(std::string_view text, std::uint32_t byte);

/// The keys of the mapping at a path, without the one around a byte.
std::vector<std::string> keys_at(std::string_view text, const std::vector<Step>& path, std::uint32_t except);

/// What closes the quotes and brackets that are open at the end of a text: `"]}`.
std::string missing_ends(std::string_view text);

}  // namespace dynamo
