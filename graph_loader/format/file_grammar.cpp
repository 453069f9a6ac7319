#include "graph_loader/format/file_grammar.h"

namespace dynamo::format {
namespace {

using grammar::Value;

const Value* as_list(const Value& value) {
  if (value.kind == Value::Kind::List) return &value;
  for (const Value& choice : value.choices) {
    if (const Value* found = as_list(choice)) return found;
  }
  return nullptr;
}

}  // namespace

const Value& file_grammar() {
  static const Value value = [] {
    Value file;
    file.kind = Value::Kind::Mapping;
    file.mapping = &grammar::file;
    return file;
  }();
  return value;
}

const grammar::Mapping* closed_mapping(const Value* value) {
  const Value* mapping = value == nullptr ? nullptr : grammar::as_mapping(*value);
  return mapping == nullptr ? nullptr : mapping->mapping;
}

const Value* entry_grammar(const Value* mapping, std::string_view key) {
  if (const grammar::Mapping* closed = closed_mapping(mapping)) {
    const grammar::Key* known = closed->find(key);
    return known == nullptr ? nullptr : &known->value;
  }
  const Value* table = mapping == nullptr ? nullptr : grammar::as_mapping(*mapping);
  return table == nullptr ? nullptr : table->item;
}

const Value* item_grammar(const Value* list) {
  const Value* found = list == nullptr ? nullptr : as_list(*list);
  return found == nullptr ? nullptr : found->item;
}

}  // namespace dynamo::format
