#include "cli/completion/override_words.h"

#include "graph_loader/spec/grammar.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace dynamo {
namespace {

using grammar::Value;

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> result;
  while (true) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    result.emplace_back(path.substr(0, dot));
    if (dot == path.size()) return result;
    path.remove_prefix(dot + 1);
  }
}

std::vector<std::string> choices_of(const ParamSummary& param) {
  if (param.type == "bool") return {"true", "false"};
  if (!param.type.starts_with("enum(")) return {};
  std::vector<std::string> result;
  std::string_view inner = std::string_view(param.type).substr(5, param.type.size() - 6);
  while (true) {
    const std::size_t bar = std::min(inner.find('|'), inner.size());
    result.emplace_back(inner.substr(0, bar));
    if (bar == inner.size()) return result;
    inner.remove_prefix(bar + 1);
  }
}

class OverrideCompleter {
 public:
  OverrideCompleter(const std::string& typed, const Outline& outline) : typed_(typed), outline_(outline) {}

  std::vector<Candidate> run() {
    const std::size_t equals = typed_.find('=');
    const std::vector<std::string> path = split(std::string_view(typed_).substr(0, equals));
    if (typed_.starts_with('~')) {
      for (const OutlinePlace& place : outline_.places) {
        if (place.may_be_empty) add("~" + place.name, "leave it empty");
      }
    } else if (equals != std::string::npos) {
      values(path, typed_.substr(0, equals + 1));
    } else if (path.size() == 1) {
      first_words();
    } else if (const OutlinePlace* place = find_place(path.front())) {
      keys(*place, path);
    }
    return std::move(result_);
  }

 private:
  void add(std::string text, std::string does = "") { result_.push_back({std::move(text), std::move(does)}); }

  const OutlinePlace* find_place(std::string_view name) const {
    const auto found = std::find_if(outline_.places.begin(), outline_.places.end(),
                                    [&](const OutlinePlace& one) { return one.name == name; });
    return found == outline_.places.end() ? nullptr : &*found;
  }

  void first_words() {
    for (const OutlinePlace& place : outline_.places) {
      add(place.name + "=", fmt::format("{}: {}", place.sidecar ? "sidecar" : "slot", place.type));
      add(place.name + ".", "tune what is there");
    }
    for (const ParamSummary& param : outline_.params) add(param.name + "=", "param: " + param.type);
  }

  /// The names that a user chose below a key, such as the params of the component.
  static std::vector<Candidate> names_below(const OutlinePlace& place, std::string_view key) {
    std::vector<Candidate> result;
    if (key == "params") {
      for (const ParamSummary& param : place.params) result.push_back({param.name, param.type});
    } else {
      const auto& names = key == "env" ? place.env : key == "endpoints" ? place.endpoints : place.ports;
      for (const std::string& name : names) result.push_back({name, ""});
    }
    return result;
  }

  /// The value behind the words of a path, as far as the grammar knows it.
  static const Value* value_at(const OutlinePlace& place, const std::vector<std::string>& path, std::size_t words) {
    const grammar::Mapping* mapping = place.sidecar ? &grammar::sidecar : &grammar::binding;
    const Value* value = nullptr;
    for (std::size_t index = 1; index < words; ++index) {
      if (value != nullptr) {
        const Value* inside = grammar::as_mapping(*value);
        if (inside == nullptr) return nullptr;
        if (inside->kind == Value::Kind::Table) {
          value = inside->item;
          continue;
        }
        mapping = inside->mapping;
      }
      const grammar::Key* key = mapping->find(path[index]);
      if (key == nullptr) return nullptr;
      value = &key->value;
    }
    return value;
  }

  void keys(const OutlinePlace& place, const std::vector<std::string>& path) {
    const std::string before = typed_.substr(0, typed_.rfind('.') + 1);
    const auto add_key = [&](std::string_view name, const Value* value, std::string_view does) {
      const Value* inside = value == nullptr ? nullptr : grammar::as_mapping(*value);
      const bool only_mapping = inside != nullptr && value->kind != Value::Kind::OneOf;
      if (!only_mapping) add(fmt::format("{}{}=", before, name), std::string(does));
      if (inside != nullptr) add(fmt::format("{}{}.", before, name), std::string(does));
    };
    const Value* above = path.size() == 2 ? nullptr : value_at(place, path, path.size() - 1);
    const Value* inside = above == nullptr ? nullptr : grammar::as_mapping(*above);
    if (path.size() > 2 && inside == nullptr) return;
    if (inside != nullptr && inside->kind == Value::Kind::Table) {
      for (const Candidate& name : names_below(place, path[1])) add_key(name.text, inside->item, name.does);
      return;
    }
    const grammar::Mapping& mapping = inside != nullptr ? *inside->mapping
                                      : place.sidecar   ? grammar::sidecar
                                                        : grammar::binding;
    for (const grammar::Key& key : mapping.keys) {
      if (key.name != "use") add_key(key.name, &key.value, key.doc);
    }
  }

  void values(const std::vector<std::string>& path, const std::string& before) {
    const OutlinePlace* place = find_place(path.front());
    if (path.size() == 1) {
      if (place != nullptr) {
        for (const std::string& component : place->fitting) add(before + component, "component");
        if (place->may_be_empty) add(before + "none", "leave it empty");
      }
      return param_values(outline_.params, path.front(), before);
    }
    if (place == nullptr) return;
    if (path.size() == 3 && path[1] == "params") return param_values(place->params, path[2], before);
    if (const Value* value = value_at(*place, path, path.size())) words_of(*value, before);
  }

  void param_values(const std::vector<ParamSummary>& params, std::string_view name, const std::string& before) {
    for (const ParamSummary& param : params) {
      if (param.name != name) continue;
      for (const std::string& choice : choices_of(param)) add(before + choice);
    }
  }

  void words_of(const Value& value, const std::string& before) {
    for (const std::string_view word : value.words) add(before + std::string(word));
    if (value.kind == Value::Kind::Leaf &&
        (value.leaf == grammar::Leaf::Boolean || value.leaf == grammar::Leaf::True)) {
      add(before + "true");
      if (value.leaf == grammar::Leaf::Boolean) add(before + "false");
    }
    if (value.kind == Value::Kind::Leaf && value.leaf == grammar::Leaf::Port) add(before + "auto");
    for (const Value& choice : value.choices) words_of(choice, before);
  }

  const std::string& typed_;
  const Outline& outline_;
  std::vector<Candidate> result_;
};

}  // namespace

std::vector<Candidate> complete_override(const std::string& typed, const Outline& outline) {
  return OverrideCompleter(typed, outline).run();
}

}  // namespace dynamo
