#pragma once
// A graph file as a formatter sees it: the values of the syntax tree together with what the tree leaves out
// (comments, blank lines, anchors, aliases), each at the entry or item that it belongs to. Made by layout_reader,
// put into canonical order by layout_order, written by layout_writer.
//
// The text and the syntax tree must outlive a Layout.

#include "graph_loader/spec/grammar.h"
#include "graph_loader/yaml/syntax_tree.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo::format {

/// A comment on a line of its own.
struct Comment {
  std::string_view text;  ///< from its `#` to its last letter
  bool blank_before = false;
};

/// A comment behind a value, and the lines below that go on with it: their `#` stands in the same column.
struct Trail {
  std::vector<std::string_view> lines;
  std::size_t column = 0;  ///< as written, from 0
  [[nodiscard]] bool empty() const { return lines.empty(); }
};

struct Item;

/// A value with its anchor, or an alias.
struct Piece {
  const Node* node = nullptr;                 ///< of an alias: the anchored value; none: there is no key
  std::string_view anchor;                    ///< `&name`
  std::string_view alias;                     ///< `*name`, in the place of the value
  bool below = false;                         ///< written on a line below its key or dash
  bool block = false;                         ///< a collection that was written without brackets
  std::size_t column = 0;                     ///< of a collection without brackets, as written
  bool hanging = false;                       ///< the first item stands on a line below the bracket
  bool section = false;                       ///< a collection that always goes without brackets
  const grammar::Mapping* mapping = nullptr;  ///< a mapping whose keys are words of the language
  std::vector<Item> items;                    ///< of a collection
  std::vector<Comment> foot;                  ///< behind the last item

  [[nodiscard]] bool is_collection() const { return node != nullptr && alias.empty() && !node->is_scalar(); }
  [[nodiscard]] bool is_sequence() const { return is_collection() && node->is_sequence(); }
  [[nodiscard]] bool is_scalar() const { return node != nullptr && alias.empty() && node->is_scalar(); }
  /// A null for which nothing is written.
  [[nodiscard]] bool is_empty_scalar() const {
    return is_scalar() && node->kind == NodeKind::Null && node->text.empty();
  }
};

/// How the writer puts a value.
enum class Form {
  Nothing,  ///< no value
  OneLine,
  Wrapped,  ///< a list of words in brackets over several lines
  Lines,    ///< plain or quoted text over several lines
  Block,    ///< text behind `|` or `>`
  Spread,   ///< a collection without brackets
};

/// An entry of a mapping or an item of a sequence.
struct Item {
  std::vector<Comment> head;  ///< above it
  bool blank_before = false;
  bool break_before = false;  ///< in brackets: a line end stands in front of it
  bool padded = false;        ///< more than one blank behind its colon
  std::size_t begin = 0;      ///< byte of the file
  std::size_t column = 0;     ///< outside of brackets, as written
  Piece key;                  ///< of an entry
  Trail opening;              ///< behind its key, dash or opening bracket
  Piece value;
  Trail trail;  ///< behind its value

  // What the writer decides.
  bool prepared = false;
  Form form = Form::Nothing;
  std::string line;  ///< of Form::OneLine: the value
};

struct Layout {
  std::vector<std::string_view> preface;  ///< directives and comments in front of `---`
  bool marker = false;                    ///< there is a `---`
  std::vector<Comment> header;            ///< above the first key
  Item root;
  std::vector<std::string_view> ending;  ///< `...` and what follows it
};

}  // namespace dynamo::format
