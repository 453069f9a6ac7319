#include "graph_loader/format/layout_writer.h"

#include "graph_loader/format/lines.h"
#include "graph_loader/format/scalar_form.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo::format {
namespace {

constexpr std::size_t line_width = 120;
constexpr std::size_t step = 2;
/// YAML wants to see the colon of a key within 1024 characters, unless a `?` stands in front of the key.
constexpr std::size_t longest_key = 1000;

std::string blanks(std::size_t count) { return std::string(count, ' '); }

std::string with_anchor(const Piece& piece, std::string text) {
  const std::string_view anchor = piece.anchor();
  if (anchor.empty()) return text;
  return std::string(anchor) + (text.empty() ? "" : " ") + text;
}

/// The key with its colon.
std::string key_code(const Piece& key) {
  if (key.is_alias()) return std::string(key.alias()) + " :";
  return with_anchor(key, key_text(*key.node)) + ":";
}

std::string with_anchor_behind(std::string code, std::string_view anchor) {
  if (!anchor.empty()) code.append(" ").append(anchor);
  return code;
}

bool is_long(const Piece& key) { return !key.is_alias() && key.node->text.size() > longest_key; }

bool is_sequence(const Item& item) { return item.collection != nullptr && item.value.node->is_sequence(); }

/// The text of a value in brackets, or of a scalar, if it can stand on one line of at most `room` columns.
std::optional<std::string> flow_text(const Item& item, std::size_t room);

/// A scalar or an alias in brackets. An anchor must not run into the comma behind it.
std::optional<std::string> word_text(const Item& word) {
  auto text = flow_text(word, line_width);
  if (text && word.value.is_empty_scalar()) *text += ' ';
  return text;
}

std::optional<std::string> flow_item(const Item& item, std::size_t room) {
  if (!item.head.empty() || !item.opening.empty() || !item.between.empty() || !item.trail.empty()) return std::nullopt;
  std::string text;
  if (item.key.node != nullptr) {
    if (is_long(item.key)) text = "? ";
    text += key_code(item.key);
    if (item.value.is_empty_scalar() && item.value.anchor().empty()) {
      text.pop_back();
      return text;
    }
    text += ' ';
  }
  const std::size_t used = width(text);
  const auto rest = item.value.is_scalar() ? word_text(item) : flow_text(item, room > used ? room - used : 0);
  if (!rest) return std::nullopt;
  text += *rest;
  return text;
}

std::optional<std::string> flow_text(const Item& item, std::size_t room) {
  const Piece& value = item.value;
  if (value.is_alias()) return std::string(value.alias());
  if (value.is_empty_scalar()) return std::string(value.anchor());
  if (value.is_scalar()) {
    auto text = one_line(*value.node);
    if (text) text = with_anchor(value, std::move(*text));
    return text;
  }
  if (item.is_block() || !item.foot.empty()) return std::nullopt;
  std::string text = with_anchor(value, is_sequence(item) ? "[" : "{");
  std::size_t used = width(text);
  const std::vector<Item>& items = item.collection->items;
  for (const Item& child : items) {
    if (&child != &items.front()) {
      text += ", ";
      used += 2;
    }
    if (used > room) return std::nullopt;
    const auto one = flow_item(child, room - used);
    if (!one) return std::nullopt;
    used += width(*one);
    text += *one;
  }
  text += is_sequence(item) ? ']' : '}';
  if (used + 1 > room) return std::nullopt;
  return text;
}

/// A value that stands on one line whatever its width.
std::string line_text(const Item& item) {
  if (auto text = flow_text(item, std::numeric_limits<std::size_t>::max())) return std::move(*text);
  // An empty collection with a comment in it, which stands elsewhere then.
  return item.collection == nullptr ? std::string() : with_anchor(item.value, is_sequence(item) ? "[]" : "{}");
}

/// Whether a list that is too long for a line stays in brackets: only words, and not each on a line of its own.
bool can_wrap(const Item& owner) {
  if (!is_sequence(owner) || !owner.foot.empty()) return false;
  const std::vector<Item>& items = owner.collection->items;
  if (!items.front().head.empty() || !items.back().trail.empty()) return false;
  const bool words = std::all_of(items.begin(), items.end(), [](const Item& item) {
    return item.collection == nullptr && item.opening.empty() && item.between.empty();
  });
  if (!words) return false;
  const bool one_per_line = std::all_of(items.begin(), items.end(), [](const Item& item) { return item.break_before; });
  return !one_per_line || items.size() == 1;
}

/// Whether there is a comment between the brackets of a value.
bool has_comments_inside(const Item& owner) {
  if (!owner.foot.empty()) return true;
  if (owner.collection == nullptr) return false;
  const std::vector<Item>& items = owner.collection->items;
  return std::any_of(items.begin(), items.end(), [](const Item& item) {
    return !item.head.empty() || !item.opening.empty() || !item.between.empty() || !item.trail.empty() ||
           has_comments_inside(item);
  });
}

class Writer {
 public:
  explicit Writer(Layout& layout) : layout_(layout), comments_(layout.comments), lines_(layout.comments) {}

