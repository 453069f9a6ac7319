#include "graph_loader/yaml_syntax.h"

#include "graph_loader/yaml_text.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <utility>

namespace dynamo {
namespace {

namespace text_of = yaml_text;

constexpr std::size_t max_bytes = 32UL << 20U;
constexpr std::size_t max_aliases = 1000;
constexpr std::size_t max_depth = 64;

constexpr std::string_view no_colon = "expected `:` behind this key";
constexpr std::string_view unknown_escape = "this escape does not exist";
constexpr std::string_view how_to_escape = "write `\\\\` for a backslash, or use single quotes";

/// What is wrong at a place, not yet reported.
struct Finding {
  Code code;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string message;
  std::string help;
  Span other;  ///< with `other_text`: the other half
  std::string other_text;
};

/// Leaves the parser at the finding that ends the reading of a file.
struct Stop {
  Finding finding;
};

Finding too_deep(std::size_t begin) {
  return {codes::too_large, begin, begin + 1, "collections are nested more than 64 deep", {}, {}, {}};
}

Finding too_many(std::size_t begin, std::size_t end) {
  return {codes::too_large, begin, end, "more than 1000 aliases in one file", {}, {}, {}};
}

Finding too_many_values(std::size_t begin, std::size_t end) {
  return {codes::too_large,
          begin,
          end,
          "more than 1000000 values in one file",
          "an alias counts as all that it stands for",
          {},
          {}};
}

/// The mappings and sequences that are open while the parser walks through them.
struct Frame {
  enum class Form { BlockSequence, FlowSequence, BlockMapping, FlowMapping, Pair };
  Form form = Form::BlockMapping;
  Node* node = nullptr;
  const Node* key = nullptr;  ///< of a mapping: its value comes next
  std::size_t key_begin = 0;
  bool question_mark = false;     ///< in front of the key
  std::size_t count = 0;          ///< finished children, of a mapping: finished entries
  std::size_t first_child = 0;    ///< in TreeBuilder::entries_ or items_
  std::size_t dash = 0;           ///< of a block sequence: the last dash
  std::size_t indicator_end = 0;  ///< behind the last colon or dash
  std::size_t column = 0;         ///< of a block collection, from 0
  std::size_t aliases_before = 0;
  YAML::anchor_t anchor = YAML::NullAnchor;
  std::size_t values_before = 0;

