#include "graph_loader/format/layout_order.h"

#include "graph_loader/format/file_grammar.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dynamo::format {
namespace {

/// Tells each mapping which one of the grammar it is. `value`: what stands here by the grammar; none: nobody knows.
void recognise(Piece& piece, const grammar::Value* value) {
  if (!piece.is_collection()) return;
  if (!piece.is_sequence()) piece.mapping = closed_mapping(value);
  for (Item& item : piece.items) {
    recognise(item.value, piece.is_sequence() ? item_grammar(value) : entry_grammar(value, item.key.node->text));
  }
}

/// A comment behind the last value inside brackets stands behind the brackets, if nothing else does.
void lift_trails(Item& item) {
  for (Item& child : item.value.items) lift_trails(child);
  if (item.value.block || !item.value.is_collection()) return;
  if (item.value.items.empty()) {
    // Nothing to stand above.
    item.head.insert(item.head.end(), item.value.foot.begin(), item.value.foot.end());
    item.value.foot.clear();
  } else if (item.trail.empty() && item.value.foot.empty()) {
    std::swap(item.trail, item.value.items.back().trail);
  }
}

bool& blank_above(Item& item) { return item.head.empty() ? item.blank_before : item.head.front().blank_before; }

class KeySorter {
 public:
  explicit KeySorter(const SyntaxTree& tree) {
    std::unordered_map<const Node*, std::size_t> anchors;
    for (const AnchorPlace& one : tree.anchors) anchors.emplace(one.node, one.where.begin);
    for (const AliasPlace& one : tree.aliases) {
      const Node& holder = *one.holder;
      const Node* node = holder.is_sequence() ? holder.items[one.index]
                         : one.key            ? holder.entries[one.index].key
                                              : holder.entries[one.index].value;
      if (const auto found = anchors.find(node); found != anchors.end()) {
        reuses_.push_back({found->second, one.where.begin});
      }
    }
  }

  void sort(Piece& piece, std::size_t end) {
    const std::vector<std::size_t> begins = begins_of(piece);
    for (std::size_t index = 0; index < piece.items.size(); ++index) {
      sort(piece.items[index].value, index + 1 < begins.size() ? begins[index + 1] : end);
    }
    if (piece.mapping == nullptr) return;
    const std::vector<std::size_t> order = canonical_order(piece);
    if (std::is_sorted(order.begin(), order.end()) || breaks_an_alias(order, begins, end)) return;
    std::vector<Item> sorted;
    sorted.reserve(order.size());
    for (const std::size_t index : order) sorted.push_back(std::move(piece.items[index]));
    // What came first has no blank line above it: it gets the one of what comes first now.
    const auto first = std::find(order.begin(), order.end(), 0U);
    std::swap(blank_above(sorted[static_cast<std::size_t>(first - order.begin())]), blank_above(sorted.front()));
    piece.items = std::move(sorted);
  }

 private:
  struct Reuse {
    std::size_t anchor = 0;  ///< bytes of the file
    std::size_t alias = 0;
  };

  /// Where each entry or item begins in the file.
  static std::vector<std::size_t> begins_of(const Piece& piece) {
    std::vector<std::size_t> result;
    result.reserve(piece.items.size());
    for (const Item& item : piece.items) result.push_back(item.begin);
    return result;
  }

  /// Keys of the language as the grammar lists them; others behind the key that they follow.
  static std::vector<std::size_t> canonical_order(const Piece& piece) {
    struct Place {
      std::size_t rank = 0;
      std::size_t index = 0;
    };
    std::vector<Place> places;
    std::size_t rank = 0;  // in front of every key
    const auto keys = piece.mapping->keys;
    for (std::size_t index = 0; index < piece.items.size(); ++index) {
      const std::string_view name = piece.items[index].key.node->text;
      const auto found =
          std::find_if(keys.begin(), keys.end(), [&](const grammar::Key& key) { return key.name == name; });
      if (found != keys.end()) rank = static_cast<std::size_t>(found - keys.begin()) + 1;
      places.push_back({rank, index});
    }
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.rank < b.rank; });
    std::vector<std::size_t> order;
    order.reserve(places.size());
    for (const Place& place : places) order.push_back(place.index);
    return order;
  }

  /// Whether some alias would come to stand before its anchor.
  [[nodiscard]] bool breaks_an_alias(const std::vector<std::size_t>& order, const std::vector<std::size_t>& begins,
                                     std::size_t end) const {
    std::vector<std::size_t> place(order.size());
    for (std::size_t index = 0; index < order.size(); ++index) place[order[index]] = index;
    const auto entry_of = [&](std::size_t byte) {
      return static_cast<std::size_t>(std::upper_bound(begins.begin(), begins.end(), byte) - begins.begin()) - 1;
    };
    return std::any_of(reuses_.begin(), reuses_.end(), [&](const Reuse& one) {
      if (one.anchor < begins.front() || one.alias >= end) return false;
      return place[entry_of(one.anchor)] > place[entry_of(one.alias)];
    });
  }

  std::vector<Reuse> reuses_;
};

}  // namespace

void put_in_order(Layout& layout, const SyntaxTree& tree) {
  Piece& root = layout.root.value;
  recognise(root, &file_grammar());
  root.section = true;
  for (Item& item : root.items) {
    const grammar::Key* key = grammar::file.find(item.key.node->text);
    if (key != nullptr && key->value.kind == grammar::Value::Kind::Table)
      item.value.section = !item.value.is_sequence();
    lift_trails(item);
  }
  KeySorter(tree).sort(root, std::numeric_limits<std::size_t>::max());
}

}  // namespace dynamo::format
