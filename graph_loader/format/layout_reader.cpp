// Walks along the text with the tree in hand. Between two values there are only blanks, indicators and comments; each
// comment goes to the entry or item that it stands behind, above or, by its indentation, at the foot of.

#include "graph_loader/format/layout_reader.h"

#include "graph_loader/format/scalar_form.h"
#include "graph_loader/yaml/block_scalar.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace dynamo::format {
namespace {

namespace text_of = yaml_text;

/// A comment between two values.
struct Found {
  Comment comment;
  bool own_line = false;
};

/// What stands between two values or indicators.
struct Gap {
  std::vector<Found> comments;
  bool line_end = false;  ///< there is one
  bool blank = false;     ///< a blank line stands behind the last comment
};

/// A collection that may have ended where a comment stands.
struct Ended {
  Item* item = nullptr;
  std::size_t column = 0;
};

std::size_t size_of(const Node& collection) {
  return collection.is_sequence() ? collection.items.size() : collection.entries.size();
}

class LayoutReader {
 public:
  LayoutReader(const SourceFile& file, const SyntaxTree& tree)
      : text_(file.text()),
        start_(text_of::byte_order_mark(file.text())),
        at_(start_),
        tree_(tree),
        layout_{Comments(text_, start_), {}, false, {}, {}, {}} {
    for (const AnchorPlace& one : tree.anchors) anchors_.emplace(one.node, one.where);
  }

  Layout read() {
    read_preface();
    Item& root = layout_.root;
    trail_ = &root.opening;
    read_value(root, {tree_.root, {}});
    layout_.header = std::exchange(root.between, {});
    if (root.has_items()) split_header(root.collection->items.front());
    read_end();
    return std::move(layout_);
  }

 private:
  /// A value, and its alias if it is one.
  struct Child {
    const Node* node = nullptr;
    Span alias;
  };

  [[nodiscard]] char letter() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] std::size_t line_end(std::size_t at) const { return std::min(text_.find('\n', at), text_.size()); }
  [[nodiscard]] std::string_view trimmed(std::size_t begin, std::size_t end) const {
    while (end > begin && text_of::is_separation(text_[end - 1])) --end;
    return text_.substr(begin, end - begin);
  }
  [[nodiscard]] std::size_t column(std::size_t at) const { return layout_.comments.column_of(at); }
  [[nodiscard]] std::size_t column(const Found& found) const { return column(found.comment.begin); }

  Gap skip();
  [[nodiscard]] Comment comment(std::size_t begin, std::size_t end, bool blank_before) const;
  [[noreturn]] void lost() const;
  [[nodiscard]] std::size_t take_trail(const Gap& gap, std::optional<std::size_t> next_column);
  void keep(const Gap& gap, std::size_t index, CommentList& list);
  void take_opening(Item& item, const Gap& gap);
  void place(const Gap& gap, std::optional<std::size_t> next_column, Item* last, CommentList& heads);
  void read_preface();
  void split_header(Item& first);
  void read_end();
  void lead_in(Item& item, std::size_t begin);
  [[nodiscard]] Child child(const Node& holder, std::size_t index, bool key);
  [[nodiscard]] std::size_t begin_of(const Child& child) const;
  bool read_name(Item& item, Piece& piece, const Child& child);
  void read_key(Item& item, const Child& child);
  void read_value(Item& item, const Child& child);
  void read_scalar(const Item& item, const Node& node, CommentList& remarks);
  void read_entry(Item& item, const Node& mapping, std::size_t index);
  void read_child(Item& item, const Node& holder, std::size_t index);
  void read_block(Item& owner);
  void read_flow(Item& owner);
  void read_pair(Item& owner);

  std::string_view text_;
  std::size_t start_;
  std::size_t at_;
  const SyntaxTree& tree_;
  std::unordered_map<const Node*, Span> anchors_;
  std::size_t next_alias_ = 0;
  CommentList* trail_ = nullptr;   ///< for a comment behind what was read last; none: there are others behind it
  std::size_t indicator_end_ = 0;  ///< behind the last colon or dash
  Layout layout_;
};