  [[nodiscard]] bool is_sequence() const { return form == Form::BlockSequence || form == Form::FlowSequence; }
  [[nodiscard]] bool is_flow() const { return form != Form::BlockSequence && form != Form::BlockMapping; }
  [[nodiscard]] bool expects_key() const { return !is_sequence() && key == nullptr; }
  [[nodiscard]] bool expects_value() const { return !is_sequence() && key != nullptr; }
};

/// Makes nodes from the parser's events, and walks along the text with them: each event moves `at_` over what
/// was written for it. So every span ends where the text ends, and nothing between two values goes unseen.
class TreeBuilder final : public YAML::EventHandler {
 public:
  /// Reads bytes [begin, end) of the file.
  TreeBuilder(const SourceFile& file, std::size_t begin, std::size_t end, SyntaxTree& tree)
      : file_(file), text_(file.text().substr(0, end)), begin_(begin), at_(begin), tree_(tree) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { end_collection(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { end_collection(); }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;

  /// Checks that only separation follows the document.
  void finish();
  /// The limit that is broken before `until`, in what the parser has read without telling about it yet.
  [[nodiscard]] std::optional<Finding> broken_limit(std::size_t until);
  /// The finding itself, or what the parser was led astray by: it reads a bracket to its end before it tells about
  /// its beginning, and guesses if there is no end.
  [[nodiscard]] Finding cause_of(Finding finding) const;
  /// A sentence of ours for what the parser complains about.
  [[nodiscard]] Finding explain(const YAML::Exception& error);
  [[nodiscard]] std::vector<Finding> findings();
  [[nodiscard]] bool uses_anchors() const { return !anchor_names_.empty(); }

 private:
  [[noreturn]] void fail(std::size_t begin, std::size_t end, std::string message, std::string help = {}) const {
    throw Stop{{codes::not_yaml, begin, end, std::move(message), std::move(help), {}, {}}};
  }
  [[nodiscard]] std::size_t offset(const YAML::Mark& mark) const { return begin_ + static_cast<std::size_t>(mark.pos); }
  [[nodiscard]] Span span(std::size_t begin, std::size_t end) const {
    return {&file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
  [[nodiscard]] char letter(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }
  [[nodiscard]] Frame* top() { return frames_.empty() ? nullptr : &frames_.back(); }

  void enter_place();
  void arrive(std::size_t mark);
  [[nodiscard]] std::size_t skip_question_mark(std::size_t at, std::size_t mark);
  void skip_properties();
  void check_indentation(std::size_t content, bool block_sequence) const;
  [[nodiscard]] std::size_t column(std::size_t at) const;
  [[nodiscard]] bool is_key_of_the_next_entry(std::size_t end) const;
  void open_document();
  void start_collection(std::size_t mark, bool properties, YAML::anchor_t anchor, Frame::Form form);
  void end_collection();
  void find_duplicates(const Node& mapping);
  [[nodiscard]] text_of::Lookahead lookahead() const;
  [[nodiscard]] std::optional<std::size_t> key_without_colon(bool surprising_colon, bool surprising_key,
                                                             std::size_t place) const;
  [[nodiscard]] std::optional<Finding> endless_key(std::size_t until) const;
  Node& make(NodeKind kind, std::size_t begin, std::size_t end, YAML::anchor_t anchor);
  void make_empty(YAML::anchor_t anchor, bool properties);
  void add(const Node& node, std::size_t begin, std::size_t end);
  void remember(YAML::anchor_t anchor, const Node& node);
  void count_values(std::size_t count, std::size_t begin, std::size_t end);

  const SourceFile& file_;
  std::string_view text_;
  std::size_t begin_;         ///< where the parser began to read
  std::size_t at_;            ///< everything before it is understood
  std::size_t last_end_ = 0;  ///< behind the last value
  SyntaxTree& tree_;
  std::vector<Frame> frames_;
  std::vector<Entry> entries_;                ///< of the open mappings
  std::vector<const Node*> items_;            ///< of the open sequences
  std::vector<const Node*> anchors_;          ///< by the parser's number, from 1
  std::vector<std::size_t> anchored_values_;  ///< how many values each of them is
  std::unordered_map<std::string, Span> anchor_names_;
  Span last_anchor_;  ///< the value that it belongs to comes next
  std::vector<const Node*> reused_in_themselves_;
  std::vector<Finding> findings_;
  std::size_t aliases_ = 0;
  bool anchored_text_ = false;  ///< the last scalar had an anchor or a tag
  text_of::Lookahead ahead_;
  std::size_t next_look_ = 0;
};

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
    fail(frame->key_begin, last_end_, std::string(no_colon));
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
  fail(content, content + 1,
       frame->is_sequence() ? "this must be indented more than the `-` above it"
                            : "this must be indented more than the key above it");
}

std::size_t TreeBuilder::column(std::size_t at) const {
  const std::size_t line_end = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
  return at - (line_end == std::string_view::npos ? begin_ : line_end + 1);
}

/// Anchors and tags in front of a value. Tags are not part of the language.
void TreeBuilder::skip_properties() {
  while (letter(at_) == '&' || letter(at_) == '!') {
    const std::size_t end = text_of::name_end(text_, at_);
    if (letter(at_) == '!') {
      findings_.push_back({codes::yaml_feature, at_, end, "tags are not supported", "remove the tag", {}, {}});
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

Node& TreeBuilder::make(NodeKind kind, std::size_t begin, std::size_t end, YAML::anchor_t anchor) {
  count_values(1, begin, begin + 1);
  Node& node = tree_.nodes.emplace_back();
  node.kind = kind;
  node.where = span(begin, end);
  remember(anchor, node);
  return node;
}

void TreeBuilder::remember(YAML::anchor_t anchor, const Node& node) {
  if (anchor == YAML::NullAnchor) return;
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
void TreeBuilder::make_empty(YAML::anchor_t anchor, bool properties) {
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

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const std::size_t place = offset(mark);
  enter_place();
  std::size_t next = skip_question_mark(at_, place);
  const Frame* frame = top();
  if (anchor != YAML::NullAnchor) {
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
  make_empty(anchor, anchor != YAML::NullAnchor);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                           const std::string& value) {
  arrive(offset(mark));
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
  if (quoted) end = text_of::quoted_end(text_, next);
  if (block) end = text_of::block_end(text_, next, value);
  if (!quoted && !block && !value.empty()) end = text_of::plain_end(text_, next, value);
  if (value.empty() && properties && (!end || (!key && quoted && is_key_of_the_next_entry(*end)))) {
    make_empty(anchor, true);
    return;
  }
  if (!end) fail(next, next + 1, quoted ? "the quote that opens here is never closed" : "this cannot be read as YAML");

  check_indentation(next, false);
  if (first == '"') {
    if (const auto escape = text_of::unknown_escape(text_.substr(next, *end - next))) {
      fail(next + *escape, next + *escape + 2, std::string(unknown_escape), std::string(how_to_escape));
    }
  }

  const bool is_text = quoted || block;
  Node& node = make(is_text ? NodeKind::String : scalar_kind(value), next, *end, anchor);
  node.quoted = is_text;
  std::string_view written = text_.substr(next, *end - next);
  if (quoted) written = written.substr(1, written.size() - 2);
  node.text = written == value ? written : std::string_view(tree_.texts.emplace_back(value));
  if (key && !is_text && value == "<<") {
    findings_.push_back({codes::yaml_feature,
                         next,
                         *end,
                         "merge keys are not supported",
                         "write the keys out, or use `extends`",
                         {},
                         {}});
  }
  at_ = *end;
  add(node, next, *end);
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  arrive(offset(mark));
  const std::size_t begin = at_;
  const std::size_t end = text_of::name_end(text_, begin);
  if (++aliases_ > max_aliases) {
    throw Stop{too_many(begin, end)};
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
    node = &make(NodeKind::Null, begin, end, YAML::NullAnchor);
  }
  // An alias has no place outside collections: nothing could be anchored before it.
  const Frame& frame = frames_.back();
  tree_.aliases.push_back({frame.node, frame.count, frame.expects_key(), span(begin, end)});
  add(*node, begin, end);
}

void TreeBuilder::OnAnchor(const YAML::Mark& mark, const std::string& name) {
  // The mark is that of the first property, which may be a tag.
  std::size_t begin = offset(mark);
  if (letter(begin) == '!') begin = text_of::skip_separation(text_, text_of::name_end(text_, begin));
  const Span where = span(begin, std::min(begin + name.size() + 1, text_.size()));
  last_anchor_ = where;
  const auto [first, is_new] = anchor_names_.emplace(name, where);
  if (is_new) return;
  throw Stop{{codes::not_yaml, where.begin, where.end, "anchor `" + name + "` is defined twice",
              "give each anchor a name of its own", first->second, "first defined here"}};
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value style) {
  const bool properties = anchor != YAML::NullAnchor || (!tag.empty() && tag != "?");
  const bool flow = style == YAML::EmitterStyle::Flow;
  start_collection(offset(mark), properties, anchor, flow ? Frame::Form::FlowSequence : Frame::Form::BlockSequence);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
  const bool properties = anchor != YAML::NullAnchor || (!tag.empty() && tag != "?");
  const bool flow = style == YAML::EmitterStyle::Flow;
  start_collection(offset(mark), properties, anchor, flow ? Frame::Form::FlowMapping : Frame::Form::BlockMapping);
}

void TreeBuilder::start_collection(std::size_t mark, bool properties, YAML::anchor_t anchor, Frame::Form form) {
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
  if (top() != nullptr && top()->expects_key()) {
    fail(at_, at_ + 1, "a key must be plain text, not a list or a mapping");
  }
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

void TreeBuilder::end_collection() {
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
  if (frame.anchor != YAML::NullAnchor) anchored_values_[frame.anchor] = tree_.values - frame.values_before;
  add(node, node.where.begin, end);
}

void TreeBuilder::find_duplicates(const Node& mapping) {
  const auto report_second = [&](const Node& first, const Node& second) {
    findings_.push_back({codes::duplicate_key, second.where.begin, second.where.end,
                         "key `" + std::string(second.text) + "` is written twice in one mapping",
                         "remove one of the two", first.where, "first written here"});
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
    throw Stop{{codes::second_document,
                at_,
                at_ + (marker ? 3 : 1),
                "a second document begins here",
                "keep one document per file; `imports` brings in others",
                {},
                {}}};
  }
  if (letter(at_) == '#') fail(at_, at_ + 1, "a comment needs a blank in front of its `#`");
  fail(at_, at_ + 1, "this is not part of the document above it", "check the indentation of this line");
}

text_of::Lookahead TreeBuilder::lookahead() const {
  text_of::Lookahead state;
  state.at = at_;
  state.outside = frames_.size();
  state.aliases = aliases_;
  state.values = tree_.values;
  const auto first = std::find_if(frames_.begin(), frames_.end(), [](const Frame& one) { return one.is_flow(); });
  if (first != frames_.end()) {
    state.at = first->node->where.begin;
    state.outside = static_cast<std::size_t>(first - frames_.begin());
    state.aliases = first->aliases_before;
    state.values = first->values_before;
  }
  state.depth = state.outside;
  state.max_depth = max_depth;
  state.max_aliases = max_aliases;
  state.max_values = max_values;
  return state;
}

std::optional<Finding> TreeBuilder::broken_limit(std::size_t until) {
  // Started afresh only where the reading has moved on: a long bracket is read once.
  if (ahead_.at < at_ || ahead_.max_depth == 0) ahead_ = lookahead();
  text_of::look_ahead(text_, ahead_, until);
  if (ahead_.too_deep) return too_deep(*ahead_.too_deep);
  if (ahead_.too_many) return too_many(*ahead_.too_many, text_of::name_end(text_, *ahead_.too_many));
  if (ahead_.too_full) return too_many_values(*ahead_.too_full, *ahead_.too_full + 1);
  constexpr std::size_t patience = 1UL << 20U;
  if (until <= at_ + patience || until < next_look_) return std::nullopt;
  next_look_ = until + (until - at_);  // a long scalar is looked at a few times, not for every piece
  return endless_key(until);
}

/// A limit of the parser: behind a key without a colon it reads to the end of the file before it tells. Two lines that
/// should each have brought an event, and did not, show it.
std::optional<Finding> TreeBuilder::endless_key(std::size_t until) const {
  const Frame* frame = frames_.empty() ? nullptr : &frames_.back();
  if (frame == nullptr || frame->is_flow()) return std::nullopt;
  std::optional<std::size_t> key;
  for (std::size_t end = text_.find('\n', at_); end < until; end = text_.find('\n', end)) {
    const std::size_t line = end + 1;
    end = std::min(text_.find_first_not_of(' ', line), text_.size());
    if (end >= text_.size()) break;
    const bool content = text_[end] != '#' && !text_of::is_line_end(text_[end]);
    if (!content || end - line > frame->column) continue;
    if (key) {
      const std::size_t line_end = std::min(text_.find('\n', *key), text_.size());
      return Finding{
          codes::not_yaml, *key, text_.find_last_not_of(" \t\r", line_end - 1) + 1, std::string(no_colon), {}, {}, {}};
    }
    key = end;
  }
  return std::nullopt;
}

Finding TreeBuilder::cause_of(Finding finding) const {
  if (finding.code != codes::not_yaml) return finding;
  text_of::Lookahead to_the_end = lookahead();
  to_the_end.max_depth = to_the_end.max_aliases = to_the_end.max_values = text_.size() + max_values;
  text_of::look_ahead(text_, to_the_end, text_.size());
  const bool endless = to_the_end.never_ends.has_value();
  text_of::Lookahead limits = lookahead();
  text_of::look_ahead(text_, limits, endless ? text_.size() : finding.begin);
  if (limits.too_deep) return too_deep(*limits.too_deep);
  if (limits.too_many) return too_many(*limits.too_many, text_of::name_end(text_, *limits.too_many));
  if (limits.too_full) return too_many_values(*limits.too_full, *limits.too_full + 1);
  if (!endless) return finding;
  const std::size_t begin = *to_the_end.never_ends;
  const bool bracket = letter(begin) == '[' || letter(begin) == '{';
  finding.begin = begin;
  finding.end = begin + 1;
  finding.message = std::string("the ") + (bracket ? "bracket" : "quote") + " that opens here is never closed";
  finding.help.clear();
  return finding;
}

/// The commonest slip of all. Such a key swallows the next line, so that the next colon comes as a surprise to the
/// parser; with nothing to swallow, the key itself does.
std::optional<std::size_t> TreeBuilder::key_without_colon(bool surprising_colon, bool surprising_key,
                                                          std::size_t place) const {
  const Frame* frame = frames_.empty() ? nullptr : &frames_.back();
  if (frame != nullptr && frame->is_flow()) return std::nullopt;
  if (surprising_key && frame != nullptr && frame->count > 0) {
    const bool word =
        place < text_.size() && std::string_view("-,[]{}&*!|>'\"%@`").find(text_[place]) == std::string_view::npos;
    if (word && column(place) == frame->column) return place;
  }
  if (!surprising_colon) return std::nullopt;
  std::size_t key = text_of::skip_separation(text_, at_);
  const bool indicator = frame != nullptr && !frame->expects_key() && (letter(key) == ':' || letter(key) == '-');
  if (indicator) key = text_of::skip_separation(text_, key + 1);
  if (key < place && text_.find('\n', key) < place) return key;
  return std::nullopt;
}

Finding TreeBuilder::explain(const YAML::Exception& error) {
  struct Sentence {
    std::string_view theirs;
    std::string_view ours;
    std::string_view help;
  };
  namespace they = YAML::ErrorMsg;
  static const std::array sentences = std::to_array<Sentence>({
      {they::END_OF_MAP, "expected the next key of this mapping, or its end", "check the indentation of this line"},
      {they::END_OF_MAP_FLOW, "expected `,` or `}`", ""},
      {they::END_OF_SEQ, "expected the next item of this list, or its end", "check the indentation of this line"},
      {they::END_OF_SEQ_FLOW, "expected `,` or `]`", ""},
      {they::MAP_VALUE, "a `:` cannot stand here", "put text that holds `: ` in quotes"},
      {they::MAP_KEY, "a key cannot stand here", "check the indentation of this line"},
      {they::BLOCK_ENTRY, "a list item cannot begin here", "begin the list on a line of its own, or write `[a, b]`"},
      {they::FLOW_END, "this bracket closes nothing", ""},
      {they::EOF_IN_SCALAR, "the text ends inside quotes", "close the quotes"},
      {they::DOC_IN_SCALAR, "a document marker cannot stand inside quotes", "close the quotes"},
      {they::UNKNOWN_TOKEN, "a value cannot begin with this character", "put the text in quotes"},
      {they::TAB_IN_INDENTATION, "a tab cannot indent", "indent with spaces"},
      {they::UNKNOWN_ANCHOR, "no anchor of this name stands before it", ""},
      {they::MULTIPLE_ANCHORS, "a value can have one anchor only", ""},
      {they::MULTIPLE_TAGS, "a value can have one tag only", ""},
      {they::ALIAS_CONTENT, "an alias cannot have an anchor or a tag", ""},
      {they::ALIAS_NOT_FOUND, "expected a name after `*`", "put the text in quotes if it is not an alias"},
      {they::ANCHOR_NOT_FOUND, "expected a name after `&`", "put the text in quotes if it is not an anchor"},
      {they::CHAR_IN_ALIAS, "this character cannot be part of an alias", ""},
      {they::CHAR_IN_ANCHOR, "this character cannot be part of an anchor", ""},
      {they::INVALID_HEX, "expected a hexadecimal digit", ""},
      {they::INVALID_UNICODE, "this escape does not stand for a character", ""},
      {they::INVALID_ESCAPE, unknown_escape, how_to_escape},
      {they::ZERO_INDENT_IN_BLOCK, "the indentation of a block of text is at least 1", ""},
      {they::CHAR_IN_BLOCK, "expected the end of the line after `|` or `>`", ""},
      {they::YAML_DIRECTIVE_ARGS, "`%YAML` takes one version", ""},
      {they::YAML_VERSION, "`%YAML` takes a version such as 1.2", ""},
      {they::YAML_MAJOR_VERSION, "only YAML 1 is supported", ""},
      {they::REPEATED_YAML_DIRECTIVE, "`%YAML` is written twice", ""},
      {they::TAG_DIRECTIVE_ARGS, "`%TAG` takes a handle and a prefix", ""},
      {they::REPEATED_TAG_DIRECTIVE, "`%TAG` is written twice for one handle", ""},
  });
  const std::size_t place = error.mark.is_null() ? at_ : std::min(offset(error.mark), text_.size());
  Finding finding{codes::not_yaml, place, std::min(place + 1, text_.size()), "this cannot be read as YAML", {}, {}, {}};
  for (const Sentence& sentence : sentences) {
    if (!std::string_view(error.msg).starts_with(sentence.theirs)) continue;
    // Some sentences of the parser begin with a shorter one: the longest says most.
    finding.message = sentence.ours;
    finding.help = sentence.help;
    if (error.msg == sentence.theirs) break;
  }
  if (const auto key = key_without_colon(error.msg == they::MAP_VALUE, error.msg == they::END_OF_MAP, place)) {
    const std::size_t line_end = std::min(text_.find('\n', *key), text_.size());
    const std::size_t comment = std::min(text_.substr(0, line_end).find(" #", *key), line_end);
    finding.begin = *key;
    finding.end = text_.find_last_not_of(" \t\r", comment - 1) + 1;
    finding.message = no_colon;
    finding.help.clear();
  }
  if (error.msg == they::END_OF_SEQ && anchored_text_ && letter(place) != '-') {
    // A limit of the parser.
    finding.message = "text behind an anchor must stand on one line in a list";
    finding.help = "put the anchor on a line of its own, above the text";
  }
  const bool in_escape = error.msg.starts_with(they::INVALID_ESCAPE) || error.msg.starts_with(they::INVALID_HEX) ||
                         error.msg.starts_with(they::INVALID_UNICODE);
  if (in_escape && place > 0) {
    finding.begin = std::min(text_.rfind('\\', place - 1), place);
    finding.end = place;
  }
  return finding;
}

std::vector<Finding> TreeBuilder::findings() {
  for (const Node* node : reused_in_themselves_) {
    findings_.push_back({codes::yaml_feature,
                         node->where.begin,
                         node->where.end,
                         "this value holds an alias of itself",
                         "write the inner value out",
                         {},
                         {}});
  }
  reused_in_themselves_.clear();
  return std::move(findings_);
}

/// Gives the text to the parser piece by piece, so that one that only goes deeper and deeper is found out before it
/// fills the memory: the parser reads a bracket to its end before it tells about its beginning.
class Pieces final : public std::streambuf {
 public:
  Pieces(std::string_view text, std::size_t begin, TreeBuilder& builder)
      : text_(text), given_(begin), builder_(builder) {}
  /// Set: the rest was kept back.
  std::optional<Finding> broken_limit;

 protected:
  int_type underflow() override {
    constexpr std::size_t piece = 64UL << 10U;
    if (given_ >= text_.size() || broken_limit) return traits_type::eof();
    const std::size_t end = std::min(given_ + piece, text_.size());
    broken_limit = builder_.broken_limit(end);
    if (broken_limit) return traits_type::eof();
    // The interface wants a pointer to mutable letters, but nobody writes: there is no pbackfail().
    char* first = const_cast<char*>(text_.data() + given_);
    setg(first, first, first + (end - given_));
    given_ = end;
    return traits_type::to_int_type(*first);
  }

 private:
  std::string_view text_;
  std::size_t given_;
  TreeBuilder& builder_;
};

/// The finding that ended the reading, if one did.
std::optional<Finding> read(std::string_view text, std::size_t begin, TreeBuilder& builder) {
  Pieces pieces(text, begin, builder);
  std::istream stream(&pieces);
  std::optional<Finding> finding;
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    if (!pieces.broken_limit) builder.finish();
  } catch (const Stop& stop) {
    finding = builder.cause_of(stop.finding);
  } catch (const YAML::Exception& error) {
    finding = builder.cause_of(builder.explain(error));
  }
  // A text that was cut short makes the parser complain about its end.
  return pieces.broken_limit ? pieces.broken_limit : finding;
}

void report(DiagnosticSink& sink, const SourceFile& file, Finding finding) {
  const auto size = file.text().size();
  const Span where{&file, static_cast<std::uint32_t>(std::min(finding.begin, size)),
                   static_cast<std::uint32_t>(std::min(std::max(finding.begin, finding.end), size))};
  report(sink, finding.code, where, std::move(finding.message))
      .also(finding.other, std::move(finding.other_text))
      .help(std::move(finding.help));
}

/// What is wrong with the bytes of a file; false after a report.
bool check_bytes(const SourceFile& file, DiagnosticSink& sink) {
  const std::string_view text = file.text();
  if (const auto bad = text_of::forbidden_character(text)) {
    report(sink, file, {codes::not_yaml, bad->at, bad->at + 1, bad->what, {}, {}, {}});
    return false;
  }
  if (text.size() > max_bytes) {
    const std::size_t begin = text_of::byte_order_mark(text);
    report(sink, file, {codes::too_large, begin, begin, "the file is larger than 32 MiB", {}, {}, {}});
    return false;
  }
  const std::vector<std::size_t> tabs = text_of::tabs_in_indentation(text);
  const bool only_tabs = !tabs.empty() && text_of::is_indented_by_tabs(text);
  for (const std::size_t tab : tabs) {
    const auto at = static_cast<std::uint32_t>(tab);
    auto diagnostic = report(sink, codes::tab_indentation, Span{&file, at, at + 1}, "tab in indentation");
    diagnostic.help("indent with spaces");
    // Where spaces are in use as well, nobody knows how many of them a tab is.
    if (only_tabs) {
      const auto end = static_cast<std::uint32_t>(text.find_first_not_of('\t', tab));
      diagnostic.fix({"write two spaces for each tab",
                      Applicability::Machine,
                      {{{&file, at, end}, std::string(2 * (end - at), ' ')}}});
    }
  }
  return tabs.empty();
}

bool is_empty(const SyntaxTree& tree) {
  return tree.root == nullptr || (tree.root->kind == NodeKind::Null && tree.root->text.empty());
}

/// One document, in bytes [begin, end); an empty one has no root.
std::optional<SyntaxTree> parse_document(const SourceFile& file, std::size_t begin, std::size_t end,
                                         DiagnosticSink& sink) {
  std::optional<SyntaxTree> tree(std::in_place);
  TreeBuilder builder(file, begin, end, *tree);
  if (std::optional<Finding> finding = read(file.text().substr(0, end), begin, builder)) {
    report(sink, file, std::move(*finding));
    return std::nullopt;
  }
  if (is_empty(*tree)) {
    tree->root = nullptr;
    return tree;
  }
  const Node* root = tree->root;
  if (!root->is_mapping()) {
    report(sink, file,
           {codes::not_a_mapping,
            root->where.begin,
            root->where.end,
            "the top level must be a mapping of keys to values",
            {},
            {},
            {}});
    return std::nullopt;
  }
  for (Finding& finding : builder.findings()) report(sink, file, std::move(finding));
  return tree;
}

/// Where the next document begins: a line of its own, wherever it stands, even in a block of text. The directives in
/// front of a document belong to it.
std::size_t next_document(std::string_view text, std::size_t begin) {
  constexpr std::string_view marker = "---";
  std::size_t at = text_of::skip_separation(text, begin);
  const bool directives = at < text.size() && text[at] == '%';
  bool own_marker = directives || text.substr(std::min(at, text.size())).starts_with(marker);
  for (std::size_t line = begin; line < text.size();) {
    if (text.substr(line).starts_with(marker) && text_of::is_separation_at(text, line + marker.size())) {
      if (!own_marker) return line;
      own_marker = false;
    }
    const std::size_t end = text.find('\n', line);
    if (end == std::string_view::npos) break;
    line = end + 1;
  }
  return text.size();
}

}  // namespace

std::optional<SyntaxTree> parse_yaml(const SourceFile& file, DiagnosticSink& sink) {
  if (!check_bytes(file, sink)) return std::nullopt;
  const std::size_t begin = text_of::byte_order_mark(file.text());
  auto tree = parse_document(file, begin, file.text().size(), sink);
  if (tree && tree->root == nullptr) {
    report(sink, file,
           {codes::not_a_mapping,
            begin,
            begin,
            "the file is empty",
            "a graph file begins with `apiVersion: dynamo/v1`",
            {},
            {}});
    return std::nullopt;
  }
  return tree;
}

std::optional<std::deque<SyntaxTree>> parse_yaml_documents(const SourceFile& file, DiagnosticSink& sink) {
  if (!check_bytes(file, sink)) return std::nullopt;
  std::deque<SyntaxTree> trees;
  bool good = true;
  std::size_t values = 0;
  const std::string_view text = file.text();
  for (std::size_t begin = text_of::byte_order_mark(text); begin < text.size();) {
    const std::size_t end = next_document(text, begin);
    auto tree = parse_document(file, begin, end, sink);
    good = good && tree.has_value();
    if (tree) values += tree->values;
    if (values > max_values) {
      report(sink, file, too_many_values(begin, begin));
      return std::nullopt;
    }
    if (tree && tree->root != nullptr) trees.push_back(std::move(*tree));
    begin = end;
  }
  if (!good) return std::nullopt;
  return trees;
}

std::optional<SyntaxTree> parse_yaml_value(const SourceFile& argument, std::uint32_t begin) {
  const std::string_view text = argument.text();
  if (text.size() > max_bytes || text_of::forbidden_character(text)) return std::nullopt;
  const std::string_view value = text.substr(std::min(text_of::skip_separation(text, begin), text.size()));
  const bool marker = value.starts_with("---") || value.starts_with("...");
  const bool directive_or_block =
      !value.empty() && std::string_view("%|>").find(value.front()) != std::string_view::npos;
  if ((marker && text_of::is_separation_at(value, 3)) || directive_or_block) return std::nullopt;
  std::optional<SyntaxTree> tree(std::in_place);
  TreeBuilder builder(argument, begin, text.size(), *tree);
  if (read(text, begin, builder) || !builder.findings().empty()) return std::nullopt;
  if (tree->root == nullptr) {
    Node& empty = tree->nodes.emplace_back();
    empty.where = {&argument, begin, begin};
    tree->root = &empty;
  }
  if (!tree->root->is_scalar() && !tree->root->flow) return std::nullopt;
  if (builder.uses_anchors()) return std::nullopt;
  return tree;
}

}  // namespace dynamo
