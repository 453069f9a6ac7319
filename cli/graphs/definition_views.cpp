#include "cli/graphs/definition_views.h"

#include "cli/text/display_text.h"
#include "cli/text/json_text.h"
#include "cli/text/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>

#include <utility>
#include <vector>

namespace dynamo {
namespace {

namespace json = boost::json;

std::string or_dash(std::string text) { return text.empty() ? "-" : std::move(text); }

std::string joined(const std::vector<std::string>& words) { return or_dash(fmt::format("{}", fmt::join(words, " "))); }

/// "backend: many Backend = Vllm"
std::string words_of(const TypedName& one) {
  const std::string arity = one.arity == Arity::One ? "" : std::string(word(one.arity)) + " ";
  const std::string defaults = one.defaults.empty() ? "" : fmt::format(" = {}", fmt::join(one.defaults, ", "));
  return fmt::format("{}: {}{}{}", one.name, arity, one.type, defaults);
}

std::string words_of(const ParamSummary& one) {
  return fmt::format("{}: {}{}", one.name, one.type, one.default_value ? " = " + *one.default_value : "");
}

template <class Item>
std::string list_words(const std::vector<Item>& items) {
  std::vector<std::string> words;
  for (const Item& item : items) words.push_back(words_of(item));
  return or_dash(fmt::format("{}", fmt::join(words, "; ")));
}

std::string endpoint_words(const std::vector<EndpointSummary>& endpoints) {
  std::vector<std::string> words;
  for (const EndpointSummary& one : endpoints) words.push_back(one.name);
  return joined(words);
}

json::value text_or_null(const std::optional<std::string>& text) {
  return text ? json::value(json_string(*text)) : json::value(nullptr);
}

json::object item_json(const TypedName& one) {
  return {{"name", json_string(one.name)},
          {"type", json_string(one.type)},
          {"arity", json_string(word(one.arity))},
          {"defaults", strings_json(one.defaults)}};
}

json::object item_json(const ParamSummary& one) {
  return {
      {"name", json_string(one.name)}, {"type", json_string(one.type)}, {"default", text_or_null(one.default_value)}};
}

json::object item_json(const EndpointSummary& one) {
  return {
      {"name", json_string(one.name)}, {"protocol", text_or_null(one.protocol)}, {"sig", text_or_null(one.signature)}};
}

template <class Item>
json::array items_json(const std::vector<Item>& items) {
  json::array result;
  for (const Item& item : items) result.push_back(item_json(item));
  return result;
}

/// What every definition has.
template <class Definition>
json::object head_json(const Definition& one) {
  return {{"name", json_string(one.name)},
          {"doc", one.doc.empty() ? json::value(nullptr) : json::value(json_string(one.doc))},
          {"file", json_string(one.at.file)},
          {"line", one.at.line}};
}

/// `TypedName` of a client has no defaults.
json::array clients_json(const std::vector<TypedName>& clients) {
  json::array result;
  for (const TypedName& client : clients) {
    json::object one = item_json(client);
    one.erase("defaults");
    result.push_back(std::move(one));
  }
  return result;
}

}  // namespace

std::string definitions_table(const Definitions& definitions, const DefinitionKinds& kinds, int width,
                              const Style& style) {
  std::string result;
  const auto add = [&](const Table& table) { result += (result.empty() ? "" : "\n") + table.text(width, style); };
  if (kinds.specs) {
    Table table({{"SPEC"},
                 {"ENTRY"},
                 {"SLOTS", Fit::Wrap},
                 {"SIDECARS", Fit::Wrap},
                 {"PARAMS", Fit::Wrap},
                 {"AS IT STANDS", Fit::Wrap},
                 {"AT", Fit::Place}});
    for (const SpecDetails& one : definitions.specs) {
      table.add({one.name, one.entry, list_words(one.slots), list_words(one.sidecars), list_words(one.params),
                 one.servable ? "runs" : "needs more", one.at.text()});
    }
    add(table);
  }
  if (kinds.components) {
    Table table({{"COMPONENT"},
                 {"IMPLEMENTS", Fit::Wrap},
                 {"NEEDS", Fit::Wrap},
                 {"ENDPOINTS", Fit::Wrap},
                 {"PARAMS", Fit::Wrap},
                 {"AT", Fit::Place}});
    for (const ComponentSummary& one : definitions.components) {
      table.add({one.name, joined(one.implements), list_words(one.clients), endpoint_words(one.endpoints),
                 list_words(one.params), one.at.text()});
    }
    add(table);
  }
  if (kinds.interfaces) {
    Table table({{"INTERFACE"},
                 {"EXTENDS", Fit::Wrap},
                 {"ENDPOINTS", Fit::Wrap},
                 {"IMPLEMENTED BY", Fit::Wrap},
                 {"AT", Fit::Place}});
    for (const InterfaceSummary& one : definitions.interfaces) {
      table.add(
          {one.name, joined(one.extends), endpoint_words(one.endpoints), joined(one.implemented_by), one.at.text()});
    }
    add(table);
  }
  return result;
}

json::object definitions_json(const Definitions& definitions, const DefinitionKinds& kinds) {
  json::object result;
  result["format_version"] = "1.0";
  result["file"] = json_string(definitions.file);
  if (kinds.specs) {
    json::array list;
    for (const SpecDetails& one : definitions.specs) {
      json::object item = head_json(one);
      item["extends"] = text_or_null(one.extends);
      item["entry"] = json_string(one.entry);
      item["servable"] = one.servable;
      item["slots"] = items_json(one.slots);
      item["sidecars"] = items_json(one.sidecars);
      item["params"] = items_json(one.params);
      list.push_back(std::move(item));
    }
    result["specs"] = std::move(list);
  }
  if (kinds.components) {
    json::array list;
    for (const ComponentSummary& one : definitions.components) {
      json::object item = head_json(one);
      item["extends"] = text_or_null(one.extends);
      item["implements"] = strings_json(one.implements);
      item["endpoints"] = items_json(one.endpoints);
      item["clients"] = clients_json(one.clients);
      item["params"] = items_json(one.params);
      list.push_back(std::move(item));
    }
    result["components"] = std::move(list);
  }
  if (kinds.interfaces) {
    json::array list;
    for (const InterfaceSummary& one : definitions.interfaces) {
      json::object item = head_json(one);
      item["extends"] = strings_json(one.extends);
      item["endpoints"] = items_json(one.endpoints);
      item["implemented_by"] = strings_json(one.implemented_by);
      list.push_back(std::move(item));
    }
    result["interfaces"] = std::move(list);
  }
  return result;
}

}  // namespace dynamo
