#pragma once
// Following the grammar from the top of a file down to a value.

#include "graph_loader/spec/grammar.h"

#include <string_view>

namespace dynamo::format {

/// What a whole file is.
const grammar::Value& file_grammar();
/// The mapping of the language that a value can be; nullptr for one whose keys the user chooses, or that is unknown.
const grammar::Mapping* closed_mapping(const grammar::Value* value);
/// What the value of this key, or an item of the list, is; nullptr if nobody knows.
const grammar::Value* entry_grammar(const grammar::Value* mapping, std::string_view key);
const grammar::Value* item_grammar(const grammar::Value* list);

}  // namespace dynamo::format
