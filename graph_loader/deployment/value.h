#pragma once
// YAML that is to be written: scalars, lists and mappings in their order, and nothing about how they are laid out
// beyond two wishes. value_writer.h makes text of it.

#include "graph_loader/yaml/syntax_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace dynamo::deployment {

struct Value {
  enum class Form { Text, Plain, List, Mapping };
  Form form = Form::Mapping;
  std::string text;                ///< Text: a string; Plain: a number, boolean or null, written as it stands here
  std::vector<Value> items;        ///< of a list, or the values of a mapping
  std::vector<std::string> names;  ///< of a mapping, one per item
  bool spread = false;             ///< each entry on a line of its own, even where one line would hold all
  bool aligned = false;            ///< values of a spread mapping begin in one column

  [[nodiscard]] bool is_scalar() const { return form == Form::Text || form == Form::Plain; }
  [[nodiscard]] bool is_empty() const { return !is_scalar() && items.empty(); }
  /// The value behind a name of a mapping; nullptr if there is none.
  [[nodiscard]] const Value* find(std::string_view name) const;

  /// Adds an entry to a mapping; returns it.
  Value& add(std::string name, Value value);
  /// Adds what is not empty.
  void add_if_any(std::string name, Value value);
  /// The mapping behind a name, which is added if there is none.
  Value& mapping_at(const std::string& name);
  /// The list behind a name, likewise.
  Value& list_at(const std::string& name);

  friend bool operator==(const Value&, const Value&) = default;
};

Value text_value(std::string text);
Value plain_value(std::string text);
Value number_value(long long number);
Value list_value(std::vector<Value> items = {});
Value texts_value(const std::vector<std::string>& texts);

/// What was read, for writing it again: strings stay strings, other scalars stay as they were written.
Value value_of(const Node& node);

}  // namespace dynamo::deployment
