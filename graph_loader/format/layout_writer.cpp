#include "graph_loader/format/layout_writer.h"

#include "graph_loader/format/lines.h"
#include "graph_loader/format/scalar_form.h"

#include <algorithm>
#include <cstddef>
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
  if (piece.anchor.empty()) return text;
  return std::string(piece.anchor) + (text.empty() ? "" : " ") + text;
}

/// The key with its colon.
std::string key_code(const Piece& key) {
  if (!key.alias.empty()) return std::string(key.alias) + " :";
  return with_anchor(key, key_text(*key.node)) + ":";
}

bool is_long(const Piece& key) { return key.alias.empty() && key.node->text.size() > longest_key; }

void append(std::vector<Comment>& comments, Trail& trail) {
  for (const std::string_view line : trail.lines) comments.push_back({line, false});
  trail = {};
}

/// The text of a value in brackets, or of a scalar, if it can stand on one line of at most `room` columns.
std::optional<std::string> flow_text(const Piece& piece, std::size_t room);

/// A scalar or an alias in brackets. An anchor must not run into the comma behind it.
std::optional<std::string> word_text(const Piece& word) {
  auto text = flow_text(word, line_width);
  if (text && word.is_empty_scalar()) *text += ' ';
  return text;
}

std::optional<std::string> flow_item(const Item& item, std::size_t room) {
  if (!item.head.empty() || !item.opening.empty() || !item.trail.empty()) return std::nullopt;
  const Piece& value = item.value;
  std::string text;
  if (item.key.node != nullptr) {
    if (is_long(item.key)) text = "? ";
    text += key_code(item.key);
    if (value.is_empty_scalar() && value.anchor.empty()) {
      text.pop_back();
      return text;
    }
    text += ' ';
  }
  const std::size_t used = width(text);
  const auto rest = value.is_scalar() ? word_text(value) : flow_text(value, room > used ? room - used : 0);
  if (!rest) return std::nullopt;
  text += *rest;
  return text;
}

std::optional<std::string> flow_text(const Piece& piece, std::size_t room) {
  if (!piece.alias.empty()) return std::string(piece.alias);
  if (piece.is_empty_scalar()) return std::string(piece.anchor);
  if (piece.is_scalar()) {
    auto text = one_line(*piece.node);
    if (text) text = with_anchor(piece, std::move(*text));
    return text;
  }
  if (piece.block || !piece.foot.empty()) return std::nullopt;
  std::string text = with_anchor(piece, piece.is_sequence() ? "[" : "{");
  std::size_t used = width(text);
  for (const Item& item : piece.items) {
    if (&item != &piece.items.front()) {
      text += ", ";
      used += 2;
    }
    if (used > room) return std::nullopt;
    const auto one = flow_item(item, room - used);
    if (!one) return std::nullopt;
    used += width(*one);
    text += *one;
  }
  text += piece.is_sequence() ? ']' : '}';
  if (used + 1 > room) return std::nullopt;
  return text;
}

/// Whether a list that is too long for a line stays in brackets: only words, and not each on a line of its own.
bool can_wrap(const Item& owner) {
  const Piece& list = owner.value;
  if (!list.is_sequence() || !list.foot.empty() || !list.items.front().head.empty()) return false;
  const bool words = std::all_of(list.items.begin(), list.items.end(), [](const Item& item) {
    return (!item.value.alias.empty() || item.value.is_scalar()) && item.opening.empty();
  });
  if (!words || !list.items.back().trail.empty()) return false;
  const bool one_per_line =
      list.items.front().break_before &&
      std::all_of(list.items.begin(), list.items.end(), [](const Item& item) { return item.break_before; });
  return !one_per_line || list.items.size() == 1;
}

class Writer {
 public:
  std::string write(Layout& layout) {
    for (const std::string_view line : layout.preface) put(0, std::string(line));
    Item& root = layout.root;
    if (layout.marker) put(0, "---", std::exchange(root.opening, {}));
    if (root.value.anchor.empty()) append(layout.header, root.opening);
    append(root.value.foot, root.trail);
    bool first = true;
    comments(layout.header, 0, first);
    if (!root.value.anchor.empty()) {
      put(0, std::string(root.value.anchor), std::exchange(root.opening, {}));
      first = true;
    }
    if (root.value.items.empty()) {
      put(0, "{}");
      first = false;
    }
    items(root.value, 0, first);
    for (const std::string_view line : layout.ending) put(0, std::string(line));
    return join(lines_);
  }

 private:
  void put(std::size_t indent, std::string code, Trail trail = {}) {
    std::string begin = pending_.empty() ? blanks(indent) : std::exchange(pending_, {});
    lines_.push_back({begin + std::move(code), std::move(trail)});
  }

  void blank() {
    if (!lines_.empty() && !lines_.back().keep && !lines_.back().code.empty()) lines_.emplace_back();
  }

