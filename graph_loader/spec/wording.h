#pragma once
// Turns of phrase that many diagnostics share: lists of names, what a node is, and the guess at what was meant.

#include "graph_loader/yaml/syntax_tree.h"
#include "proto/diagnostic.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// "a number", "a list": what a node is.
std::string describe(const Node& node);

/// "`command` must be a list, not text", or what it is instead of `found` if that is nothing.
std::string must_be(std::string_view what, std::string_view expected, std::string_view found);

/// "`a`, `b`, `c`".
std::string quoted(std::span<const std::string_view> names);
/// "`a`, `b` and `c`".
std::string all_of(std::span<const std::string_view> names);
/// The same of the first of many, and how many there are more: a list that fills a screen is no help.
std::string some_of(std::span<const std::string_view> names);
/// "`a`, `b` or `c`".
std::string one_of(std::span<const std::string_view> words);

/// Labels the diagnostic with the nearest of the names; if none is near and `introduction` is not empty, a help line
/// lists them all: "its ports are `a`, `b`". Returns the guess, for a fix.
std::optional<std::string> suggest(DiagnosticBuilder& diagnostic, std::string_view wanted,
                                   const std::vector<std::string_view>& names, std::string_view introduction = {});

/// As suggest(), with a fix that writes the guess in the place of `wanted`, which is `where` or a word of it. It is
/// certain if `wanted` is a slip of the pen and nothing else.
std::optional<std::string> suggest_fix(DiagnosticBuilder& diagnostic, Span where, std::string_view wanted,
                                       const std::vector<std::string_view>& names, std::string_view introduction = {});

/// "write `text`": a fix that replaces `where`.
Fix replace_by(Span where, std::string text, Applicability applicability);

}  // namespace dynamo
