#include "graph_loader/yaml/tree_builder.h"

#include "graph_loader/yaml/block_scalar.h"
#include "graph_loader/yaml/causes.h"
#include "graph_loader/yaml/limits.h"
#include "graph_loader/yaml/lines.h"
#include "graph_loader/yaml/quoted_scalar.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace dynamo {

namespace text_of = yaml_text;

/// The indicator in front of the next child: a dash, a comma or a colon.
void TreeBuilder::enter_place() {
  Frame* frame = top();
  if (frame == nullptr) {
    open_document();
    return;
  }
  at_ = text_of::skip_separation(text_, at_);
  const bool separated = frame->is_flow() && !frame->expects_value() && frame->count > 0;
  if (frame->form == Frame::Form::BlockSequence) {
    if (letter(at_) != '-') fail(at_, at_ + 1, "expected `-`, the next item of the list");
    frame->dash = at_++;
    frame->indicator_end = at_;
  } else if (separated) {
    if (letter(at_) != ',') fail(at_, at_ + 1, "expected `,`");
    ++at_;
  } else if (frame->expects_value() && letter(at_) == ':') {
    frame->indicator_end = ++at_;
  } else if (frame->expects_value() && frame->form == Frame::Form::BlockMapping && !frame->question_mark) {
    throw Stop{causes::missing_colon(halt(Complaint::About::Colon, at_), frame->key_begin)};
  }
}

/// Behind the question mark that may stand in front of a key.
std::size_t TreeBuilder::skip_question_mark(std::size_t at, std::size_t mark) {
  at = text_of::skip_separation(text_, at);
  Frame* frame = top();
  if (frame == nullptr || !frame->expects_key()) return at;
  frame->question_mark = letter(at) == '?' && at < mark;
  return frame->question_mark ? text_of::skip_separation(text_, at + 1) : at;
}

void TreeBuilder::open_document() {
  at_ = text_of::skip_separation(text_, at_);
  const bool directives = letter(at_) == '%';
  while (letter(at_) == '%') at_ = text_of::skip_separation(text_, std::min(text_.find('\n', at_), text_.size()));
  const bool marker = text_.substr(at_).starts_with("---") && text_of::is_separation_at(text_, at_ + 3);
  if (directives && !marker) fail(at_, at_ + 1, "expected `---` behind the directives");
  if (marker) at_ += 3;
}

/// Moves to a value that was written, at `mark`.
void TreeBuilder::arrive(std::size_t mark) {
  enter_place();
  at_ = skip_question_mark(at_, mark);
  if (at_ == mark) return;
  if (letter(at_) == '#') fail(at_, at_ + 1, "a comment needs a blank in front of its `#`");
  fail(at_, at_ + 1, "this cannot be read as YAML");
}

/// A value on a line of its own must be indented more than what it belongs to; only a list may begin below its key.
void TreeBuilder::check_indentation(std::size_t content, bool block_sequence) const {
  const Frame* frame = frames_.empty() ? nullptr : &frames_.back();
  if (frame == nullptr || frame->is_flow() || frame->expects_key() || content < frame->indicator_end) return;
  const std::string_view gap = text_.substr(frame->indicator_end, content - frame->indicator_end);
  if (gap.find('\n') == std::string_view::npos) return;
  const std::size_t least = frame->column + (block_sequence && !frame->is_sequence() ? 0 : 1);
  if (column(content) >= least) return;
  // `-item` is a text, and no list.
  const bool dash = letter(content) == '-' && !text_of::is_separation_at(text_, content + 1);
  if (dash) throw Stop{causes::missing_colon(halt(Complaint::About::Key, content), content)};
  Finding finding{codes::not_yaml, content, content + 1,
                  frame->is_sequence() ? "this must be indented more than the `-` above it"
                                       : "this must be indented more than the key above it",
                  "begin it at column " + std::to_string(frame->column + 3) + ", or further to the right"};
  finding.others.push_back(frame->is_sequence() ? Label{span(frame->dash, frame->dash + 1), "the item begins here"}
                                                : Label{frame->key->where, "the key"});
  throw Stop{std::move(finding)};
}

std::size_t TreeBuilder::column(std::size_t at) const { return text_of::column(text_, at); }