  /// `first`: nothing stands above in this block, so no blank line either.
  void comments(const std::vector<Comment>& list, std::size_t indent, bool& first) {
    for (const Comment& comment : list) {
      if (comment.blank_before && !first) blank();
      put(indent, std::string(comment.text));
      first = false;
    }
  }

  static Form form_of(Item& item, std::size_t column);
  static void move_comments(Item& item);
  static void prepare(Item& item, std::size_t indent);
  static std::vector<std::size_t> pads_of(const Piece& mapping, std::size_t indent);
  void items(Piece& collection, std::size_t indent, bool first);
  void value(Item& item, std::size_t indent, std::string code, std::size_t pad);
  void wrapped(Item& item, std::size_t indent, std::string code);
  void lines(Item& item, std::size_t indent, std::string code);
  void block(Item& item, std::size_t indent, std::string code);

  std::vector<Line> lines_;
  std::string pending_;  ///< indentation and dashes in front of the next line
};

/// How the value is written if it may begin in `column`.
Form Writer::form_of(Item& item, std::size_t column) {
  const Piece& value = item.value;
  const std::size_t room = line_width > column ? line_width - column : 0;
  if (value.is_empty_scalar()) return Form::Nothing;
  if (!value.alias.empty()) {
    item.line = value.alias;
    return Form::OneLine;
  }
  if (value.is_scalar()) {
    if (is_block(*value.node)) return Form::Block;
    auto text = one_line(*value.node);
    if (text) text = with_anchor(value, std::move(*text));
    const bool fits = text && width(*text) <= room;
    if (!fits && (has_lines(*value.node) || value.below)) return Form::Lines;
    item.line = text.value_or("");
    return Form::OneLine;
  }
  if (value.block || (value.section && !value.items.empty())) return Form::Spread;
  auto text = flow_text(value, room);
  if (!text && value.items.empty()) text = with_anchor(value, value.is_sequence() ? "[]" : "{}");
  if (text) {
    item.line = std::move(*text);
    return Form::OneLine;
  }
  return can_wrap(item) ? Form::Wrapped : Form::Spread;
}

/// Text over several lines that does not begin behind its key: the parser wants that of anchored text.
bool starts_below(const Item& item) { return item.value.below || !item.value.anchor.empty(); }

/// Finds a place for comments whose line there is no longer.
void Writer::move_comments(Item& item) {
  const bool first_line = item.key.node != nullptr || !item.value.anchor.empty();
  switch (item.form) {
    case Form::Spread:
      if (!first_line) append(item.head, item.opening);
      if (first_line && item.opening.empty()) std::swap(item.opening, item.trail);
      append(item.head, item.trail);
      break;
    case Form::Wrapped: append(item.head, item.opening); break;
    case Form::Lines:
      if (starts_below(item)) break;
      [[fallthrough]];
    case Form::Nothing:
    case Form::OneLine:
    case Form::Block:
      if (item.trail.empty()) std::swap(item.opening, item.trail);
      append(item.head, item.opening);
      break;
  }
}

void Writer::prepare(Item& item, std::size_t indent) {
  if (std::exchange(item.prepared, true)) return;
  const bool short_key = item.key.node != nullptr && !is_long(item.key);
  item.form = form_of(item, indent + (short_key ? width(key_code(item.key)) + 1 : step));
  move_comments(item);
  const bool behind_dash = item.form == Form::Spread && item.key.node == nullptr && item.value.anchor.empty();
  if (!behind_dash) return;
  // `- a: b`: what stands above the `a` stands above the dash.
  Item& first = item.value.items.front();
  prepare(first, indent + step);
  item.head.insert(item.head.end(), first.head.begin(), first.head.end());
  first.head.clear();
}

/// Blanks for each entry that line its value up with those of its neighbours: short entries of a mapping of the user's
/// own names that follow each other are a table if the user has lined up one of them.
std::vector<std::size_t> Writer::pads_of(const Piece& mapping, std::size_t indent) {
  const std::vector<Item>& items = mapping.items;
  std::vector<std::size_t> pads(items.size(), 0);
  if (!mapping.node->is_mapping() || mapping.mapping != nullptr) return pads;
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
    for (std::size_t index = begin; padded && index < end; ++index) {
      // A row that would become too long stays as it is.
      const bool fits = indent + widest + 1 + width(items[index].line) <= line_width;
      if (fits) pads[index] = widest - width(key_code(items[index].key));
    }
    begin = std::max(end, begin + 1);
  }
  return pads;
}

void Writer::items(Piece& collection, std::size_t indent, bool first) {
  for (Item& item : collection.items) prepare(item, indent);
  const std::vector<std::size_t> pads = pads_of(collection, indent);
  for (std::size_t index = 0; index < collection.items.size(); ++index) {
    Item& item = collection.items[index];
    comments(item.head, indent, first);
    if (item.blank_before && !first) blank();
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
    value(item, indent, std::move(code), pads[index]);
  }
  comments(collection.foot, indent, first);
}