  std::string write() {
    for (const std::string_view line : layout_.preface) put(0, line);
    Item& root = layout_.root;
    if (layout_.marker) put(0, "---", std::exchange(root.opening, {}));
    const std::string_view anchor = root.value.anchor();
    if (anchor.empty()) comments_.prepend(layout_.header, root.opening);
    bool first = true;
    put_comments(layout_.header, 0, first);
    if (!anchor.empty()) {
      put(0, anchor, std::exchange(root.opening, {}));
      first = true;
    }
    if (!root.has_items()) {
      put(0, "{}");
      first = false;
    }
    items(root, 0, first);
    for (const std::string_view line : layout_.ending) put(0, line);
    return lines_.text();
  }

 private:
  void put(std::size_t indent, std::string_view code, const CommentList& trail = {}) {
    std::string line = pending_.empty() ? blanks(indent) : std::exchange(pending_, {});
    lines_.put(line.append(code), trail);
  }

  /// `first`: nothing stands above in this block, so no blank line either.
  void put_comments(const CommentList& list, std::size_t indent, bool& first) {
    for (std::uint32_t one = list.first; one != 0; one = comments_.at(one).next) {
      const Comment& comment = comments_.at(one);
      if (comment.blank_before && !first) lines_.blank();
      put(indent, comments_.text(comment));
      first = false;
    }
  }

  static Form form_of(Item& item, std::size_t column);
  void put_above(Item& item, CommentList& list);
  void move_comments(Item& item);
  void move_comments_of_line(Item& item);
  void move_comments_of_spread(Item& item);
  void prepare(Item& item, std::size_t indent);
  static std::vector<std::uint32_t> pads_of(const Item& owner, std::size_t indent);
  void items(Item& owner, std::size_t indent, bool first);
  void value(Item& item, std::size_t indent, std::string code, std::size_t pad);
  void wrapped(Item& item, std::size_t indent, const std::string& code);
  void lines(Item& item, std::size_t indent, std::string code);
  void block(Item& item, std::size_t indent, const std::string& code);

