// The questions that a SyntaxTree answers by itself; how it is made stands in tree_builder.cpp.

#include "graph_loader/yaml/syntax_tree.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>

namespace dynamo {

const Entry* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key->text == key) return &entry;
  }
  return nullptr;
}

Span Node::part(std::size_t offset, std::size_t length) const {
  if (where.file == nullptr) return where;
  const std::string_view source = where.file->text();
  offset = std::min(offset, text.size());
  length = std::min(length, text.size() - offset);
  const auto place = [&](std::size_t begin, std::size_t end) {
    return Span{where.file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  };
  const std::less_equal<> not_after;
  if (!text.empty() && not_after(source.data(), text.data()) &&
      not_after(text.data() + text.size(), source.data() + source.size())) {
    const auto begin = static_cast<std::size_t>(text.data() - source.data()) + offset;
    return place(begin, begin + length);
  }
  if (!is_scalar() || text.empty()) return where;
  const yaml_text::Range range = yaml_text::range_in_form(where.text(), text, offset, offset + length);
  return place(where.begin + range.begin, where.begin + range.end);
}

NodeKind scalar_kind(std::string_view plain) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), plain) != words.end();
  };
  if (plain.empty() || is_one_of({"~", "null", "Null", "NULL"})) return NodeKind::Null;
  if (is_one_of({"true", "True", "TRUE", "false", "False", "FALSE"})) return NodeKind::Bool;

  std::size_t at = plain.front() == '-' || plain.front() == '+' ? 1 : 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < plain.size() && plain[at] >= '0' && plain[at] <= '9') ++at;
    return at - begin;
  };
  const std::size_t whole = digits();
  if (whole > 0 && at == plain.size()) return NodeKind::Int;
  std::size_t fraction = 0;
  if (at < plain.size() && plain[at] == '.') {
    ++at;
    fraction = digits();
  }
  if (whole + fraction == 0) return NodeKind::String;
  if (at < plain.size() && (plain[at] == 'e' || plain[at] == 'E')) {
    ++at;
    if (at < plain.size() && (plain[at] == '-' || plain[at] == '+')) ++at;
    if (digits() == 0) return NodeKind::String;
  }
  return at == plain.size() ? NodeKind::Float : NodeKind::String;
}

}  // namespace dynamo
