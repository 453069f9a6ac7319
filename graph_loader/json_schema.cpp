#include "graph_loader/json_schema.h"

#include "graph_loader/spec/grammar.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

namespace json = boost::json;
using grammar::KeyForm;
using grammar::Leaf;
using grammar::Mapping;
using grammar::Rule;
using grammar::Value;

constexpr std::string_view name_pattern = "[A-Za-z][A-Za-z0-9_-]{0,62}";
constexpr std::string_view message_pattern = "[A-Za-z][A-Za-z0-9_]*";
/// `${` that is not the end of `$${`.
constexpr std::string_view reference_pattern = R"((^|[^$])(\$\$)*\$\{)";

json::string text(std::string_view words) { return json::string(words.data(), words.size()); }

json::object of_type(std::string_view type) { return {{"type", text(type)}}; }

json::object matching(std::string_view pattern) { return {{"type", "string"}, {"pattern", text(pattern)}}; }

json::array words_of(std::span<const std::string_view> words) {
  json::array result;
  for (const std::string_view word : words) result.push_back(text(word));
  return result;
}

std::string qualified_name() { return fmt::format(R"({0}(\.{0})?)", name_pattern); }
std::string arity_type() { return fmt::format(R"(\s*(optional\s+)?(many\s+)?{}\s*)", qualified_name()); }

json::object integer_from(long long min, long long max) {
  json::object result = of_type("integer");
  result["minimum"] = min;
  if (max < grammar::no_limit) result["maximum"] = max;
  return result;
}

