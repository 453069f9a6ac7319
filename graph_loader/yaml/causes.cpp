#include "graph_loader/yaml/causes.h"

#include <array>

namespace dynamo::causes {
namespace {

using Cause = std::optional<Finding> (*)(const Halt&);

std::optional<Finding> first_of(const Halt& halt, auto causes) {
  for (const Cause cause : causes) {
    if (auto finding = cause(halt)) return finding;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> find(const Halt& halt) {
  // The surest first.
  return first_of(halt, std::to_array<Cause>({lookalike, open_quote, text_behind_quotes, braces_in_text, no_blank,
                                              bracket, no_separator, bad_start, mapping_behind_key, key_in_text,
                                              key_without_colon, indentation, bracket_in_key, rest_of_line}));
}

std::optional<Finding> find_open_end(const Halt& halt) {
  return first_of(halt, std::to_array<Cause>({open_quote, bracket}));
}

}  // namespace dynamo::causes
