// Walks along the text with the tree in hand. Between two values there are only blanks, indicators and comments; each
// comment goes to the entry or item that it stands behind, above or, by its indentation, at the foot of.

#include "graph_loader/format/layout_reader.h"

#include "graph_loader/format/scalar_form.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
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
  std::size_t begin = 0;
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
  Piece* piece = nullptr;
  std::size_t column = 0;
};

class LayoutReader {
 public:
  LayoutReader(const SourceFile& file, const SyntaxTree& tree)
      : text_(file.text()), start_(text_of::byte_order_mark(file.text())), at_(start_), tree_(tree) {
    for (const AnchorPlace& one : tree.anchors) anchors_.emplace(one.node, one.where);
  }

  Layout read() {
    read_preface();
    Item& root = layout_.root;
    trail_ = &root.opening;
    const Child child{tree_.root, {}};
    read_value(root, root.value, child, root.trail);
    layout_.header = std::move(root.head);
    if (!root.value.items.empty()) split_header(root.value.items.front());
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
  [[nodiscard]] std::size_t column(std::size_t at) const {
    const std::size_t before = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
    const std::size_t line = before == std::string_view::npos ? start_ : before + 1;
    return width(text_.substr(line, at - line));
  }

  Gap skip();
  [[noreturn]] void lost() const;
  [[nodiscard]] std::size_t take_trail(const Gap& gap, std::optional<std::size_t> next_column);
  void place(const Gap& gap, std::optional<std::size_t> next_column, Item* last, std::vector<Comment>& heads);
  void read_preface();
  void split_header(Item& first);
  void read_end();
  void lead_in(Item& item, Piece& piece, std::size_t begin);
  [[nodiscard]] Child child(const Node& holder, std::size_t index, bool key);
  [[nodiscard]] std::size_t begin_of(const Child& child) const;
  void read_value(Item& item, Piece& piece, const Child& child, Trail& behind);
  void read_entry(Item& item, const Node& mapping, std::size_t index);
  void read_child(Item& item, const Node& holder, std::size_t index);
  void read_block(Piece& piece);
  void read_flow(Item& owner, Piece& piece);

  std::string_view text_;
  std::size_t start_;
  std::size_t at_;
  const SyntaxTree& tree_;
  std::unordered_map<const Node*, Span> anchors_;
  std::size_t next_alias_ = 0;
  Trail* trail_ = nullptr;         ///< for a comment behind what was read last
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
      gap.comments.push_back({{trimmed(at_, end), line_ends > 1}, at_, own_line});
      line_ends = 0;
      at_ = end - 1;
    } else if (!text_of::is_separation(here)) {
      break;
    }
  }
  gap.blank = line_ends > 1;
  return gap;
}

/// The walk and the tree must agree.
void LayoutReader::lost() const { throw std::logic_error("the formatter lost its way at byte " + std::to_string(at_)); }

/// Gives the first comments of the gap to what they stand behind; how many they are. A line below goes on with such a
/// comment if it begins in the same column, unless that is the column of the next key, at `next_column`.
std::size_t LayoutReader::take_trail(const Gap& gap, std::optional<std::size_t> next_column) {
  if (gap.comments.empty() || gap.comments.front().own_line || !trail_->empty()) return 0;
  trail_->column = column(gap.comments.front().begin);
  std::size_t count = 0;
  for (const Found& found : gap.comments) {
    if (count > 0) {
      if (found.comment.blank_before || column(found.begin) != trail_->column) break;
      if (next_column && trail_->column <= *next_column) break;
    }
    trail_->lines.push_back(found.comment.text);
    ++count;
  }
  return count;
}

/// Places the comments outside of brackets in front of the next key or dash, at `next_column` (none: the end of the
/// file). `last` is what stands before it: a comment that is indented more belongs to the foot of what has ended there,
/// also of an empty value, because it may be what the value once held.
void LayoutReader::place(const Gap& gap, std::optional<std::size_t> next_column, Item* last,
                         std::vector<Comment>& heads) {
  std::vector<Ended> ended;
  for (Item* item = last; item != nullptr;) {
    Piece& value = item->value;
    if (value.is_empty_scalar()) ended.push_back({&value, item->column + 1});
    if (!value.block) break;
    ended.push_back({&value, value.column});
    item = &value.items.back();
  }
  std::size_t depth = ended.size();
  for (std::size_t index = take_trail(gap, next_column); index < gap.comments.size(); ++index) {
    const Found& found = gap.comments[index];
    const std::size_t here = column(found.begin);
    // In the order of the file: a comment cannot go back into what an earlier one has left.
    if (next_column && here <= *next_column) depth = 0;
    while (depth > 1 && ended[depth - 1].column > here) --depth;
    (depth > 0 ? ended[depth - 1].piece->foot : heads).push_back(found.comment);
  }
}

