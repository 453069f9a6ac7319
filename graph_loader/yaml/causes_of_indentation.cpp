#include "graph_loader/yaml/causes.h"
#include "graph_loader/yaml/lines.h"
#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>

namespace dynamo::causes {

namespace text_of = yaml_text;

namespace {

/// Columns as people count them.
std::string at_column(std::size_t column) { return "column " + std::to_string(column + 1); }

bool is_dash(const Halt& halt, std::size_t at) {
  return halt.letter(at) == '-' && text_of::is_separation_at(halt.text, at + 1);
}

/// The first line at `at` as one says it: the key, the dash of an item, or the words.
Span head(const Halt& halt, std::size_t at) {
  if (is_dash(halt, at)) return halt.span(at, at + 1);
  const text_of::LineKey key = text_of::line_key(halt.text, at);
  return halt.span(key.begin, std::max(key.end, std::min(at + 1, halt.text.size())));
}

std::string name_of(const Halt& halt, std::size_t at) {
  return is_dash(halt, at) ? "this item" : text_of::quoted_words(head(halt, at).text());
}

bool is_block(const Node* node) { return node != nullptr && !node->is_scalar() && !node->flow; }

std::size_t column_of(const Halt& halt, const Node& node) { return text_of::column(halt.text, node.where.begin); }

/// The last key of a mapping, or the first dash of a list: what a line should have been in line with.
Span sibling(const Halt& halt, const Node& collection) {
  const bool keys = collection.is_mapping() && !collection.entries.empty();
  if (!keys) return halt.span(collection.where.begin, collection.where.begin + 1);
  const Span key = collection.entries.back().key->where;
  return key.begin >= collection.where.begin && key.end <= collection.where.end
             ? key
             : halt.span(collection.where.begin, collection.where.begin + 1);
}

/// The lines from `first` on, up to `end`, as far as they are indented by `least` or more, moved by some blanks. What
/// is deep enough already stays where it is. None if there are too many.
std::optional<std::vector<Edit>> moved(const Halt& halt, std::size_t first, std::size_t end, std::size_t least,
                                       std::ptrdiff_t blanks) {
  constexpr std::size_t most = 500;
  std::vector<Edit> edits;
  for (std::size_t line = text_of::line_begin(halt.text, first); line < end;
       line = text_of::next_line(halt.text, line)) {
    const std::size_t content = text_of::content_begin(halt.text, line);
    if (content == text_of::line_end(halt.text, line)) continue;
    const bool comment = halt.text[content] == '#';
    if (content - line < least) {
      if (comment) continue;
      break;
    }
    if (blanks > 0 && content - line >= least + static_cast<std::size_t>(blanks)) continue;
    if (edits.size() == most) return std::nullopt;
    const std::size_t removed = blanks < 0 ? static_cast<std::size_t>(-blanks) : 0;
    edits.push_back({halt.span(line, line + std::min(removed, content - line)),
                     std::string(blanks > 0 ? static_cast<std::size_t>(blanks) : 0, ' ')});
  }
  return edits;
}

/// Adds the fix that moves the line at `at`, and what belongs to it, to another column.
void offer_column(const Halt& halt, Finding& finding, std::size_t at, std::size_t column, std::size_t end) {
  const std::size_t now = text_of::column(halt.text, at);
  auto edits = moved(halt, at, end, now, static_cast<std::ptrdiff_t>(column) - static_cast<std::ptrdiff_t>(now));
  if (edits) finding.fixes.push_back({"begin it at " + at_column(column), Applicability::Maybe, std::move(*edits)});
}

/// A key that was indented less than its neighbours became a key of the mapping around them; the line at `place`, which
/// is in line with them, is the one that the parser does not like.
std::optional<Finding> key_among_deeper_ones(const Halt& halt, std::size_t place) {
  if (!halt.level || halt.level->sequence || halt.level->key == nullptr || !is_block(halt.level->before))
    return std::nullopt;
  const Node& before = *halt.level->before;
  const std::size_t key = halt.level->key->where.begin;
  const std::size_t column = text_of::column(halt.text, place);
  if (column_of(halt, before) != column || before.is_sequence() != is_dash(halt, place) || key >= place)
    return std::nullopt;
  const std::string name = name_of(halt, key);
  Finding finding = halt.finding(key, head(halt, key).end, name + " is indented less than the lines around it",
                                 "begin it at " + at_column(column));
  finding.others.push_back({sibling(halt, before), "this one begins at " + at_column(column)});
  finding.others.push_back({head(halt, place), "and so does this one"});
  offer_column(halt, finding, key, column, text_of::line_begin(halt.text, place));
  return finding;
}

/// A line that is indented more than the key above it, whose value has ended.
Finding too_deep(const Halt& halt, std::size_t key) {
  const std::size_t column = text_of::column(halt.text, key);
  const std::string name = name_of(halt, halt.place);
  const std::string above = name_of(halt, key);
  Finding finding = halt.finding(halt.place, head(halt, halt.place).end,
                                 name + " is indented more than " + above + ", which has its value already",
                                 "begin it at " + at_column(column) + ", like " + above);
  finding.others.push_back({head(halt, key), "this one begins at " + at_column(column)});
  offer_column(halt, finding, halt.place, column, halt.text.size());
  return finding;
}

Finding below_text(const Halt& halt, std::size_t key) {
  const Node& block = *halt.level->value;
  std::size_t line = text_of::next_line(halt.text, block.where.begin);
  while (line < halt.place && text_of::is_blank_line(halt.text, line)) line = text_of::next_line(halt.text, line);
  const std::size_t inside = text_of::column(halt.text, text_of::content_begin(halt.text, line));
  const std::size_t outside = text_of::column(halt.text, key);
  const std::string name = name_of(halt, halt.place);
  Finding finding =
      halt.finding(halt.place, head(halt, halt.place).end,
                   name + " is indented less than the text above it, and more than " + name_of(halt, key),
                   "begin it at " + at_column(inside) + " if it belongs to the text, else at " + at_column(outside));
  finding.others.push_back({halt.span(block.where.begin, block.where.begin + 1), "the text begins here"});
  offer_column(halt, finding, halt.place, inside, text_of::next_line(halt.text, halt.place));
  return finding;
}

/// The column of the next line that holds something.
std::size_t column_below(const Halt& halt, std::size_t at) {
  std::size_t line = text_of::next_line(halt.text, at);
  while (line < halt.text.size() && text_of::is_blank_line(halt.text, line)) line = text_of::next_line(halt.text, line);
  return text_of::content_begin(halt.text, line) - text_of::line_begin(halt.text, line);
}

/// The list that a line with a dash may be meant for: it may stand in line with the last key of a mapping.
const Node& last_list(const Halt& halt, const Node& inner) {
  if (!inner.is_mapping() || inner.entries.empty()) return inner;
  const Node& last = *inner.entries.back().value;
  const bool here = is_block(&last) && last.is_sequence() && last.where.begin > inner.entries.back().key->where.begin;
  return here && column_of(halt, last) == column_of(halt, inner) ? last : inner;
}

/// Between the column of a collection that has ended and that of the one around it.
Finding between_levels(const Halt& halt, const Node& ended) {
  const Node& inner = is_dash(halt, halt.place) ? last_list(halt, ended) : ended;
  const std::size_t column = text_of::column(halt.text, halt.place);
  const std::size_t deeper = column_of(halt, inner);
  const std::size_t outer = halt.level->column;
  const bool fits = inner.is_sequence() == is_dash(halt, halt.place);
  const std::string name = name_of(halt, halt.place);
  Finding finding = halt.finding(halt.place, head(halt, halt.place).end,
                                 name + " begins at " + at_column(column) + ", in line with nothing above it");
  finding.others.push_back({sibling(halt, inner), "this one begins at " + at_column(deeper)});
  std::string places;
  if (fits) places = at_column(deeper);
  if (halt.level->key != nullptr && !is_dash(halt, halt.place)) {
    finding.others.push_back({halt.level->key->where, "this one begins at " + at_column(outer)});
    places += (places.empty() ? "" : ", or at ") + at_column(outer);
  }
  if (places.empty()) return finding;
  finding.help = "begin it at " + places;
  // The line below tells most: among the deeper ones it would be the only one to stand out.
  const bool nearer = fits && (deeper - column <= column - outer || column_below(halt, halt.place) == deeper);
  offer_column(halt, finding, halt.place, nearer ? deeper : outer, halt.text.size());
  return finding;
}

/// A key, or a text, in line with the dashes of a list.
Finding beside_items(const Halt& halt, const Node& list) {
  const std::size_t dash = list.where.begin;
  const Span found = head(halt, halt.place);
  const std::string name = name_of(halt, halt.place);
  const bool key = text_of::line_key(halt.text, halt.place).colon < halt.text.size();
  const Node* item = list.items.size() == 1 ? list.items.front() : nullptr;
  const bool one_key =
      key && is_block(item) && item->is_mapping() && item->where.begin > dash && item->where.end <= halt.place;
  if (one_key) {
    const std::string first = name_of(halt, item->where.begin);
    Finding finding =
        halt.finding(dash, dash + 1, "this `-` makes a list, and " + name + " below is a key in line with it",
                     "remove the `-` if " + first + " is a key like " + name);
    finding.others.push_back({found, "a key cannot stand among the items of a list"});
    if (item->entries.front().value->kind == NodeKind::Null) {
      finding.fixes.push_back(halt.fix("remove the `-`", Applicability::Maybe, dash, item->where.begin, ""));
    }
    return finding;
  }
  if (halt.letter(halt.place) == '-' && !text_of::is_separation_at(halt.text, halt.place + 1)) {
    return missing_colon(halt, halt.place);
  }
  Finding finding =
      halt.finding(found.begin, found.end, name + " stands in line with the items of a list, and is none",
                   key ? "write `- ` in front of it, or begin it at another column" : "write `- ` in front of it");
  finding.others.push_back({halt.span(dash, dash + 1), "the list begins here"});
  finding.fixes.push_back(halt.fix("insert `- `", Applicability::Maybe, found.begin, found.begin, "- "));
  return finding;
}

}  // namespace

std::optional<Finding> key_in_text(const Halt& halt) {
  if (halt.about != Complaint::About::Colon || halt.in_brackets || !halt.last || !halt.level) return std::nullopt;
  const Node* key = halt.level->key;
  const std::size_t name = text_of::content_begin(halt.text, halt.place);
  const bool inside = halt.last.begin < name && name < halt.last.end && halt.last.end <= halt.place;
  if (key == nullptr || halt.level->sequence || !inside || key->where.begin >= halt.last.begin) return std::nullopt;
  const std::size_t first_end = std::min<std::size_t>(text_of::content_end(halt.text, halt.last.begin), halt.last.end);
  const Span text = halt.span(halt.last.begin, first_end);
  const bool one_word = text.text().find(' ') == std::string_view::npos;
  if (one_word) {
    if (auto finding = key_among_deeper_ones(halt, name)) return finding;
  }
  const std::string words = text_of::quoted_words(halt.text.substr(name, halt.last.end - name));
  const std::string above = text_of::quoted_words(key->where.text());
  const std::size_t column = text_of::column(halt.text, key->where.begin);
  Finding finding = halt.finding(name, halt.last.end,
                                 words + " is indented more than " + above +
                                     ", so YAML reads it as a part of the text " + text_of::quoted_words(text.text()));
  finding.others.push_back({text, "the text goes on in the next line"});
  finding.help = "begin it at " + at_column(column) + ", like " + above;
  finding.help += one_word ? "; if it belongs below " + above + ", give " + text_of::quoted_words(text.text()) +
                                 " a key and a line of its own"
                           : ", or put the whole text in quotes";
  const std::size_t now = text_of::column(halt.text, name);
  if (now > column) {
    auto edits = moved(halt, name, halt.text.size(), now,
                       static_cast<std::ptrdiff_t>(column) - static_cast<std::ptrdiff_t>(now));
    if (edits) finding.fixes.push_back({"begin it at " + at_column(column), Applicability::Maybe, std::move(*edits)});
  }
  return finding;
}

std::optional<Finding> indentation(const Halt& halt) {
  using About = Complaint::About;
  if ((halt.about != About::Key && halt.about != About::Item) || halt.in_brackets || !halt.level) return std::nullopt;
  if (halt.place >= halt.text.size() || text_of::content_begin(halt.text, halt.place) != halt.place)
    return std::nullopt;
  const Halt::Level& level = *halt.level;
  const std::size_t column = text_of::column(halt.text, halt.place);
  // The value of an alias stands elsewhere.
  const bool here = level.value != nullptr && level.value->where.begin == halt.last.begin;
  const Node* inner = here && is_block(level.value) ? level.value : nullptr;
  if (inner != nullptr && column > level.column && column < column_of(halt, *inner))
    return between_levels(halt, *inner);
  if (inner != nullptr && column == column_of(halt, *inner) && inner->is_sequence() && !is_dash(halt, halt.place)) {
    return beside_items(halt, *inner);
  }
  if (level.sequence || level.key == nullptr) return std::nullopt;
  const std::size_t key = level.key->where.begin;
  if (column > level.column && inner == nullptr) {
    if (auto finding = key_among_deeper_ones(halt, halt.place)) return finding;
    const bool block =
        here && (halt.letter(level.value->where.begin) == '|' || halt.letter(level.value->where.begin) == '>');
    return block ? below_text(halt, key) : too_deep(halt, key);
  }
  if (column != level.column || !is_dash(halt, halt.place)) return std::nullopt;
  Finding finding = halt.finding(halt.place, halt.place + 1, "a list item cannot stand among the keys of a mapping",
                                 "a list begins below a key that has no other value");
  finding.others.push_back({level.key->where, "a key of the mapping"});
  return finding;
}

std::optional<Finding> rest_of_line(const Halt& halt) {
  using About = Complaint::About;
  if ((halt.about != About::Key && halt.about != About::Item) || !halt.last || halt.place >= halt.text.size())
    return std::nullopt;
  const bool behind = halt.last.end <= halt.place && text_of::line_end(halt.text, halt.last.end) >= halt.place &&
                      text_of::skip_separation(halt.text, halt.last.end) == halt.place;
  if (!behind) return std::nullopt;
  const std::size_t end = std::max(text_of::content_end(halt.text, halt.place), halt.place + 1);
  const std::string_view rest = halt.text.substr(halt.place, end - halt.place);
  if (rest == "," || rest == ";") {
    const std::string mark = "`" + std::string(rest) + "`";
    Finding finding =
        halt.finding(halt.place, end, "a " + mark + " cannot stand behind a value outside of brackets", "remove it");
    finding.fixes.push_back(halt.fix("remove " + mark, Applicability::Machine, halt.last.end, end, ""));
    return finding;
  }
  const text_of::LineKey key = text_of::line_key(halt.text, halt.place);
  const bool name = std::string_view(",;[]{}").find(rest.front()) == std::string_view::npos;
  if (name && key.colon < halt.text.size() && halt.level && !halt.level->sequence) {
    Finding finding = halt.finding(
        key.begin, key.end,
        text_of::quoted_words(halt.text.substr(key.begin, key.length())) + " must begin on a line of its own");
    finding.fixes.push_back(halt.fix("begin a new line", Applicability::Maybe, halt.last.end, halt.place,
                                     "\n" + std::string(halt.level->column, ' ')));
    return finding;
  }
  Finding finding = halt.finding(halt.place, end, "only a comment can stand behind this value on its line");
  finding.others.push_back({halt.last, "the value ends here"});
  return finding;
}

}  // namespace dynamo::causes