/// What stands behind a key or a dash, which is `code`.
void Writer::value(Item& item, std::size_t indent, std::string code, std::size_t pad) {
  Piece& piece = item.value;
  switch (item.form) {
    case Form::Nothing: {
      if (!piece.anchor.empty()) code += " " + std::string(piece.anchor);
      put(indent, std::move(code), std::move(item.trail));
      bool first = true;
      comments(piece.foot, indent + step, first);
      break;
    }
    case Form::OneLine: put(indent, code + blanks(pad + 1) + item.line, std::move(item.trail)); break;
    case Form::Wrapped: wrapped(item, indent, std::move(code)); break;
    case Form::Lines: lines(item, indent, std::move(code)); break;
    case Form::Block: block(item, indent, std::move(code)); break;
    case Form::Spread:
      if (item.key.node == nullptr && piece.anchor.empty()) {
        pending_ = (pending_.empty() ? blanks(indent) : pending_) + "- ";
      } else {
        if (!piece.anchor.empty()) code += " " + std::string(piece.anchor);
        put(indent, std::move(code), std::move(item.opening));
      }
      items(piece, indent + step, true);
      break;
  }
}

void Writer::lines(Item& item, std::size_t indent, std::string code) {
  const bool below = starts_below(item);
  if (below) {
    if (!item.value.anchor.empty()) code += " " + std::string(item.value.anchor);
    put(indent, std::move(code), std::move(item.opening));
  }
  const std::vector<std::string> texts = lines_of(*item.value.node);
  for (std::size_t index = 0; index < texts.size(); ++index) {
    if (index == 0 && !below) {
      put(indent, code + " " + texts[index]);
    } else if (texts[index].empty()) {
      lines_.emplace_back();
    } else {
      put(indent + step, texts[index]);
    }
  }
  lines_.back().trail = std::move(item.trail);
}

void Writer::block(Item& item, std::size_t indent, std::string code) {
  const BlockText text = block_of(*item.value.node);
  put(indent, code + " " + with_anchor(item.value, text.header), std::move(item.trail));
  for (const std::string& line : text.lines) {
    lines_.emplace_back();
    if (!line.empty()) lines_.back().code = blanks(indent + step) + line;
  }
  lines_.back().keep = text.keeps_end;
}

/// Lines up below the first word. The user's line ends stay; a line that is too long gets another one, not between
/// an option and its value if there is a choice.
void Writer::wrapped(Item& item, std::size_t indent, std::string code) {
  std::string line = code + " " + with_anchor(item.value, "[");
  const std::size_t column = indent + width(line);
  std::size_t line_indent = indent;
  bool empty = true;
  const auto end_line = [&](Trail trail) {
    put(line_indent, std::exchange(line, {}), std::move(trail));
    line_indent = column;
    empty = true;
  };
  std::vector<Item>& words = item.value.items;
  const auto is_option = [](const Item& word) {
    return word.value.is_scalar() && word.value.node->kind == NodeKind::String &&
           word.value.node->text.starts_with('-');
  };
  for (std::size_t index = 0; index < words.size(); ++index) {
    Item& word = words[index];
    const bool last = index + 1 == words.size();
    std::vector<std::string> parts;
    const bool may_break = word.value.alias.empty() && has_lines(*word.value.node);
    if (auto text = word_text(word.value); text && (column + width(*text) < line_width || !may_break)) {
      parts.push_back(std::move(*text));
    } else {
      parts = lines_of(*word.value.node);
      parts.front() = with_anchor(word.value, parts.front());
    }
    std::size_t needed = width(parts.front()) + (parts.size() == 1 ? 1 : 0);
    if (!last && parts.size() == 1 && is_option(word) && word.trail.empty()) {
      const Item& next = words[index + 1];
      const auto next_text = word_text(next.value);
      const bool goes_with_it = !next.break_before && next.head.empty() && !is_option(next) && next_text;
      if (goes_with_it && column + needed + 1 + width(*next_text) < line_width) needed += 1 + width(*next_text) + 1;
    }
    const std::size_t used = line_indent + width(line) + (empty ? 0 : 1);
    if (index > 0 && !empty && (word.break_before || !word.head.empty() || used + needed > line_width)) end_line({});
    bool first = false;
    comments(word.head, column, first);
    if (!empty) line += ' ';
    for (std::size_t part = 0; part + 1 < parts.size(); ++part) {
      line += parts[part];
      end_line({});
      line_indent = parts[part + 1].empty() ? 0 : column + step;
    }
    line += parts.back() + (last ? "]" : ",");
    empty = false;
    if (!last && !word.trail.empty()) end_line(std::move(word.trail));
  }
  end_line(std::move(item.trail));
}

}  // namespace

std::string write_layout(Layout& layout) { return Writer().write(layout); }

}  // namespace dynamo::format
