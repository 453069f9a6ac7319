#include "graph_loader/json_schema.h"

#include "graph_loader/spec/grammar.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <utility>

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

json::object any_of(json::array choices) {
  if (choices.size() == 1) return choices.front().as_object();
  return {{"anyOf", std::move(choices)}};
}

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
    case Leaf::Variable: return {json::object{{"type", json::array{"string", "number"}}}};
    case Leaf::ParamValue: return {json::object{{"type", json::array{"string", "number", "boolean"}}}};
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

class Generator {
 public:
  explicit Generator(SchemaOf what) : overlay_(what == SchemaOf::Overlay) {}

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
  json::object value(const Value& what) {
    json::array forms;
    add_forms(what, forms);
    return any_of(std::move(forms));
  }

  void add_forms(const Value& what, json::array& forms) {
    switch (what.kind) {
      case Value::Kind::Leaf:
        for (auto& form : plain_forms(what)) forms.push_back(std::move(form));
        if (what.references && needs_reference_form(what.leaf)) forms.push_back(matching(reference_pattern));
        break;
      case Value::Kind::List: {
        json::object list = of_type("array");
        list["items"] = value(*what.item);
        if (what.least > 0) list["minItems"] = what.least;
        forms.push_back(std::move(list));
        break;
      }
      case Value::Kind::Mapping:
        forms.push_back(json::object{{"$ref", text(fmt::format("#/$defs/{}", what.mapping->id))}});
        break;
      case Value::Kind::Table: forms.push_back(table(what)); break;
      case Value::Kind::OneOf:
        for (const Value& choice : what.choices) add_forms(choice, forms);
        break;
    }
    if (what.may_be_empty) forms.push_back(of_type("null"));
  }

  /// Text takes any text as it is.
  static bool needs_reference_form(Leaf leaf) {
    return leaf != Leaf::Doc && leaf != Leaf::Text && leaf != Leaf::Regex && leaf != Leaf::Variable &&
           leaf != Leaf::ParamValue && leaf != Leaf::ParamType;
  }

  json::object table(const Value& what) {
    json::object result = of_type("object");
    switch (what.key_form) {
      case KeyForm::Variable: result["propertyNames"] = json::object{{"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}}; break;
      case KeyForm::Wire:
        result["propertyNames"] = json::object{{"pattern", text(fmt::format(R"(^{0}\.{0}$)", name_pattern))}};
        break;
      case KeyForm::Name:
        result["propertyNames"] =
            json::object{{"pattern", text(fmt::format("^(x-.*|{})$", overlay_ ? qualified_name() : name_pattern))}};
        result["patternProperties"] = json::object{{"^x-", true}};
        break;
    }
    result["additionalProperties"] = below_key(*what.item);
    return result;
  }

  /// What stands behind a key: in an overlay it may be deleted.
  json::object below_key(const Value& what) {
    json::object result = value(what);
    if (!overlay_) return result;
    return any_of({std::move(result), of_type("null")});
  }

  json::object mapping(const Mapping& what) {
    json::object properties;
    for (const grammar::Key& key : what.keys) {
      json::object property;
      property["description"] = text(key.doc);
      for (auto& [name, part] : below_key(key.value)) property[name] = std::move(part);
      properties[text(key.name)] = std::move(property);
    }
    json::object result = of_type("object");
    result["properties"] = std::move(properties);
    result["patternProperties"] = json::object{{"^x-", true}};
    result["additionalProperties"] = false;
    json::array all;
    for (const Rule& rule : what.rules) {
      if (overlay_ && rule.kind != Rule::Kind::AtMostOne && &what != &grammar::overlay) continue;
      add_rule(rule, result, all);
    }
    if (!all.empty()) result["allOf"] = std::move(all);
    return result;
  }

  static void add_rule(const Rule& rule, json::object& result, json::array& all) {
    const auto one_each = [&] {
      json::array choices;
      for (const std::string_view key : rule.keys) {
        choices.push_back(json::object{{"required", json::array{text(key)}}});
      }
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
};

}  // namespace

json::object json_schema(SchemaOf what) { return Generator(what).run(); }

}  // namespace dynamo