/// Anchors and tags in front of a value. Tags are not part of the language.
void TreeBuilder::skip_properties() {
  while (letter(at_) == '&' || letter(at_) == '!') {
    const std::size_t end = text_of::name_end(text_, at_);
    if (letter(at_) == '!') {
      findings_.push_back({codes::yaml_feature, at_, end, "tags are not supported", "remove the tag"});
    }
    at_ = end;
    const std::size_t next = text_of::skip_separation(text_, at_);
    if (letter(next) != '&' && letter(next) != '!') break;
    // On a later line it may belong to the first key of a mapping that has properties of its own.
    if (text_.substr(at_, next - at_).find('\n') != std::string_view::npos) break;
    at_ = next;
  }
}

/// Tells an empty value from a value that looks like the key behind it: `a:` in front of `null: b`.
bool TreeBuilder::is_key_of_the_next_entry(std::size_t end) const {
  while (end < text_.size() && text_of::is_blank(text_[end])) ++end;
  return letter(end) == ':';
}

Node& TreeBuilder::make(NodeKind kind, std::size_t begin, std::size_t end, YamlAnchor anchor) {
  count_values(1, begin, begin + 1);
  Node& node = tree_.nodes.emplace_back();
  node.kind = kind;
  node.where = span(begin, end);
  remember(anchor, node);
  return node;
}

void TreeBuilder::remember(YamlAnchor anchor, const Node& node) {
  if (anchor == no_anchor) return;
  if (anchors_.size() <= anchor) anchors_.resize(anchor + 1, nullptr);
  anchors_[anchor] = &node;
  tree_.anchors.push_back({&node, last_anchor_});
  anchored_values_.resize(anchors_.size(), 1);
}

void TreeBuilder::count_values(std::size_t count, std::size_t begin, std::size_t end) {
  tree_.values += count;
  if (tree_.values > max_values) throw Stop{too_many_values(begin, end)};
}

/// An empty value points at its key, an empty item at its dash.
void TreeBuilder::make_empty(YamlAnchor anchor, bool properties) {
  const Frame* frame = top();
  if (frame == nullptr) {
    add(make(NodeKind::Null, at_, at_, anchor), at_, at_);
    return;
  }
  if (frame->expects_key()) {
    const std::size_t key = text_of::skip_separation(text_, at_);
    const bool nothing = key >= text_.size() || std::string_view(",:?[]{}").find(text_[key]) != std::string_view::npos;
    if (nothing) fail(key, key + 1, "expected a key");
    // A limit of the parser: it loses a key whose line ends before the `,` or `}` behind it.
    fail(key, key + 1, "a key without a value needs `,` or `}` on its own line", "write `:` behind the key");
  }
  if (frame->form == Frame::Form::FlowSequence && !properties) {
    const std::size_t comma = text_of::skip_separation(text_, at_);
    fail(comma, comma + 1, "expected a value in front of `,`");
  }
  Span where = span(frame->dash, frame->dash + 1);
  if (frame->expects_value()) where = frame->key->where;
  if (frame->form == Frame::Form::FlowSequence) where = span(at_, at_);
  const std::size_t end = frame->form == Frame::Form::BlockSequence ? frame->dash + 1 : last_end_;
  Node& node = make(NodeKind::Null, where.begin, where.end, anchor);
  node.where = where;
  add(node, at_, std::max(end, last_end_));
}

/// Hands a finished node to the collection around it. `begin` and `end` are where it, or its alias, was written.
void TreeBuilder::add(const Node& node, std::size_t begin, std::size_t end) {
  last_begin_ = begin;
  last_end_ = end;
  Frame* frame = top();
  if (frame == nullptr) {
    tree_.root = &node;
    return;
  }
  if (frame->is_sequence()) {
    items_.push_back(&node);
    ++frame->count;
  } else if (frame->key == nullptr) {
    if (!node.is_scalar()) fail(begin, end, "a key must be plain text, not a list or a mapping");
    if (frame->count == 0 && frame->form != Frame::Form::FlowMapping) {
      frame->node->where.begin = static_cast<std::uint32_t>(begin);
    }
    frame->key = &node;
    frame->key_begin = begin;
  } else {
    entries_.push_back({frame->key, &node});
    frame->key = nullptr;
    ++frame->count;
  }
}

