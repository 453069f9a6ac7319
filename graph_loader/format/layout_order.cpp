#include "graph_loader/format/layout_order.h"

#include "graph_loader/format/file_grammar.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dynamo::format {
namespace {

/// Tells each mapping which one of the grammar it is. `value`: what stands here by the grammar; none: nobody knows.
void recognise(Item& owner, const grammar::Value* value) {
  if (owner.collection == nullptr) return;
  const bool sequence = owner.value.node->is_sequence();
  if (!sequence) owner.collection->mapping = closed_mapping(value);
  for (Item& item : owner.collection->items) {
    recognise(item, sequence ? item_grammar(value) : entry_grammar(value, item.key.node->text));
  }
}

/// A comment behind the last value inside brackets stands behind the brackets, if nothing else does.
void lift_trails(Item& item) {
  if (!item.has_items()) return;
  for (Item& child : item.collection->items) lift_trails(child);
  if (item.is_block() || !item.trail.empty() || !item.foot.empty()) return;
  std::swap(item.trail, item.collection->items.back().trail);
  item.lifted = !item.trail.empty();
}

class KeySorter {
 public:
  KeySorter(Comments& comments, const SyntaxTree& tree) : comments_(comments) {
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

  void sort(Item& owner, std::size_t end) {
    if (owner.collection == nullptr) return;
    Collection& collection = *owner.collection;
    for (std::size_t index = 0; index < collection.items.size(); ++index) {
      const bool last = index + 1 == collection.items.size();
      sort(collection.items[index], last ? end : collection.items[index + 1].begin);
    }
    if (collection.mapping == nullptr) return;
    const std::vector<std::size_t> order = canonical_order(collection);
    if (std::is_sorted(order.begin(), order.end()) || breaks_an_alias(order, collection.items, end)) return;
    const std::vector<std::size_t> place = places(order);
    const std::size_t first = leader(collection.items, place, 0);
    move_headings(collection.items, place);
    std::vector<Item> sorted;
    sorted.reserve(order.size());
    for (const std::size_t index : order) sorted.push_back(std::move(collection.items[index]));
    // The first paragraph has no blank line above it: it gets the one of what comes first now.
    std::swap(blank_above(sorted[place[first]]), blank_above(sorted.front()));
    collection.items = std::move(sorted);
  }

 private:
  struct Reuse {
    std::size_t anchor = 0;  ///< bytes of the file
    std::size_t alias = 0;
  };

  [[nodiscard]] bool& blank_above(Item& item) const {
    return item.head.empty() ? item.blank_before : comments_.at(item.head.first).blank_before;
  }

  /// The last comment of the head that has a blank line below it; 0: there is none.
  [[nodiscard]] std::uint32_t heading_end(const Item& item) const {
    if (item.blank_before) return item.head.last;
    std::uint32_t result = 0;
    std::uint32_t above = 0;
    for (std::uint32_t one = item.head.first; one != 0; above = one, one = comments_.at(one).next) {
      if (above != 0 && comments_.at(one).blank_before) result = above;
    }
    return result;
  }

  /// Where each item of the old order stands in the new one.
  static std::vector<std::size_t> places(const std::vector<std::size_t>& order) {
    std::vector<std::size_t> result(order.size());
    for (std::size_t index = 0; index < order.size(); ++index) result[order[index]] = index;
    return result;
  }

  /// Of the items down to the next blank line, the one that comes first in the new order.
  std::size_t leader(std::vector<Item>& items, const std::vector<std::size_t>& place, std::size_t index) const {
    std::size_t result = index;
    while (++index < items.size() && !blank_above(items[index]) && heading_end(items[index]) == 0) {
      if (place[index] < place[result]) result = index;
    }
    return result;
  }

  /// A comment with a blank line below it is about the keys down to the next blank line: it goes above their leader.
  void move_headings(std::vector<Item>& items, const std::vector<std::size_t>& place) const {
    for (std::size_t index = 0; index < items.size(); ++index) {
      const std::uint32_t last = heading_end(items[index]);
      if (last == 0) continue;
      const std::size_t first = leader(items, place, index);
      if (first == index) continue;
      CommentList heading = comments_.split_behind(items[index].head, last);
      blank_above(items[index]) = false;
      blank_above(items[first]) = true;
      comments_.prepend(items[first].head, heading);
    }
  }

  /// Keys of the language as the grammar lists them; others behind the key that they follow.
  static std::vector<std::size_t> canonical_order(const Collection& collection) {
    struct Place {
      std::size_t rank = 0;
      std::size_t index = 0;
    };
    std::vector<Place> places;
    std::size_t rank = 0;  // in front of every key
    const auto keys = collection.mapping->keys;
    for (std::size_t index = 0; index < collection.items.size(); ++index) {
      const std::string_view name = collection.items[index].key.node->text;
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
  [[nodiscard]] bool breaks_an_alias(const std::vector<std::size_t>& order, const std::vector<Item>& items,
                                     std::size_t end) const {
    const std::vector<std::size_t> place = places(order);
    const auto entry_of = [&](std::size_t byte) {
      const auto behind = std::upper_bound(items.begin(), items.end(), byte,
                                           [](std::size_t one, const Item& item) { return one < item.begin; });
      return static_cast<std::size_t>(behind - items.begin()) - 1;
    };
    return std::any_of(reuses_.begin(), reuses_.end(), [&](const Reuse& one) {
      if (one.anchor < items.front().begin || one.alias >= end) return false;
      return place[entry_of(one.anchor)] > place[entry_of(one.alias)];
    });
  }

  Comments& comments_;
  std::vector<Reuse> reuses_;
};

}  // namespace

void put_in_order(Layout& layout, const SyntaxTree& tree) {
  Item& root = layout.root;
  recognise(root, &file_grammar());
  root.collection->section = true;
  for (Item& item : root.collection->items) {
    const grammar::Key* key = grammar::file.find(item.key.node->text);
    const bool section = key != nullptr && key->value.kind == grammar::Value::Kind::Table;
    if (section && item.collection != nullptr) item.collection->section = item.value.node->is_mapping();
    lift_trails(item);
  }
  KeySorter(layout.comments, tree).sort(root, std::numeric_limits<std::size_t>::max());
}

}  // namespace dynamo::format