/// Over blanks, line ends and comments.
Gap LayoutReader::skip() {
  Gap gap;
  int line_ends = at_ == start_ ? 1 : 0;
  for (; at_ < text_.size(); ++at_) {
    const char here = letter();
    if (here == '\n') {
      ++line_ends;
      gap.line_end = true;
    } else if (here == '#' && (at_ == start_ || text_of::is_separation(text_[at_ - 1]))) {
      const std::size_t end = line_end(at_);
      const bool own_line = line_ends > 0 || gap.line_end;
      gap.comments.push_back({comment(at_, end, line_ends > 1), own_line});
      line_ends = 0;
      at_ = end - 1;
    } else if (!text_of::is_separation(here)) {
      break;
    }
  }
  gap.blank = line_ends > 1;
  return gap;
}

Comment LayoutReader::comment(std::size_t begin, std::size_t end, bool blank_before) const {
  end = begin + trimmed(begin, end).size();
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), 0, blank_before};
}

/// The walk and the tree must agree.
void LayoutReader::lost() const { throw std::logic_error("the formatter lost its way at byte " + std::to_string(at_)); }

/// Gives the first comments of the gap to what they stand behind; how many they are. A line below goes on with such a
/// comment if it begins in the same column, unless that is the column of the next key, at `next_column`.
std::size_t LayoutReader::take_trail(const Gap& gap, std::optional<std::size_t> next_column) {
  const bool any = !gap.comments.empty() && !gap.comments.front().own_line;
  if (!any || trail_ == nullptr || !trail_->empty()) return 0;
  const std::size_t column_of_trail = column(gap.comments.front());
  std::size_t count = 0;
  for (const Found& found : gap.comments) {
    if (count > 0) {
      if (found.comment.blank_before || column(found) != column_of_trail) break;
      if (next_column && column_of_trail <= *next_column) break;
    }
    layout_.comments.add(*trail_, found.comment);
    ++count;
  }
  return count;
}

/// The comments of the gap from the one with this index.
void LayoutReader::keep(const Gap& gap, std::size_t index, CommentList& list) {
  for (; index < gap.comments.size(); ++index) layout_.comments.add(list, gap.comments[index].comment);
}

/// What stands between a key, dash or indicator and the value.
void LayoutReader::take_opening(Item& item, const Gap& gap) {
  keep(gap, take_trail(gap, std::nullopt), item.between);
  if (!item.between.empty()) trail_ = nullptr;
}

/// Places the comments outside of brackets in front of the next key or dash, at `next_column` (none: the end of the
/// file). `last` is what stands before it: a comment that is indented more belongs to the foot of what has ended there,
/// also of an empty value, because it may be what the value once held.
void LayoutReader::place(const Gap& gap, std::optional<std::size_t> next_column, Item* last, CommentList& heads) {
  std::vector<Ended> ended;
  for (Item* item = last; item != nullptr;) {
    if (item->value.is_empty_scalar()) ended.push_back({item, item->column + 1UL});
    if (!item->is_block()) break;
    ended.push_back({item, item->collection->column});
    item = &item->collection->items.back();
  }
  std::size_t depth = ended.size();
  for (std::size_t index = take_trail(gap, next_column); index < gap.comments.size(); ++index) {
    const Found& found = gap.comments[index];
    const std::size_t here = column(found);
    // In the order of the file: a comment cannot go back into what an earlier one has left.
    if (next_column && here <= *next_column) depth = 0;
    while (depth > 1 && ended[depth - 1].column > here) --depth;
    layout_.comments.add(depth > 0 ? ended[depth - 1].item->foot : heads, found.comment);
  }
}

void LayoutReader::read_preface() {
  std::vector<std::string_view> lines;
  bool directives = false;
  for (;;) {
    const Gap gap = skip();
    for (const Found& found : gap.comments) lines.push_back(layout_.comments.text(found.comment));
    if (letter() != '%') break;
    directives = true;
    const std::size_t end = line_end(at_);
    lines.push_back(trimmed(at_, end));
    at_ = end;
  }
  layout_.marker = text_.substr(at_).starts_with("---") && text_of::is_separation_at(text_, at_ + 3);
  if (layout_.marker || directives) {
    layout_.preface = std::move(lines);
    at_ += 3;
    indicator_end_ = at_;
    return;
  }
  at_ = start_;
}

