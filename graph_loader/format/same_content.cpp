#include "graph_loader/format/same_content.h"

#include "graph_loader/format/file_grammar.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace dynamo::format {
namespace {

class Comparison {
 public:
  explicit Comparison(const SyntaxTree& before) {
    for (const AnchorPlace& one : before.anchors) met_.emplace(one.node, nullptr);
  }

  bool same(const Node& before, const Node& after, const grammar::Value* value) {
    if (const auto met = met_.find(&before); met != met_.end()) {
      if (met->second != nullptr) return met->second == &after;
      met->second = &after;
    }
    if (before.kind != after.kind) return false;
    if (before.is_scalar()) return before.text == after.text;
    return before.is_sequence() ? same_items(before, after, value) : same_entries(before, after, value);
  }

 private:
  bool same_items(const Node& before, const Node& after, const grammar::Value* value) {
    if (before.items.size() != after.items.size()) return false;
    for (std::size_t index = 0; index < before.items.size(); ++index) {
      if (!same(*before.items[index], *after.items[index], item_grammar(value))) return false;
    }
    return true;
  }

  bool same_entries(const Node& before, const Node& after, const grammar::Value* value) {
    if (before.entries.size() != after.entries.size()) return false;
    std::unordered_map<std::string_view, const Entry*> by_name;
    const bool any_order = closed_mapping(value) != nullptr;
    if (any_order) {
      for (const Entry& entry : after.entries) by_name.emplace(entry.key->text, &entry);
    }
    for (std::size_t index = 0; index < before.entries.size(); ++index) {
      const Entry& one = before.entries[index];
      const Entry* other = &after.entries[index];
      if (any_order) {
        const auto found = by_name.find(one.key->text);
        if (found == by_name.end()) return false;
        other = found->second;
      }
      if (!same(*one.key, *other->key, nullptr)) return false;
      if (!same(*one.value, *other->value, entry_grammar(value, one.key->text))) return false;
    }
    return true;
  }

  /// Anchored values, which are met again at each of their aliases, and what they have become.
  std::unordered_map<const Node*, const Node*> met_;
};

bool is_letter(char byte) { return std::isalpha(static_cast<unsigned char>(byte)) != 0 || (byte & 0x80) != 0; }

void count(LetterCounts& counts, std::string_view text, std::size_t times) {
  for (const char byte : text) {
    if (is_letter(byte)) counts[static_cast<unsigned char>(byte)] += times;
  }
}

}  // namespace

std::vector<std::string_view> comments_of(const SourceFile& file, const SyntaxTree& tree) {
  // Nodes stand in the order of the file.
  auto next = tree.nodes.begin();
  const auto value_at = [&](std::size_t at) -> const Node* {
    const auto is_value = [&] { return next->is_scalar() && (next->quoted || !next->text.empty()); };
    while (next != tree.nodes.end() && (!is_value() || next->where.begin < at)) ++next;
    return next != tree.nodes.end() && next->where.begin == at ? &*next : nullptr;
  };

  const std::string_view text = file.text();
  std::vector<std::string_view> comments;
  const std::size_t start = yaml_text::byte_order_mark(text);
  for (std::size_t at = start; at < text.size(); ++at) {
    if (const Node* value = value_at(at)) {
      const std::size_t end = value->where.end;
      if (text[at] == '|' || text[at] == '>') {
        // The line of the `|` is no part of the text behind it.
        std::string_view header = text.substr(at, end - at);
        header = header.substr(0, header.find('\n'));
        if (const std::size_t hash = header.find('#'); hash != std::string_view::npos) {
          comments.push_back(header.substr(hash));
        }
      }
      at = end;
      if (at >= text.size()) break;
    }
    if (text[at] != '#' || (at > start && !yaml_text::is_separation(text[at - 1]))) continue;
    const std::size_t end = std::min(text.find('\n', at), text.size());
    comments.push_back(text.substr(at, end - at));
    at = end;
  }
  for (std::string_view& comment : comments) {
    while (yaml_text::is_separation(comment.back())) comment.remove_suffix(1);
  }
  std::sort(comments.begin(), comments.end());
  return comments;
}

LetterCounts letters_of(const SourceFile& file, const SyntaxTree& tree) {
  LetterCounts counts{};
  count(counts, file.text().substr(yaml_text::byte_order_mark(file.text())), 1);
  constexpr auto minus_once = std::numeric_limits<std::size_t>::max();
  for (const Node& mapping : tree.nodes) {
    for (const Entry& entry : mapping.entries) count(counts, entry.key->where.text(), minus_once);
  }
  for (const AliasPlace& alias : tree.aliases) {
    if (alias.key) count(counts, alias.holder->entries[alias.index].key->where.text(), 1);
  }
  return counts;
}

bool same_content(const SyntaxTree& before, const SyntaxTree& after) {
  if (before.anchors.size() != after.anchors.size() || before.aliases.size() != after.aliases.size()) return false;
  return Comparison(before).same(*before.root, *after.root, &file_grammar());
}

}  // namespace dynamo::format
