#pragma once
// Where the parser gave up, and what had been understood until then: all that the causes (causes.h) are found from.

#include "graph_loader/yaml/finding.h"
#include "graph_loader/yaml/parser.h"
#include "graph_loader/yaml/syntax_tree.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

struct Halt {
  /// The innermost open collection, if it is one without brackets.
  struct Level {
    bool sequence = false;
    bool waits_for_value = false;  ///< behind a key
    std::size_t column = 0;        ///< of its keys or dashes, from 0
    const Node* key = nullptr;     ///< of a mapping: the last one
    const Node* value = nullptr;   ///< the last one, if it has ended
    const Node* before = nullptr;  ///< of a mapping: the value in front of the last key
  };

  const SourceFile& file;
  std::string_view text;
  std::size_t begin = 0;       ///< of the document
  std::size_t understood = 0;  ///< behind the last value, or at the outermost bracket that is open
  std::size_t place = 0;       ///< of the complaint
  Complaint::About about = Complaint::About::Else;
  bool in_brackets = false;
  bool endless = false;  ///< a bracket or a quote is never closed
  std::optional<Level> level = {};
  Span last = {};  ///< the last value that has ended

  [[nodiscard]] char letter(std::size_t at) const { return at < text.size() ? text[at] : '\0'; }
  [[nodiscard]] Span span(std::size_t from, std::size_t to) const {
    return {&file, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to)};
  }
  [[nodiscard]] Finding finding(std::size_t from, std::size_t to, std::string message, std::string help = {}) const {
    return {codes::not_yaml, from, to, std::move(message), std::move(help)};
  }
  /// A fix of one edit: `written` takes the place of [from, to).
  [[nodiscard]] Fix fix(std::string title, Applicability applicability, std::size_t from, std::size_t to,
                        std::string written) const {
    return {std::move(title), applicability, {{span(from, to), std::move(written)}}};
  }
};

}  // namespace dynamo