/// What a leaf may be when it holds no reference.
json::array plain_forms(const Value& value) {
  switch (value.leaf) {
    case Leaf::Version:
    case Leaf::Word: return {json::object{{"enum", words_of(value.words)}}};
    case Leaf::Doc:
    case Leaf::Text:
    case Leaf::Regex: return {of_type("string")};
    case Leaf::Path:
    case Leaf::PlainText:
    case Leaf::WireTarget:
      return {json::object{{"type", "string"}, {"not", json::object{{"pattern", text(reference_pattern)}}}}};
    case Leaf::Name: return {matching(fmt::format("^{}$", name_pattern))};
    case Leaf::Interface:
    case Leaf::Component:
    case Leaf::Bound:
    case Leaf::Spec:
    case Leaf::Graph:
    case Leaf::SlotName:
    case Leaf::PortName: return {matching(fmt::format("^{}$", qualified_name()))};
    case Leaf::Boolean: return {of_type("boolean")};
    case Leaf::True: return {json::object{{"const", true}}};
    case Leaf::Integer:
      if (!value.references) return {integer_from(value.min, value.max)};
      return {integer_from(value.min, value.max), matching(R"(^\+?[0-9]+$)")};
    case Leaf::Port:
      return {integer_from(value.min, value.max), json::object{{"const", "auto"}}, matching(R"(^\+?[0-9]{1,5}$)")};
    case Leaf::Replicas: return {integer_from(0, 100'000), matching(R"(^\+?[0-9]+(\.\.\+?[0-9]+)?$)")};
    case Leaf::Cpus:
      return {json::object{{"type", "number"}, {"exclusiveMinimum", 0}},
              matching(R"(^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$)")};
    case Leaf::Memory: return {matching(R"(^[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|K|M|G|T)$)")};
    case Leaf::CountLimit: return {integer_from(0, grammar::no_limit), matching(R"(^(\+?[0-9]+|unlimited)$)")};
    case Leaf::ByteLimit:
      return {json::object{{"const", 0}}, matching(R"(^(\+?0+|[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti|K|M|G|T)|unlimited)$)")};
    case Leaf::Duration: return {matching(R"(^[0-9]+(\.[0-9]+)?(ms|s|m|h)$)")};
    case Leaf::Variable: return {of_type("string"), of_type("number")};
    case Leaf::ParamValue: return {of_type("string"), of_type("number"), of_type("boolean")};
    case Leaf::Signature:
      return {matching(fmt::format(R"(^\s*(stream\s+)?{0}\s*->\s*(stream\s+)?{0}\s*$)", message_pattern))};
    case Leaf::ClientType: return {matching(fmt::format("^{}$", arity_type()))};
    case Leaf::Slot:
      return {matching(fmt::format(R"(^{0}(=\s*{1}\s*(,\s*{1}\s*)*)?$)", arity_type(), qualified_name()))};
    case Leaf::ParamType:
      return {
          matching(R"(^\s*(string|int|number|bool|duration|size|enum\(\s*[^\s|=]+\s*(\|\s*[^\s|=]+\s*)*\))\s*(=|$))")};
  }
  return {json::object{}};
}

/// Whether a mapping without keys is wrong.
bool demands_keys(const Mapping& what) {
  return std::any_of(what.rules.begin(), what.rules.end(),
                     [](const Rule& rule) { return rule.kind != Rule::Kind::AtMostOne; });
}

/// A binding has a short form, and an empty one says nothing.
bool is_binding(const Mapping& what) { return what.shorthand == "use"; }

/// Whether `null` can join the type of a schema without a change of what else it says.
bool takes_null(const json::object& form) {
  const json::value* type = form.if_contains("type");
  return type != nullptr && type->is_string() && !form.contains("not");
}

/// What a value may be: one of some schemas, and perhaps nothing. A validator that finds no match tells what is wrong
/// in the nearest schema; so there are no more of them than must be, and `null` is a type of another one where it can
/// be.
class Forms {
 public:
  void add(json::object form) { forms_.push_back(std::move(form)); }
  /// A form for which nothing is right as well.
  void add_with_null(json::object form) {
    add(std::move(form));
    has_null_ = true;
  }
  void add_null() { wants_null_ = true; }

  json::object take() {
    if (wants_null_ && !has_null_) join_null();
    if (forms_.size() == 1) return std::move(forms_.front());
    json::array choices;
    for (json::object& form : forms_) choices.push_back(std::move(form));
    return {{"anyOf", std::move(choices)}};
  }

 private:
  void join_null() {
    const auto object = std::find_if(forms_.begin(), forms_.end(), [](const json::object& form) {
      return takes_null(form) && form.at("type") == json::value("object");
    });
    if (object != forms_.end()) {
      (*object)["type"] = json::array{"object", "null"};
    } else if (forms_.size() == 1 && forms_.front().contains("enum")) {
      forms_.front()["enum"].as_array().emplace_back(nullptr);
    } else if (forms_.size() == 1 && takes_null(forms_.front())) {
      json::value& type = forms_.front()["type"];
      type = json::array{type, "null"};
    } else {
      forms_.push_back(of_type("null"));
    }
  }

  std::vector<json::object> forms_;
  bool wants_null_ = false;
  bool has_null_ = false;
};

class Generator {
 public:
  explicit Generator(SchemaOf what) : overlay_(what == SchemaOf::Overlay) {
    for (const Mapping* one : grammar::mappings()) {
      for (const grammar::Key& key : one->keys) find_filled(key.value, overlay_);
    }
  }

  json::object run() {
    const Mapping& top = overlay_ ? grammar::overlay : grammar::file;
    json::object schema;
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    schema["title"] = overlay_ ? "Overlay of a dynamo graph file" : "dynamo graph file";
    schema["description"] = "The graph language dynamo/v1. Made by `dynamo graph schema`.";
    for (auto& [key, value] : mapping(top)) schema[key] = std::move(value);
    json::object definitions;
    for (const Mapping* one : grammar::mappings()) {
      if (one != &grammar::file && one != &grammar::overlay) definitions[text(one->id)] = mapping(*one);
    }
    schema["$defs"] = std::move(definitions);
    return schema;
  }

 private:
  /// In an overlay what stands below a key may be deleted, and a definition need not be whole.
  bool may_be_empty(const Value& what) const {
    return what.may_be_empty && (overlay_ || what.kind != Value::Kind::Mapping || !demands_keys(*what.mapping));
  }

  /// Notes the mappings that somewhere must not be empty. `deletable`: an empty value deletes the key.
  void find_filled(const Value& what, bool deletable) {
    switch (what.kind) {
      case Value::Kind::Leaf: break;
      case Value::Kind::List: find_filled(*what.item, false); break;
      case Value::Kind::Table: find_filled(*what.item, overlay_); break;
      case Value::Kind::Mapping:
        if (!deletable && !may_be_empty(what)) filled_.insert(what.mapping);
        break;
      case Value::Kind::OneOf:
        for (const Value& choice : what.choices) find_filled(choice, deletable);
        break;
    }
  }

  json::object value(const Value& what, bool deletable = false) {
    Forms forms;
    add_forms(what, forms);
    if (deletable) forms.add_null();
    return forms.take();
  }

  void add_forms(const Value& what, Forms& forms) {
    switch (what.kind) {
      case Value::Kind::Leaf:
        for (auto& form : plain_forms(what)) forms.add(std::move(form.as_object()));
        if (what.references && needs_reference_form(what.leaf)) forms.add(matching(reference_pattern));
        break;
      case Value::Kind::List: {
        json::object list = of_type("array");
        list["items"] = value(*what.item);
        if (what.least > 0) list["minItems"] = what.least;
        forms.add(std::move(list));
        break;
      }
      case Value::Kind::Mapping: {
        json::object form{{"$ref", text(fmt::format("#/$defs/{}", what.mapping->id))}};
        if (filled_.count(what.mapping) == 0) {
          forms.add_with_null(std::move(form));
        } else {
          forms.add(std::move(form));
        }
        break;
      }
      case Value::Kind::Table: forms.add(table(what)); break;
      case Value::Kind::OneOf:
        for (const Value& choice : what.choices) add_forms(choice, forms);
        break;
    }
    if (may_be_empty(what)) forms.add_null();
  }

  /// Text takes any text as it is.
  static bool needs_reference_form(Leaf leaf) {
    return leaf != Leaf::Doc && leaf != Leaf::Text && leaf != Leaf::Regex && leaf != Leaf::Variable &&
           leaf != Leaf::ParamValue && leaf != Leaf::ParamType;
  }

  json::object table(const Value& what) {
    json::object result = of_type("object");
    switch (what.key_form) {
      case KeyForm::Variable: result["propertyNames"] = matching("^[A-Za-z_][A-Za-z0-9_]*$"); break;
      case KeyForm::Wire: result["propertyNames"] = matching(fmt::format(R"(^{0}\.{0}$)", name_pattern)); break;
      case KeyForm::Name:
        result["propertyNames"] = matching(fmt::format("^(x-.*|{})$", overlay_ ? qualified_name() : name_pattern));
        result["patternProperties"] = json::object{{"^x-", true}};
        break;
    }
    result["additionalProperties"] = below_key(*what.item);
    return result;
  }

  json::object below_key(const Value& what) { return value(what, overlay_); }

  json::object mapping(const Mapping& what) {
    const bool top = &what == &grammar::file || &what == &grammar::overlay;
    json::object properties;
    for (const grammar::Key& key : what.keys) {
      json::object property;
      property["description"] = text(key.doc);
      for (auto& [name, part] : below_key(key.value)) property[name] = std::move(part);
      properties[text(key.name)] = std::move(property);
    }
    json::object result = of_type("object");
    if (!top && filled_.count(&what) == 0) result["type"] = json::array{"object", "null"};
    if (!overlay_ && is_binding(what)) result["minProperties"] = 1;
    result["properties"] = std::move(properties);
    result["patternProperties"] = json::object{{"^x-", true}};
    result["additionalProperties"] = false;
    json::array all;
    for (const Rule& rule : what.rules) {
      if (!overlay_ || top || rule.kind == Rule::Kind::AtMostOne) add_rule(rule, result, all);
    }
    if (!all.empty()) result["allOf"] = std::move(all);
    return result;
  }

  /// The key is there; one that an overlay deletes is not. Type and property are named again for validators that take
  /// what they do not see beside `required` for a slip.
  [[nodiscard]] json::object present(std::string_view key) const {
    const json::value any = overlay_ ? json::value(json::object{{"not", of_type("null")}}) : json::value(true);
    json::object result = of_type("object");
    result["required"] = json::array{text(key)};
    result["properties"] = json::object{{text(key), any}};
    return result;
  }

  void add_rule(const Rule& rule, json::object& result, json::array& all) const {
    const auto one_each = [&] {
      json::array choices;
      for (const std::string_view key : rule.keys) choices.push_back(present(key));
      return choices;
    };
    switch (rule.kind) {
      case Rule::Kind::AllOf: result["required"] = words_of(rule.keys); break;
      case Rule::Kind::AtLeastOne: all.push_back(json::object{{"anyOf", one_each()}}); break;
      case Rule::Kind::ExactlyOne: all.push_back(json::object{{"oneOf", one_each()}}); break;
      case Rule::Kind::AtMostOne: {
        json::array choices = one_each();
        choices.push_back(json::object{{"not", json::object{{"anyOf", one_each()}}}});
        all.push_back(json::object{{"oneOf", std::move(choices)}});
        break;
      }
    }
  }

  bool overlay_;
  std::set<const Mapping*> filled_;  ///< those that must not be empty everywhere
};

}  // namespace

json::object json_schema(SchemaOf what) { return Generator(what).run(); }

}  // namespace dynamo
