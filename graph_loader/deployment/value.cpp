#include "graph_loader/deployment/value.h"

#include <algorithm>
#include <utility>

namespace dynamo::deployment {

const Value* Value::find(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return nullptr;
  return &items[static_cast<std::size_t>(found - names.begin())];
}

Value& Value::add(std::string name, Value value) {
  names.push_back(std::move(name));
  return items.emplace_back(std::move(value));
}

void Value::add_if_any(std::string name, Value value) {
  if (!value.is_empty()) add(std::move(name), std::move(value));
}

Value& Value::mapping_at(const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return items[static_cast<std::size_t>(found - names.begin())];
  return add(name, {});
}

Value& Value::list_at(const std::string& name) {
  Value& value = mapping_at(name);
  value.form = Form::List;
  return value;
}

Value text_value(std::string text) {
  Value value;
  value.form = Value::Form::Text;
  value.text = std::move(text);
  return value;
}

Value plain_value(std::string text) {
  Value value = text_value(std::move(text));
  value.form = Value::Form::Plain;
  return value;
}

Value number_value(long long number) { return plain_value(std::to_string(number)); }

Value list_value(std::vector<Value> items) {
  Value value;
  value.form = Value::Form::List;
  value.items = std::move(items);
  return value;
}

Value texts_value(const std::vector<std::string>& texts) {
  Value value = list_value();
  for (const std::string& text : texts) value.items.push_back(text_value(text));
  return value;
}

Value value_of(const Node& node) {
  Value value;
  if (node.is_mapping()) {
    for (const Entry& entry : node.entries) value.add(std::string(entry.key->text), value_of(*entry.value));
    return value;
  }
  if (node.is_sequence()) {
    value = list_value();
    for (const Node* item : node.items) value.items.push_back(value_of(*item));
    return value;
  }
  if (node.kind == NodeKind::String) return text_value(std::string(node.text));
  return plain_value(node.text.empty() ? "null" : std::string(node.text));
}

}  // namespace dynamo::deployment
