#pragma once
// The parser's events -> SyntaxTree. The parser knows only where a value begins, and lets some things pass that YAML
// forbids; this walks along the text behind it.

#include "graph_loader/yaml/finding.h"
#include "graph_loader/yaml/halt.h"
#include "graph_loader/yaml/parser.h"
#include "graph_loader/yaml/syntax_tree.h"
#include "graph_loader/yaml/yaml_text.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dynamo {

/// Thrown by a TreeBuilder: the finding that ends the reading of a file.
struct Stop {
  Finding finding;
};

/// Makes nodes from the parser's events, and walks along the text with them: each event moves `at_` over what
/// was written for it. So every span ends where the text ends, and nothing between two values goes unseen.
class TreeBuilder final : public YamlEvents {
 public:
  /// Reads bytes [begin, end) of the file.
  TreeBuilder(const SourceFile& file, std::size_t begin, std::size_t end, SyntaxTree& tree)
      : file_(file), text_(file.text().substr(0, end)), begin_(begin), at_(begin), tree_(tree) {}

  void null(std::size_t at, YamlAnchor anchor) override;
  void scalar(std::size_t at, YamlAnchor anchor, const std::string& value) override;
  void alias(std::size_t at, YamlAnchor anchor) override;
  void anchor(std::size_t at, const std::string& name) override;
  void sequence_start(std::size_t at, bool properties, YamlAnchor anchor, Style style) override;
  void mapping_start(std::size_t at, bool properties, YamlAnchor anchor, Style style) override;
  void collection_end() override;

  /// Checks that only separation follows the document.
  void finish();
  /// The limit that is broken before `until`, in what the parser has read without telling about it yet.
  [[nodiscard]] std::optional<Finding> broken_limit(std::size_t until);
  /// The finding itself, or what the parser was led astray by: it reads a bracket to its end before it tells about
  /// its beginning, and guesses if there is no end.
  [[nodiscard]] Finding cause_of(Finding finding) const;
  [[nodiscard]] Finding cause_of(const Complaint& complaint) const;
  [[nodiscard]] std::vector<Finding> findings();
  [[nodiscard]] bool uses_anchors() const { return !anchor_names_.empty(); }

 private:
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
    YamlAnchor anchor = no_anchor;
    std::size_t values_before = 0;

    [[nodiscard]] bool is_sequence() const { return form == Form::BlockSequence || form == Form::FlowSequence; }
    [[nodiscard]] bool is_flow() const { return form != Form::BlockSequence && form != Form::BlockMapping; }
    [[nodiscard]] bool expects_key() const { return !is_sequence() && key == nullptr; }
    [[nodiscard]] bool expects_value() const { return !is_sequence() && key != nullptr; }
  };

  [[noreturn]] void fail(std::size_t begin, std::size_t end, std::string message, std::string help = {}) const {
    throw Stop{{codes::not_yaml, begin, end, std::move(message), std::move(help)}};
  }
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
  void start_collection(std::size_t mark, bool properties, YamlAnchor anchor, Frame::Form form);
  void find_duplicates(const Node& mapping);
  [[nodiscard]] yaml_text::Lookahead lookahead() const;
  [[nodiscard]] Halt halt(Complaint::About about, std::size_t place) const;
  [[nodiscard]] std::optional<Halt::Level> level() const;
  [[nodiscard]] std::optional<Finding> limit_before(std::size_t until) const;
  [[nodiscard]] std::optional<Finding> open_end() const;
  [[nodiscard]] Finding behind_document() const;
  [[nodiscard]] Finding collection_as_key() const;
  [[nodiscard]] std::optional<Finding> endless_key(std::size_t until) const;
  Node& make(NodeKind kind, std::size_t begin, std::size_t end, YamlAnchor anchor);
  void make_empty(YamlAnchor anchor, bool properties);
  void add(const Node& node, std::size_t begin, std::size_t end);
  void remember(YamlAnchor anchor, const Node& node);
  void count_values(std::size_t count, std::size_t begin, std::size_t end);

  const SourceFile& file_;
  std::string_view text_;
  std::size_t begin_;  ///< where the parser began to read
  std::size_t at_;     ///< everything before it is understood
  std::size_t last_begin_ = 0;
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
  yaml_text::Lookahead ahead_;
  std::size_t next_look_ = 0;
};

}  // namespace dynamo