void LayoutReader::read_preface() {
  std::vector<std::string_view> lines;
  bool directives = false;
  for (;;) {
    const Gap gap = skip();
    for (const Found& found : gap.comments) lines.push_back(found.comment.text);
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
  std::vector<Comment>& comments = first.head;
  auto own = comments.end();
  if (!first.blank_before) {
    const auto last =
        std::find_if(comments.rbegin(), comments.rend(), [](const Comment& one) { return one.blank_before; });
    if (last != comments.rend() && last.base() - 1 != comments.begin()) own = last.base() - 1;
  }
  layout_.header.insert(layout_.header.end(), comments.begin(), own);
  comments.erase(comments.begin(), own);
}

void LayoutReader::read_end() {
  Item& root = layout_.root;
  const Gap gap = skip();
  place(gap, std::nullopt, &root, root.value.foot);
  for (; at_ < text_.size(); at_ = std::min(line_end(at_) + 1, text_.size())) {
    const std::string_view line = trimmed(at_, line_end(at_));
    if (!line.empty()) layout_.ending.push_back(line);
  }
}

/// From a key, dash or indicator to the value at `begin`.
void LayoutReader::lead_in(Item& item, Piece& piece, std::size_t begin) {
  const std::size_t from = at_;
  const Gap gap = skip();
  if (at_ != begin) lost();
  if (from == indicator_end_ && !gap.line_end && at_ > from + 1) {
    item.padded = text_.substr(from, at_ - from).find_first_not_of(' ') == std::string_view::npos;
  }
  piece.below = piece.below || gap.line_end;
  for (std::size_t index = take_trail(gap, std::nullopt); index < gap.comments.size(); ++index) {
    item.head.push_back(gap.comments[index].comment);
  }
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

/// `behind` is for a comment behind the value.
void LayoutReader::read_value(Item& item, Piece& piece, const Child& child, Trail& behind) {
  piece.node = child.node;
  if (child.alias) {
    lead_in(item, piece, child.alias.begin);
    piece.alias = child.alias.text();
    at_ = child.alias.end;
    trail_ = &behind;
    return;
  }
  const Node& node = *child.node;
  if (const auto anchor = anchors_.find(&node); anchor != anchors_.end()) {
    lead_in(item, piece, anchor->second.begin);
    piece.anchor = anchor->second.text();
    at_ = anchor->second.end;
  }
  if (piece.is_empty_scalar()) return;
  if (node.is_scalar()) {
    lead_in(item, piece, node.where.begin);
    at_ = node.where.end;
    trail_ = &behind;
    if (const std::optional<std::size_t> comment = header_comment(node)) {
      trail_->column = column(*comment);
      trail_->lines.push_back(trimmed(*comment, line_end(*comment)));
    }
  } else if (node.flow) {
    read_flow(item, piece);
    trail_ = &behind;
  } else {
    read_block(piece);
  }
}

void LayoutReader::read_entry(Item& item, const Node& mapping, std::size_t index) {
  const Child key = child(mapping, index, true);
  if (at_ < begin_of(key) && letter() == '?') {
    ++at_;
    trail_ = &item.opening;
  }
  read_value(item, item.key, key, item.opening);
  const std::size_t key_end = at_;
  const Gap gap = skip();
  if (letter() == ':') {
    for (std::size_t at = take_trail(gap, std::nullopt); at < gap.comments.size(); ++at) {
      item.head.push_back(gap.comments[at].comment);
    }
    indicator_end_ = ++at_;
  } else {
    at_ = key_end;
  }
  trail_ = &item.opening;
  read_value(item, item.value, child(mapping, index, false), item.trail);
}

void LayoutReader::read_child(Item& item, const Node& holder, std::size_t index) {
  if (holder.is_mapping()) return read_entry(item, holder, index);
  trail_ = &item.opening;
  read_value(item, item.value, child(holder, index, false), item.trail);
}

void LayoutReader::read_block(Piece& piece) {
  const Node& node = *piece.node;
  piece.block = true;
  const std::size_t count = node.is_sequence() ? node.items.size() : node.entries.size();
  piece.items.reserve(count);  // trail_ points into it
  for (std::size_t index = 0; index < count; ++index) {
    const Gap gap = skip();
    Item& item = piece.items.emplace_back();
    item.begin = at_;
    item.column = column(at_);
    item.blank_before = gap.blank;
    if (index == 0) piece.column = item.column;
    place(gap, item.column, index > 0 ? &piece.items[index - 1] : nullptr, item.head);
    if (node.is_sequence()) {
      if (letter() != '-') lost();
      indicator_end_ = ++at_;
    }
    read_child(item, node, index);
  }
}

void LayoutReader::read_flow(Item& owner, Piece& piece) {
  const Node& node = *piece.node;
  const std::size_t count = node.is_sequence() ? node.items.size() : node.entries.size();
  piece.items.reserve(count);  // trail_ points into it
  if (text_[node.where.begin] != (node.is_sequence() ? '[' : '{')) {
    // `[a: b]` is a list of one mapping without braces.
    lead_in(owner, piece, text_of::skip_separation(text_, at_));
    Item& item = piece.items.emplace_back();
    item.begin = at_;
    return read_child(item, node, 0);
  }
  lead_in(owner, piece, node.where.begin);
  ++at_;
  trail_ = &owner.opening;
  std::vector<Comment> heads;
  bool line_end = false;
  bool blank = false;
  const auto go_on = [&] {
    const Gap gap = skip();
    for (std::size_t index = take_trail(gap, std::nullopt); index < gap.comments.size(); ++index) {
      heads.push_back(gap.comments[index].comment);
    }
    line_end = line_end || gap.line_end;
    blank = gap.blank;
  };
  go_on();
  for (std::size_t index = 0; index < count; ++index) {
    Item& item = piece.items.emplace_back();
    item.begin = at_;
    item.head = std::exchange(heads, {});
    item.break_before = std::exchange(line_end, false);
    item.blank_before = blank;
    read_child(item, node, index);
    go_on();
    if (letter() != ',') continue;
    ++at_;
    go_on();
  }
  piece.foot = std::move(heads);
  if (letter() != (node.is_sequence() ? ']' : '}')) lost();
  ++at_;
}

}  // namespace

Layout read_layout(const SourceFile& file, const SyntaxTree& tree) { return LayoutReader(file, tree).read(); }

}  // namespace dynamo::format