  Layout& layout_;
  Comments& comments_;
  Lines lines_;
  std::string pending_;  ///< indentation and dashes in front of the next line
};

/// How the value is written if it may begin in `column`.
Form Writer::form_of(Item& item, std::size_t column) {
  const Piece& value = item.value;
  const std::size_t room = line_width > column ? line_width - column : 0;
  const auto one_line_of = [&](std::size_t columns) {
    item.width = static_cast<std::uint32_t>(columns);
    return Form::OneLine;
  };
  if (value.is_empty_scalar()) return Form::Nothing;
  if (value.is_alias()) return one_line_of(width(value.alias()));
  if (value.is_scalar()) {
    if (is_block(*value.node)) return Form::Block;
    auto text = one_line(*value.node);
    if (text) text = with_anchor(value, std::move(*text));
    const bool fits = text && width(*text) <= room;
    if (!fits && (has_lines(*value.node) || item.below)) return Form::Lines;
    return one_line_of(width(text.value_or("")));
  }
  if (item.is_block() || (item.collection->section && item.has_items())) return Form::Spread;
  if (!item.has_items()) return one_line_of(width(line_text(item)));
  if (const auto text = flow_text(item, room)) return one_line_of(width(*text));
  return can_wrap(item) ? Form::Wrapped : Form::Spread;
}

/// Text over several lines that does not begin behind its key: the parser wants that of anchored text.
bool starts_below(const Item& item) { return item.below || !item.value.anchor().empty(); }

bool has_first_line(const Item& item) { return item.key.node != nullptr || !item.value.anchor().empty(); }

/// Puts comments right above the line of the key, below those that stand there.
void Writer::put_above(Item& item, CommentList& list) {
  if (list.empty()) return;
  comments_.at(list.first).blank_before = std::exchange(item.blank_before, false);
  comments_.append(item.head, list);
}

/// Finds a place for comments whose line there is no longer. They keep their order, so that a sentence over several
/// lines can still be read.
void Writer::move_comments(Item& item) {
  if (item.form == Form::Spread) {
    move_comments_of_spread(item);
  } else {
    move_comments_of_line(item);
  }
}

void Writer::move_comments_of_line(Item& item) {
  if (item.collection != nullptr && !item.has_items()) comments_.append(item.between, item.foot);
  const bool own_line = item.form == Form::Lines && starts_below(item) && item.between.empty();
  if (own_line) return;
  const bool can_trail = item.form != Form::Wrapped && item.between.empty() && item.trail.empty();
  if (can_trail) {
    std::swap(item.opening, item.trail);
    return;
  }
  comments_.append(item.opening, item.between);
  put_above(item, item.opening);
}

void Writer::move_comments_of_spread(Item& item) {
  std::vector<Item>& children = item.collection->items;
  if (std::exchange(item.lifted, false)) {
    const auto last = std::max_element(children.begin(), children.end(),
                                       [](const Item& a, const Item& b) { return a.begin < b.begin; });
    std::swap(item.trail, last->trail);
  }
  if (!item.trail.empty()) {
    const bool alone = item.opening.empty() && item.between.empty() && !has_comments_inside(item);
    comments_.append(alone ? item.opening : item.foot, item.trail);
  }
  if (!has_first_line(item)) put_above(item, item.opening);
  comments_.prepend(children.front().head, item.between);
}

void Writer::prepare(Item& item, std::size_t indent) {
  if (std::exchange(item.prepared, true)) return;
  const bool short_key = item.key.node != nullptr && !is_long(item.key);
  item.form = form_of(item, indent + (short_key ? width(key_code(item.key)) + 1 : step));
  move_comments(item);
  if (item.form != Form::Spread || has_first_line(item)) return;
  // `- a: b`: what stands above the `a` stands above the dash.
  Item& first = item.collection->items.front();
  prepare(first, indent + step);
  put_above(item, first.head);
}

/// Blanks for each entry that line its value up with those of its neighbours: short entries of a mapping of the user's
/// own names that follow each other are a table if the user has lined up one of them. Empty: none has any.
std::vector<std::uint32_t> Writer::pads_of(const Item& owner, std::size_t indent) {
  if (!owner.has_items() || is_sequence(owner) || owner.collection->mapping != nullptr) return {};
  const std::vector<Item>& items = owner.collection->items;
  std::vector<std::uint32_t> pads;
  const auto is_row = [](const Item& item) { return item.form == Form::OneLine && !is_long(item.key); };
  for (std::size_t begin = 0; begin < items.size();) {
    std::size_t end = begin;
    std::size_t widest = 0;
    bool padded = false;
    for (; end < items.size() && is_row(items[end]); ++end) {
      const Item& item = items[end];
      if (end > begin && (item.blank_before || !item.head.empty())) break;
      widest = std::max(widest, width(key_code(item.key)));
      padded = padded || item.padded;
    }
    if (padded) pads.resize(items.size(), 0);
    for (std::size_t index = begin; padded && index < end; ++index) {
      // A row that would become too long stays as it is.
      const bool fits = indent + widest + 1 + items[index].width <= line_width;
      if (fits) pads[index] = static_cast<std::uint32_t>(widest - width(key_code(items[index].key)));
    }
    begin = std::max(end, begin + 1);
  }
  return pads;
}

void Writer::items(Item& owner, std::size_t indent, bool first) {
  if (owner.collection != nullptr) {
    std::vector<Item>& items = owner.collection->items;
    for (Item& item : items) prepare(item, indent);
    const std::vector<std::uint32_t> pads = pads_of(owner, indent);
    for (std::size_t index = 0; index < items.size(); ++index) {
      Item& item = items[index];
      put_comments(item.head, indent, first);
      if (item.blank_before && !first) lines_.blank();
      first = false;
      std::string code = "-";
      if (item.key.node != nullptr) {
        code = key_code(item.key);
        if (is_long(item.key)) {
          code.pop_back();
          put(indent, "? " + code);
          code = ":";
        }
      }
      value(item, indent, std::move(code), pads.empty() ? 0 : pads[index]);
    }
  }
  put_comments(owner.foot, indent, first);
}

/// What stands behind a key or a dash, which is `code`.
void Writer::value(Item& item, std::size_t indent, std::string code, std::size_t pad) {
  const std::string_view anchor = item.value.anchor();
  switch (item.form) {
    case Form::Nothing:
      put(indent, with_anchor_behind(std::move(code), anchor), item.trail);
      items(item, indent + step, true);
      break;
    case Form::OneLine: put(indent, code + blanks(pad + 1) + line_text(item), item.trail); break;
    case Form::Wrapped: wrapped(item, indent, code); break;
    case Form::Lines: lines(item, indent, std::move(code)); break;
    case Form::Block: block(item, indent, code); break;
    case Form::Spread:
      if (has_first_line(item)) {
        put(indent, with_anchor_behind(std::move(code), anchor), item.opening);
      } else {
        pending_ = (pending_.empty() ? blanks(indent) : pending_) + "- ";
      }
      items(item, indent + step, true);
      break;
  }
}

void Writer::lines(Item& item, std::size_t indent, std::string code) {
  const bool below = starts_below(item);
  if (below) put(indent, with_anchor_behind(std::move(code), item.value.anchor()), item.opening);
  const std::vector<std::string> texts = lines_of(*item.value.node);
  for (std::size_t index = 0; index < texts.size(); ++index) {
    const CommentList trail = index + 1 == texts.size() ? item.trail : CommentList();
    if (index == 0 && !below) {
      put(indent, code + " " + texts[index], trail);
    } else if (texts[index].empty()) {
      lines_.put_blank();
    } else {
      put(indent + step, texts[index], trail);
    }
  }
}

void Writer::block(Item& item, std::size_t indent, const std::string& code) {
  const BlockText text = block_of(*item.value.node);
  put(indent, code + " " + with_anchor(item.value, text.header), item.trail);
  for (const std::string& line : text.lines) {
    if (line.empty()) {
      lines_.put_blank();
    } else {
      put(indent + step, line);
    }
  }
  if (text.keeps_end) lines_.keep_end();
}

/// Lines up below the first word. The user's line ends stay; a line that is too long gets another one, not between
/// an option and its value if there is a choice.
void Writer::wrapped(Item& item, std::size_t indent, const std::string& code) {
  std::string line = code + " " + with_anchor(item.value, "[");
  const std::size_t column = indent + width(line);
  std::size_t line_indent = indent;
  bool empty = true;
  const auto end_line = [&](const CommentList& trail) {
    put(line_indent, std::exchange(line, {}), trail);
    line_indent = column;
    empty = true;
  };
  const std::vector<Item>& words = item.collection->items;
  const auto is_option = [](const Item& word) {
    return word.value.is_scalar() && word.value.node->kind == NodeKind::String &&
           word.value.node->text.starts_with('-');
  };
  for (std::size_t index = 0; index < words.size(); ++index) {
    const Item& word = words[index];
    const bool last = index + 1 == words.size();
    std::vector<std::string> parts;
    const bool may_break = word.value.is_scalar() && has_lines(*word.value.node);
    if (auto text = word_text(word); text && (column + width(*text) < line_width || !may_break)) {
      parts.push_back(std::move(*text));
    } else {
      parts = lines_of(*word.value.node);
      parts.front() = with_anchor(word.value, parts.front());
    }
    std::size_t needed = width(parts.front()) + (parts.size() == 1 ? 1 : 0);
    if (!last && parts.size() == 1 && is_option(word) && word.trail.empty()) {
      const Item& next = words[index + 1];
      const auto next_text = word_text(next);
      const bool goes_with_it = !next.break_before && next.head.empty() && !is_option(next) && next_text;
      if (goes_with_it && column + needed + 1 + width(*next_text) < line_width) needed += 1 + width(*next_text) + 1;
    }
    const std::size_t used = line_indent + width(line) + (empty ? 0 : 1);
    if (index > 0 && !empty && (word.break_before || !word.head.empty() || used + needed > line_width)) end_line({});
    bool first = false;
    put_comments(word.head, column, first);
    if (!empty) line += ' ';
    for (std::size_t part = 0; part + 1 < parts.size(); ++part) {
      line += parts[part];
      end_line({});
      line_indent = parts[part + 1].empty() ? 0 : column + step;
    }
    line += parts.back() + (last ? "]" : ",");
    empty = false;
    if (!last && !word.trail.empty()) end_line(word.trail);
  }
  end_line(item.trail);
}

}  // namespace

std::string write_layout(Layout& layout) { return Writer(layout).write(); }

}  // namespace dynamo::format
