#pragma once
// A graph file as a formatter sees it: the values of the syntax tree together with what the tree leaves out
// (comments, blank lines, anchors, aliases), each at the entry or item that it belongs to. Made by layout_reader,
// put into canonical order by layout_order, written by layout_writer.
//
// There is an Item for each value of a file, so that it holds numbers rather than texts: some 100 bytes.
//
// The text and the syntax tree must outlive a Layout.

#include "graph_loader/format/comments.h"
#include "graph_loader/spec/grammar.h"
#include "graph_loader/yaml/syntax_tree.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace dynamo::format {

/// A value with its anchor, or an alias.
struct Piece {
  const Node* node = nullptr;  ///< of an alias: the anchored value; none: there is no key
  std::uint32_t name = 0;      ///< bytes up to and with the `&` or `*` in front of the name; 0: it has none

  [[nodiscard]] std::string_view anchor() const { return name_with('&'); }  ///< `&name`
  [[nodiscard]] std::string_view alias() const { return name_with('*'); }   ///< `*name`, in the place of the value
  [[nodiscard]] bool is_alias() const { return !alias().empty(); }
  [[nodiscard]] bool is_scalar() const { return node != nullptr && node->is_scalar() && !is_alias(); }
  /// A null for which nothing is written.
  [[nodiscard]] bool is_empty_scalar() const {
    return is_scalar() && node->kind == NodeKind::Null && node->text.empty();
  }

 private:
  [[nodiscard]] std::string_view name_with(char mark) const;
};

/// How the writer puts a value.
enum class Form : std::uint8_t {
  Nothing,  ///< no value
  OneLine,
  Wrapped,  ///< a list of words in brackets over several lines
  Lines,    ///< plain or quoted text over several lines
  Block,    ///< text behind `|` or `>`
  Spread,   ///< a collection without brackets
};

struct Item;

/// What a value is if it is a collection and no alias.
struct Collection {
  std::vector<Item> items;
  const grammar::Mapping* mapping = nullptr;  ///< a mapping whose keys are words of the language
  std::uint32_t column = 0;                   ///< without brackets, as written
  bool block = false;                         ///< it was written without brackets
  bool section = false;                       ///< it always goes without brackets
};

/// An entry of a mapping or an item of a sequence.
struct Item {
  Piece key;  ///< of an entry
  Piece value;
  std::unique_ptr<Collection> collection;

  // Comments, in the order of the file.
  CommentList head;     ///< above it
  CommentList opening;  ///< behind its key, dash or opening bracket
  CommentList between;  ///< below that, in front of the value
  CommentList foot;     ///< behind the last item of the value, in front of the closing bracket
  CommentList trail;    ///< behind its value

  std::uint32_t begin = 0;    ///< byte of the file
  std::uint32_t column = 0;   ///< outside of brackets, as written
  bool blank_before = false;  ///< there is a blank line right above it
  bool break_before = false;  ///< in brackets: a line end stands in front of it
  bool padded = false;        ///< more than one blank behind its colon
  bool below = false;         ///< the value was written on a line below its key or dash
  bool lifted = false;        ///< its trail stood behind the last item inside its brackets

  // What the writer decides.
  bool prepared = false;
  Form form = Form::Nothing;
  std::uint32_t width = 0;  ///< of Form::OneLine: columns of the value

  [[nodiscard]] bool is_block() const { return collection != nullptr && collection->block; }
  [[nodiscard]] bool has_items() const { return collection != nullptr && !collection->items.empty(); }
};

struct Layout {
  Comments comments;
  std::vector<std::string_view> preface;  ///< directives and comments in front of `---`
  bool marker = false;                    ///< there is a `---`
  CommentList header;                     ///< above the first key
  Item root;
  std::vector<std::string_view> ending;  ///< `...` and what follows it
};

}  // namespace dynamo::format