void TreeBuilder::null(std::size_t place, YamlAnchor anchor) {
  enter_place();
  std::size_t next = skip_question_mark(at_, place);
  const Frame* frame = top();
  if (anchor != no_anchor) {
    at_ = next;
    skip_properties();
    next = text_of::skip_separation(text_, at_);
  }
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    const std::size_t end = next + word.size();
    if (!text_.substr(std::min(next, text_.size())).starts_with(word)) continue;
    const bool ends =
        text_of::is_separation_at(text_, end) || std::string_view(",[]{}:").find(text_[end]) != std::string_view::npos;
    const bool of_next = (frame == nullptr || !frame->expects_key()) && is_key_of_the_next_entry(end);
    if (!ends || of_next) continue;
    Node& node = make(NodeKind::Null, next, end, anchor);
    node.text = text_.substr(next, end - next);
    at_ = end;
    add(node, next, end);
    return;
  }
  make_empty(anchor, anchor != no_anchor);
}

void TreeBuilder::scalar(std::size_t place, YamlAnchor anchor, const std::string& parsed) {
  arrive(place);
  const bool properties = letter(at_) == '&' || letter(at_) == '!';
  anchored_text_ = properties;
  if (properties) skip_properties();
  const std::size_t next = text_of::skip_separation(text_, at_);
  const char first = letter(next);
  const bool quoted = first == '"' || first == '\'';
  const bool block = first == '|' || first == '>';
  const Frame* frame = top();
  const bool key = frame != nullptr && frame->expects_key();

  std::optional<std::size_t> end;
  std::optional<std::string> own_value;
  if (quoted) {
    end = text_of::quoted_end(text_, next);
    const std::string_view form = text_.substr(next, end.value_or(next) - next);
    if (form.find_first_of("\n\\") != std::string_view::npos) own_value = read_quoted_scalar(form);
  } else if (block) {
    BlockScalar scalar = read_block_scalar(text_, next, frame == nullptr ? 0 : frame->column);
    end = scalar.end;
    own_value = std::move(scalar.value);
  }
  const std::string& value = own_value ? *own_value : parsed;
  if (!quoted && !block && !value.empty()) end = text_of::plain_end(text_, next, value);
  if (parsed.empty() && properties && (!end || (!key && quoted && is_key_of_the_next_entry(*end)))) {
    make_empty(anchor, true);
    return;
  }
  if (!end) fail(next, next + 1, quoted ? "the quote that opens here is never closed" : "this cannot be read as YAML");

  check_indentation(next, false);
  if (first == '"') {
    if (const auto escape = text_of::unknown_escape(text_.substr(next, *end - next))) {
      fail(next + *escape, next + *escape + 2, "this escape does not exist",
           "write `\\\\` for a backslash, or use single quotes");
    }
  }

  const bool is_text = quoted || block;
  Node& node = make(is_text ? NodeKind::String : scalar_kind(value), next, *end, anchor);
  node.quoted = is_text;
  std::string_view written = text_.substr(next, *end - next);
  if (quoted) written = written.substr(1, written.size() - 2);
  node.text = written == value ? written : std::string_view(tree_.texts.emplace_back(value));
  if (key && !is_text && value == "<<") {
    findings_.push_back(
        {codes::yaml_feature, next, *end, "merge keys are not supported", "write the keys out, or use `extends`"});
  }
  at_ = *end;
  add(node, next, *end);
}

void TreeBuilder::alias(std::size_t place, YamlAnchor anchor) {
  arrive(place);
  const std::size_t begin = at_;
  const std::size_t end = text_of::name_end(text_, begin);
  if (++aliases_ > max_aliases) {
    throw Stop{too_many_aliases(begin, end)};
  }
  check_indentation(begin, false);
  const Node* node = anchor < anchors_.size() ? anchors_[anchor] : nullptr;
  if (node == nullptr) fail(begin, end, "no anchor of this name stands before it");
  at_ = end;
  count_values(anchored_values_[anchor], begin, end);
  const bool open = std::any_of(frames_.begin(), frames_.end(), [&](const Frame& one) { return one.node == node; });
  if (open) {
    reused_in_themselves_.push_back(node);
    // The tree must not have a circle in it.
    node = &make(NodeKind::Null, begin, end, no_anchor);
  }
  // An alias has no place outside collections: nothing could be anchored before it.
  const Frame& frame = frames_.back();
  tree_.aliases.push_back({frame.node, frame.count, frame.expects_key(), span(begin, end)});
  add(*node, begin, end);
}