/// What stands above the first key is about the file, except the last of several paragraphs, right above the key.
void LayoutReader::split_header(Item& first) {
  Comments& comments = layout_.comments;
  std::uint32_t last = first.head.last;
  if (!first.blank_before) {
    std::uint32_t above = 0;
    last = 0;
    for (std::uint32_t one = first.head.first; one != 0; above = one, one = comments.at(one).next) {
      if (above != 0 && comments.at(one).blank_before) last = above;
    }
    // A single paragraph is about the file.
    if (last == 0) last = first.head.last;
  }
  if (last == 0) return;
  CommentList header = comments.split_behind(first.head, last);
  comments.append(layout_.header, header);
}

void LayoutReader::read_end() {
  Item& root = layout_.root;
  const Gap gap = skip();
  if (root.is_block()) {
    place(gap, std::nullopt, &root, root.foot);
  } else {
    const std::size_t taken = take_trail(gap, std::nullopt);
    layout_.comments.append(root.foot, root.trail);
    keep(gap, taken, root.foot);
  }
  for (; at_ < text_.size(); at_ = std::min(line_end(at_) + 1, text_.size())) {
    const std::string_view line = trimmed(at_, line_end(at_));
    if (!line.empty()) layout_.ending.push_back(line);
  }
}

/// From a key, dash or indicator to the value at `begin`.
void LayoutReader::lead_in(Item& item, std::size_t begin) {
  const std::size_t from = at_;
  const Gap gap = skip();
  if (at_ != begin) lost();
  if (from == indicator_end_ && !gap.line_end && at_ > from + 1) {
    item.padded = text_.substr(from, at_ - from).find_first_not_of(' ') == std::string_view::npos;
  }
  item.below = item.below || gap.line_end;
  take_opening(item, gap);
}

/// Aliases are met in the order of the file, as the tree has them.
LayoutReader::Child LayoutReader::child(const Node& holder, std::size_t index, bool key) {
  Child result;
  if (holder.is_sequence()) {
    result.node = holder.items[index];
  } else {
    result.node = key ? holder.entries[index].key : holder.entries[index].value;
  }
  if (next_alias_ < tree_.aliases.size()) {
    const AliasPlace& alias = tree_.aliases[next_alias_];
    if (alias.holder == &holder && alias.index == index && alias.key == key) {
      result.alias = alias.where;
      ++next_alias_;
    }
  }
  return result;
}

std::size_t LayoutReader::begin_of(const Child& child) const {
  if (child.alias) return child.alias.begin;
  const auto anchor = anchors_.find(child.node);
  return anchor == anchors_.end() ? child.node->where.begin : anchor->second.begin;
}

/// The anchor or alias in front of a value; false: there is nothing behind it.
bool LayoutReader::read_name(Item& item, Piece& piece, const Child& child) {
  piece.node = child.node;
  Span name = child.alias;
  if (!name) {
    const auto anchor = anchors_.find(child.node);
    if (anchor != anchors_.end()) name = anchor->second;
  }
  if (name) {
    lead_in(item, name.begin);
    piece.name = name.begin + 1;
    at_ = name.end;
  }
  return !child.alias && !piece.is_empty_scalar();
}

void LayoutReader::read_key(Item& item, const Child& child) {
  if (!read_name(item, item.key, child)) return;
  lead_in(item, child.node->where.begin);
  read_scalar(item, *child.node, item.opening.empty() && item.between.empty() ? item.opening : item.between);
}

void LayoutReader::read_value(Item& item, const Child& child) {
  if (!read_name(item, item.value, child)) {
    if (child.alias || trail_ == nullptr) trail_ = &item.trail;
    return;
  }
  const Node& node = *child.node;
  if (node.is_scalar()) {
    lead_in(item, node.where.begin);
    read_scalar(item, node, item.trail);
    trail_ = &item.trail;
    return;
  }
  item.collection = std::make_unique<Collection>();
  item.collection->items.reserve(size_of(node));  // trail_ points into it
  if (!node.flow) return read_block(item);
  // `[a: b]` is a list of one mapping without braces.
  const bool braces = text_[node.where.begin] == (node.is_sequence() ? '[' : '{');
  if (braces) {
    read_flow(item);
  } else {
    read_pair(item);
  }
  trail_ = &item.trail;
}

