#pragma once
// What the parser was led astray by: it tells where it gave up, and the mistake may stand lines above. Each cause is a
// function that knows one kind of mistake; to add one, write it and list it in causes.cpp.

#include "graph_loader/yaml/halt.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace dynamo::causes {

inline constexpr std::string_view no_colon = "expected `:` behind this key";

/// The first of the causes below that answers; none if nothing better is known than the parser's own words.
std::optional<Finding> find(const Halt& halt);
/// The same, where a bracket or a quote is never closed.
std::optional<Finding> find_open_end(const Halt& halt);

// causes_of_characters.cpp
/// A character that looks like another one, where the parser wanted that.
std::optional<Finding> lookalike(const Halt& halt);
/// `@home`, `*.py`: an indicator of YAML in front of a text.
std::optional<Finding> bad_start(const Halt& halt);
/// `[${x}]`: YAML reads braces inside of brackets as a mapping.
std::optional<Finding> braces_in_text(const Halt& halt);

// causes_of_quotes.cpp
/// A quote that closes only at the next one, on a line below.
std::optional<Finding> open_quote(const Halt& halt);
/// `'it's'`: text behind the quote that closes.
std::optional<Finding> text_behind_quotes(const Halt& halt);

// causes_of_brackets.cpp
/// Brackets that do not match, or do not end.
std::optional<Finding> bracket(const Halt& halt);
/// `A {b: c, d: e}` and `A:{b: c}` at the beginning of a line: to YAML the bracket is a part of the key.
std::optional<Finding> bracket_in_key(const Halt& halt);
/// Two values in brackets, and nothing between them.
std::optional<Finding> no_separator(const Halt& halt);

// causes_of_colons.cpp
/// `command:[a]`.
std::optional<Finding> no_blank(const Halt& halt);
/// `a: b: c`.
std::optional<Finding> mapping_behind_key(const Halt& halt);
std::optional<Finding> key_without_colon(const Halt& halt);
/// What is wrong with the line at `key`, which ought to begin with a key.
Finding missing_colon(const Halt& halt, std::size_t key);

// causes_of_indentation.cpp
/// `a: b`, and a key below it that is indented more.
std::optional<Finding> key_in_text(const Halt& halt);
/// A line between two levels, or a key among items.
std::optional<Finding> indentation(const Halt& halt);
/// `a: [b] c`.
std::optional<Finding> rest_of_line(const Halt& halt);

}  // namespace dynamo::causes