void TreeBuilder::anchor(std::size_t begin, const std::string& name) {
  // The mark is that of the first property, which may be a tag.
  if (letter(begin) == '!') begin = text_of::skip_separation(text_, text_of::name_end(text_, begin));
  const Span where = span(begin, std::min(begin + name.size() + 1, text_.size()));
  last_anchor_ = where;
  const auto [first, is_new] = anchor_names_.emplace(name, where);
  if (is_new) return;
  throw Stop{{codes::not_yaml,
              where.begin,
              where.end,
              "anchor `" + name + "` is defined twice",
              "give each anchor a name of its own",
              {{first->second, "first defined here"}}}};
}

void TreeBuilder::sequence_start(std::size_t place, bool properties, YamlAnchor anchor, Style style) {
  const bool flow = style == Style::Flow;
  start_collection(place, properties, anchor, flow ? Frame::Form::FlowSequence : Frame::Form::BlockSequence);
}

void TreeBuilder::mapping_start(std::size_t place, bool properties, YamlAnchor anchor, Style style) {
  const bool flow = style == Style::Flow;
  start_collection(place, properties, anchor, flow ? Frame::Form::FlowMapping : Frame::Form::BlockMapping);
}

void TreeBuilder::start_collection(std::size_t mark, bool properties, YamlAnchor anchor, Frame::Form form) {
  arrive(mark);
  if (properties) {
    skip_properties();
    at_ = text_of::skip_separation(text_, at_);
  }
  // `[a: b]` is a list of one mapping without braces.
  if (form == Frame::Form::FlowMapping && letter(at_) != '{') form = Frame::Form::Pair;
  const bool flow = form == Frame::Form::FlowSequence || form == Frame::Form::FlowMapping;
  const bool sequence = form == Frame::Form::FlowSequence || form == Frame::Form::BlockSequence;
  if (frames_.size() >= max_depth) {
    std::size_t first = at_;
    while (letter(first) == '&' || letter(first) == '!') {
      first = text_of::skip_separation(text_, text_of::name_end(text_, first));
    }
    throw Stop{too_deep(first)};
  }
  if (top() != nullptr && top()->expects_key()) throw Stop{collection_as_key()};
  Frame frame;
  frame.form = form;
  frame.anchor = anchor;
  frame.values_before = tree_.values;
  frame.node = &make(sequence ? NodeKind::Sequence : NodeKind::Mapping, at_, at_, anchor);
  frame.node->flow = flow || form == Frame::Form::Pair;
  check_indentation(at_, form == Frame::Form::BlockSequence);
  if (!frame.is_flow()) frame.column = column(at_);
  frame.aliases_before = aliases_;
  frame.first_child = sequence ? items_.size() : entries_.size();
  frames_.push_back(frame);
  if (flow) ++at_;
}

/// `{{ x }}` is a template in other languages.
Finding TreeBuilder::collection_as_key() const {
  Finding finding{codes::not_yaml, at_, at_ + 1, "a key must be plain text, not a list or a mapping"};
  const std::size_t end = text_.substr(0, text_of::line_end(text_, at_)).find("}}", at_);
  if (at_ == 0 || text_.substr(at_ - 1, 2) != "{{" || end == std::string_view::npos) return finding;
  finding.begin = at_ - 1;
  finding.end = end + 2;
  const std::string quoted = text_of::in_quotes(text_.substr(finding.begin, finding.end - finding.begin));
  finding.help = "put it in quotes if it is text: " + text_of::quoted_words(quoted);
  finding.fixes.push_back({"put it in quotes", Applicability::Maybe, {{span(finding.begin, finding.end), quoted}}});
  return finding;
}