/// `remarks` is for a comment behind the `|` or `>`.
void LayoutReader::read_scalar(const Item& item, const Node& node, CommentList& remarks) {
  at_ = node.where.end;
  if (!is_block(node)) return;
  if (const std::optional<std::size_t> begin = header_comment(node)) {
    layout_.comments.add(remarks, comment(*begin, line_end(*begin), false));
  }
  // Blank lines that are part of the text do not count as such.
  const std::size_t end = read_block_scalar(text_, node.where.begin, item.column).value_end;
  at_ = std::max(end, line_end(node.where.begin));
}

void LayoutReader::read_entry(Item& item, const Node& mapping, std::size_t index) {
  const Child key = child(mapping, index, true);
  trail_ = nullptr;
  if (at_ < begin_of(key) && letter() == '?') {
    ++at_;
    trail_ = &item.opening;
  }
  read_key(item, key);
  const std::size_t key_end = at_;
  trail_ = item.between.empty() ? &item.opening : nullptr;
  const Gap gap = skip();
  if (letter() == ':') {
    take_opening(item, gap);
    indicator_end_ = ++at_;
  } else {
    at_ = key_end;
  }
  item.below = false;
  read_value(item, child(mapping, index, false));
}

void LayoutReader::read_child(Item& item, const Node& holder, std::size_t index) {
  if (holder.is_mapping()) return read_entry(item, holder, index);
  trail_ = &item.opening;
  read_value(item, child(holder, index, false));
}

void LayoutReader::read_block(Item& owner) {
  const Node& node = *owner.value.node;
  Collection& block = *owner.collection;
  block.block = true;
  const std::size_t count = size_of(node);
  for (std::size_t index = 0; index < count; ++index) {
    const Gap gap = skip();
    Item& item = block.items.emplace_back();
    item.begin = static_cast<std::uint32_t>(at_);
    item.column = static_cast<std::uint32_t>(column(at_));
    item.blank_before = gap.blank;
    if (index == 0) block.column = item.column;
    place(gap, item.column, index > 0 ? &block.items[index - 1] : nullptr, item.head);
    if (node.is_sequence()) {
      if (letter() != '-') lost();
      indicator_end_ = ++at_;
    }
    read_child(item, node, index);
  }
}

void LayoutReader::read_pair(Item& owner) {
  lead_in(owner, text_of::skip_separation(text_, at_));
  Item& item = owner.collection->items.emplace_back();
  item.begin = static_cast<std::uint32_t>(at_);
  read_child(item, *owner.value.node, 0);
}

void LayoutReader::read_flow(Item& owner) {
  const Node& node = *owner.value.node;
  std::vector<Item>& items = owner.collection->items;
  lead_in(owner, node.where.begin);
  ++at_;
  trail_ = owner.between.empty() ? &owner.opening : nullptr;
  CommentList heads;
  bool line_end = false;
  bool blank = false;
  const auto go_on = [&] {
    const Gap gap = skip();
    keep(gap, take_trail(gap, std::nullopt), heads);
    line_end = line_end || gap.line_end;
    blank = gap.blank;
  };
  go_on();
  const std::size_t count = size_of(node);
  for (std::size_t index = 0; index < count; ++index) {
    Item& item = items.emplace_back();
    item.begin = static_cast<std::uint32_t>(at_);
    item.head = std::exchange(heads, {});
    item.break_before = std::exchange(line_end, false);
    item.blank_before = blank;
    read_child(item, node, index);
    go_on();
    if (letter() != ',') continue;
    ++at_;
    go_on();
  }
  owner.foot = heads;
  if (letter() != (node.is_sequence() ? ']' : '}')) lost();
  ++at_;
}

}  // namespace

Layout read_layout(const SourceFile& file, const SyntaxTree& tree) { return LayoutReader(file, tree).read(); }

}  // namespace dynamo::format
