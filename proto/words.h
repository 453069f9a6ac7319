#pragma once
// The words of a closed list. One table per enum serves the reader of the graph language, its error
// messages, JSON in both directions and the JSON Schema, so that they cannot differ.
//
// To add a list: declare the enum with consecutive enumerators from 0, and specialise Words for it.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace dynamo {

/// Specialised per enum: `static constexpr std::array list{std::string_view("..."), ...};` in the order of the
/// enumerators.
template <class Enum>
struct Words;

template <class Enum>
concept HasWords = requires {
  Words<Enum>::list.size();
};

template <HasWords Enum>
constexpr std::string_view word(Enum value) {
  return Words<Enum>::list[static_cast<std::size_t>(value)];
}

template <HasWords Enum>
constexpr std::optional<Enum> from_word(std::string_view text) {
  for (std::size_t index = 0; index < Words<Enum>::list.size(); ++index) {
    if (Words<Enum>::list[index] == text) return static_cast<Enum>(index);
  }
  return std::nullopt;
}

}  // namespace dynamo

/// DYNAMO_WORDS(Protocol, "http", "grpc"): at namespace scope inside `namespace dynamo`.
#define DYNAMO_WORDS(Enum, ...)                                                  \
  template <>                                                                    \
  struct Words<Enum> {                                                           \
    static constexpr auto list = std::to_array<std::string_view>({__VA_ARGS__}); \
  }