void TreeBuilder::collection_end() {
  const Frame frame = frames_.back();
  std::size_t end = last_end_;
  if (frame.form == Frame::Form::FlowSequence || frame.form == Frame::Form::FlowMapping) {
    at_ = text_of::skip_separation(text_, at_);
    if (letter(at_) == ',' && frame.count > 0) at_ = text_of::skip_separation(text_, at_ + 1);
    const char bracket = frame.is_sequence() ? ']' : '}';
    if (letter(at_) != bracket) fail(at_, at_ + 1, std::string("expected `") + bracket + "`");
    end = ++at_;
  }
  Node& node = *frame.node;
  node.where.end = static_cast<std::uint32_t>(std::max<std::size_t>(end, node.where.begin));
  const auto first = static_cast<std::ptrdiff_t>(frame.first_child);
  if (frame.is_sequence()) {
    node.items.assign(items_.begin() + first, items_.end());
    items_.resize(frame.first_child);
  } else {
    node.entries.assign(entries_.begin() + first, entries_.end());
    entries_.resize(frame.first_child);
    find_duplicates(node);
  }
  frames_.pop_back();
  if (frame.anchor != no_anchor) anchored_values_[frame.anchor] = tree_.values - frame.values_before;
  add(node, node.where.begin, end);
}

void TreeBuilder::find_duplicates(const Node& mapping) {
  const auto report_second = [&](const Node& first, const Node& second) {
    findings_.push_back({codes::duplicate_key,
                         second.where.begin,
                         second.where.end,
                         "key `" + std::string(second.text) + "` is written twice in one mapping",
                         "remove one of the two",
                         {{first.where, "first written here"}}});
  };
  constexpr std::size_t few = 16;
  if (mapping.entries.size() <= few) {
    for (std::size_t second = 1; second < mapping.entries.size(); ++second) {
      for (std::size_t first = 0; first < second; ++first) {
        if (mapping.entries[first].key->text != mapping.entries[second].key->text) continue;
        report_second(*mapping.entries[first].key, *mapping.entries[second].key);
        break;
      }
    }
    return;
  }
  std::unordered_map<std::string_view, const Node*> seen;
  seen.reserve(mapping.entries.size());
  for (const Entry& entry : mapping.entries) {
    const auto [first, is_new] = seen.emplace(entry.key->text, entry.key);
    if (!is_new) report_second(*first->second, *entry.key);
  }
}

void TreeBuilder::finish() {
  bool ended = false;
  at_ = text_of::skip_separation(text_, at_);
  while (text_.substr(at_).starts_with("...") && text_of::is_separation_at(text_, at_ + 3)) {
    const std::size_t line_end = std::min(text_.find('\n', at_), text_.size());
    at_ = text_of::skip_separation(text_, at_ + 3);
    if (at_ < line_end) fail(at_, line_end, "nothing may follow `...` on its line");
    ended = true;
  }
  if (ended) {
    while (letter(at_) == '%') at_ = text_of::skip_separation(text_, std::min(text_.find('\n', at_), text_.size()));
  }
  if (at_ >= text_.size()) return;
  const bool marker = text_.substr(at_).starts_with("---") && text_of::is_separation_at(text_, at_ + 3);
  if (marker || ended) {
    throw Stop{{codes::second_document, at_, at_ + (marker ? 3 : 1), "a second document begins here",
                "keep one document per file; `imports` brings in others"}};
  }
  if (letter(at_) == '#') fail(at_, at_ + 1, "a comment needs a blank in front of its `#`");
  throw Stop{behind_document()};
}

/// A line that is indented less than the first one, or something behind a top level in brackets.
Finding TreeBuilder::behind_document() const {
  Finding finding{codes::not_yaml, at_, at_ + 1, "this is not part of the document above it",
                  "check the indentation of this line"};
  const Node* root = tree_.root;
  if (root == nullptr || root->flow || root->is_scalar()) return finding;
  const std::string column = std::to_string(text_of::column(text_, root->where.begin) + 1);
  finding.help = "begin it at column " + column + ", or the lines above it at column 1";
  finding.others.push_back(
      {root->is_mapping() ? root->entries.front().key->where : span(root->where.begin, root->where.begin + 1),
       "the first line begins at column " + column});
  return finding;
}

std::vector<Finding> TreeBuilder::findings() {
  for (const Node* node : reused_in_themselves_) {
    findings_.push_back({codes::yaml_feature, node->where.begin, node->where.end, "this value holds an alias of itself",
                         "write the inner value out"});
  }
  reused_in_themselves_.clear();
  return std::move(findings_);
}

}  // namespace dynamo
