// The questions that a Catalog answers when everything in it is resolved: which type fits which.

#include "graph_loader/graph/catalog.h"
#include "graph_loader/spec/wording.h"

#include <algorithm>
#include <unordered_set>

namespace dynamo {

std::vector<std::size_t> Catalog::chain_of(std::size_t component) const {
  std::vector<std::size_t> result;
  for (std::optional<std::size_t> at = component; at; at = components_[*at].parent) result.push_back(*at);
  return result;
}

bool Catalog::interface_extends(std::size_t narrow, std::size_t wide) const {
  if (narrow == wide) return true;
  // Each interface is looked at once, however many ways lead to it; what extends `wide` is deeper than it.
  const std::size_t least = interfaces_[wide].depth;
  std::vector<std::size_t> open = {narrow};
  std::unordered_set<std::size_t> seen = {narrow};
  while (!open.empty()) {
    const Interface& one = interfaces_[open.back()];
    open.pop_back();
    if (one.depth <= least) continue;
    for (const std::size_t parent : one.parents) {
      if (parent == wide) return true;
      if (!interfaces_[parent].parents.empty() && seen.insert(parent).second) open.push_back(parent);
    }
  }
  return false;
}

bool Catalog::conforms(std::size_t component, const TypeRef& type) const {
  const Component& self = components_[component];
  switch (type.kind) {
    case TypeRef::Kind::None:
    case TypeRef::Kind::Any: return true;
    case TypeRef::Kind::Component: {
      std::size_t at = component;
      while (components_[at].depth > components_[type.index].depth && components_[at].parent) {
        at = *components_[at].parent;
      }
      return at == type.index;
    }
    case TypeRef::Kind::Interface:
      return std::any_of(self.implements.begin(), self.implements.end(),
                         [&](const Implemented& item) { return interface_extends(item.interface, type.index); });
  }
  return false;
}

bool Catalog::conforms(const TypeRef& narrow, const TypeRef& wide) const {
  if (wide.kind == TypeRef::Kind::Any || wide.kind == TypeRef::Kind::None || narrow == wide) return true;
  if (narrow.kind == TypeRef::Kind::Component) return conforms(narrow.index, wide);
  if (narrow.kind != TypeRef::Kind::Interface || wide.kind != TypeRef::Kind::Interface) return false;
  return interface_extends(narrow.index, wide.index);
}

std::vector<TypeRef> Catalog::conforms_to(const TypeRef& type) const {
  std::vector<TypeRef> result;
  std::unordered_set<std::size_t> seen;
  std::vector<std::size_t> open;
  if (type.kind == TypeRef::Kind::Interface) open.push_back(type.index);
  if (type.kind == TypeRef::Kind::Component) {
    for (const Implemented& item : components_[type.index].implements) open.push_back(item.interface);
    for (std::optional<std::size_t> at = type.index; at; at = components_[*at].parent) {
      result.push_back({TypeRef::Kind::Component, *at});
    }
  }
  while (!open.empty()) {
    const std::size_t one = open.back();
    open.pop_back();
    if (!seen.insert(one).second) continue;
    result.push_back({TypeRef::Kind::Interface, one});
    open.insert(open.end(), interfaces_[one].parents.begin(), interfaces_[one].parents.end());
  }
  return result;
}

bool Catalog::is_bad(const TypeRef& type) const {
  if (type.kind == TypeRef::Kind::Interface) return interfaces_[type.index].bad;
  if (type.kind == TypeRef::Kind::Component) return components_[type.index].bad;
  return type.kind == TypeRef::Kind::None;
}

std::vector<std::string> Catalog::endpoints_of(const TypeRef& type) const {
  std::vector<std::string> result;
  if (type.kind == TypeRef::Kind::Any) result.emplace_back("*");
  if (type.kind == TypeRef::Kind::Interface) {
    for (const InterfaceEndpoint& one : interfaces_[type.index].endpoints) result.push_back(one.name.text);
  }
  if (type.kind == TypeRef::Kind::Component) {
    for (const EndpointDefinition& one : components_[type.index].endpoints) result.push_back(one.name.text);
  }
  return result;
}

std::string Catalog::name_of(const TypeRef& type) const {
  switch (type.kind) {
    case TypeRef::Kind::None: return "?";
    case TypeRef::Kind::Any: return "Any";
    case TypeRef::Kind::Interface: return interfaces_[type.index].definition->name;
    case TypeRef::Kind::Component: return components_[type.index].definition->name;
  }
  return {};
}

std::string Catalog::implemented_words(std::size_t component) const {
  std::vector<std::string_view> names;
  for (const Implemented& item : components_[component].implements) {
    names.push_back(interfaces_[item.interface].definition->name);
  }
  return names.empty() ? "implements no interface" : "implements " + quoted(names);
}

std::vector<std::string_view> Catalog::fitting(const TypeRef& type) const {
  std::vector<std::string_view> result;
  if (!sink_.afford_hint(components_.size())) return result;
  for (std::size_t index = 0; index < components_.size(); ++index) {
    if (!components_[index].bad && conforms(index, type)) result.push_back(components_[index].definition->name);
  }
  return result;
}

}  // namespace dynamo
