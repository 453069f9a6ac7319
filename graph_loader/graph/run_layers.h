#pragma once
// Merging of what a component inherits, sets, and what a binding tunes: mappings per key, everything else
// replaces. The rules stand in docs/graph-language.md, "Inheritance".

#include "graph_loader/spec/spec.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dynamo {

/// Lays `layer` over `base`.
void merge_run(RunDefinition& base, const RunDefinition& layer);
/// As a binding tunes: `ready` and `live` are merged per key, too.
void tune_run(RunDefinition& base, const RunDefinition& layer);
/// Lays one endpoint's settings over another's of the same name; the name keeps its first place.
void merge_endpoint(EndpointDefinition& base, const EndpointDefinition& layer);
/// As above for a list: new names go to the end.
void merge_endpoints(std::vector<EndpointDefinition>& base, const std::vector<EndpointDefinition>& layer);
void merge_params(std::vector<ParamValue>& base, const std::vector<ParamValue>& layer);
void merge_variables(std::vector<VariableDefinition>& base, const std::vector<VariableDefinition>& layer);
void merge_tune(TuneDefinition& base, const TuneDefinition& layer);

/// The element of a list whose `name.text` is `name`; nullptr if there is none.
template <class List>
auto* find_named(List& list, std::string_view name) {
  for (auto& one : list) {
    if (one.name.text == name) return &one;
  }
  return static_cast<decltype(&*list.begin())>(nullptr);
}

/// The same for many questions about one list, which stays as long as it is.
template <class List>
class ByName {
 public:
  explicit ByName(List& list) : list_(list) {
    constexpr std::size_t some = 16;  // an index costs more than it saves below
    if (list.size() <= some) return;
    for (std::size_t index = 0; index < list.size(); ++index) places_.emplace(list[index].name.text, index);
  }
  auto* find(std::string_view name) const {
    if (places_.empty()) return find_named(list_, name);
    const auto place = places_.find(name);
    return place == places_.end() ? nullptr : &list_[place->second];
  }

 private:
  List& list_;
  std::unordered_map<std::string_view, std::size_t> places_;
};

/// Lays the elements of `layer` over those of the same name; new names go to the end.
template <class Item, class Merge>
void merge_named(std::vector<Item>& base, const std::vector<Item>& layer, Merge merge) {
  // An index costs more than it saves where a few names are looked up, as one per argument of the command line.
  constexpr std::size_t few = 4;
  constexpr std::size_t some = 16;
  if (layer.size() <= few || (base.size() <= some && layer.size() <= some)) {
    for (const Item& item : layer) {
      if (Item* known = find_named(base, item.name.text)) {
        merge(*known, item);
      } else {
        base.push_back(item);
      }
    }
    return;
  }
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t index = 0; index < base.size(); ++index) places.emplace(base[index].name.text, index);
  for (const Item& item : layer) {
    const auto [place, is_new] = places.emplace(item.name.text, base.size());
    if (is_new) {
      base.push_back(item);
    } else {
      merge(base[place->second], item);
    }
  }
}

template <class Item>
void merge_named(std::vector<Item>& base, const std::vector<Item>& layer) {
  merge_named(base, layer, [](Item& known, const Item& item) { known = item; });
}

}  // namespace dynamo
