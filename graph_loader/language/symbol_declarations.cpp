#include "graph_loader/language/symbol_declarations.h"

#include <algorithm>

namespace dynamo {

std::pair<Span, bool> exact_place(Span where, std::string_view text) {
  const std::string_view written = where.text();
  if (written == text) return {where, true};
  if (written.size() == text.size() + 2 && written.substr(1, text.size()) == text) {
    return {{where.file, where.begin + 1, where.end - 1}, true};
  }
  return {where, false};
}

Span part_of(Span where, std::size_t offset, std::size_t length) {
  const auto begin = where.begin + static_cast<std::uint32_t>(offset);
  return {where.file, begin, begin + static_cast<std::uint32_t>(length)};
}

void SymbolDeclarations::declare_all() {
  declare_definitions();
  declare_members();
  declare_sidecars();
}

// ---- symbols and occurrences ---------------------------------------------------------------------------

std::size_t SymbolDeclarations::add_symbol(Symbol symbol) {
  out_.parents_.push_back(out_.symbols_.size());
  out_.symbols_.push_back(std::move(symbol));
  return out_.symbols_.size() - 1;
}

void SymbolDeclarations::unite(std::size_t left, std::size_t right) {
  left = out_.family_of(left);
  right = out_.family_of(right);
  out_.parents_[std::max(left, right)] = std::min(left, right);
}

void SymbolDeclarations::add(Span where, std::string_view text, std::size_t symbol, Role role) {
  const auto [place, exact] = exact_place(where, text);
  out_.occurrences_.push_back({place, symbol, role, exact});
}

void SymbolDeclarations::refer(Span where, std::string_view text, const Found& found) {
  for (const std::size_t symbol : found) {
    unite(found.front(), symbol);
    add(where, text, symbol, Role::Reference);
  }
}

void SymbolDeclarations::refer(const Name& name, std::optional<std::size_t> symbol) {
  const std::size_t dot = name.text.find('.');
  const auto [place, exact] = exact_place(name.where, name.text);
  if (dot == std::string::npos || !exact) {
    if (symbol) out_.occurrences_.push_back({place, *symbol, Role::Reference, exact});
    return;
  }
  out_.occurrences_.push_back({part_of(place, 0, dot), alias(name.text.substr(0, dot)), Role::Reference, true});
  if (symbol) {
    const Span simple = part_of(place, dot + 1, name.text.size() - dot - 1);
    out_.occurrences_.push_back({simple, *symbol, Role::Reference, true});
  }
}

std::size_t SymbolDeclarations::alias(const std::string& name) {
  const auto found = aliases_.find(name);
  if (found != aliases_.end()) return found->second;
  const std::size_t symbol = add_symbol({.kind = SymbolKind::Alias, .name = name, .declared = {}});
  aliases_.emplace(name, symbol);
  return symbol;
}

// ---- declarations --------------------------------------------------------------------------------------

template <class List>
void SymbolDeclarations::declare_list(const List& list, NameKind kind, std::vector<std::size_t>& symbols) {
  for (std::size_t index = 0; index < list.size(); ++index) {
    const auto& one = list[index];
    const std::string simple = one.scope->alias.empty() ? one.name : one.name.substr(one.scope->alias.size() + 1);
    const Span place = exact_place(one.where, simple).first;
    symbols.push_back(add_symbol({static_cast<SymbolKind>(static_cast<int>(kind)), simple, kind, index, place, false}));
    add(one.where, simple, symbols.back(), Role::Definition);
  }
}

void SymbolDeclarations::declare_definitions() {
  declare_list(spec_.interfaces, NameKind::Interface, interfaces_);
  declare_list(spec_.components, NameKind::Component, components_);
  declare_list(spec_.specs, NameKind::Spec, specs_);
  declare_list(spec_.graphs, NameKind::Graph, graphs_);
}

std::size_t SymbolDeclarations::declare(SymbolKind kind, NameKind owner_kind, std::size_t owner, const Name& name) {
  const MemberKey key{kind, owner_kind, owner, name.text};
  const auto found = members_.find(key);
  if (found != members_.end()) return found->second;
  const std::size_t symbol =
      add_symbol({kind, name.text, owner_kind, owner, exact_place(name.where, name.text).first, false});
  members_.emplace(key, symbol);
  return symbol;
}

void SymbolDeclarations::declare_members() {
  for (std::size_t index = 0; index < spec_.interfaces.size(); ++index) {
    for (const InterfaceEndpoint& one : spec_.interfaces[index].endpoints) {
      declare(SymbolKind::Endpoint, NameKind::Interface, index, one.name);
    }
  }
  for (std::size_t index = 0; index < spec_.components.size(); ++index) {
    const ComponentDefinition& component = spec_.components[index];
    for (const auto& one : component.endpoints) declare(SymbolKind::Endpoint, NameKind::Component, index, one.name);
    for (const auto& one : component.clients) declare(SymbolKind::Client, NameKind::Component, index, one.name);
    for (const auto& one : component.params) declare(SymbolKind::Param, NameKind::Component, index, one.name);
    for (const auto& one : component.run.ports) declare(SymbolKind::Port, NameKind::Component, index, one.name);
  }
  for (std::size_t index = 0; index < spec_.specs.size(); ++index) {
    const SpecDefinition& one = spec_.specs[index];
    for (const auto& slot : one.slots) declare(SymbolKind::Slot, NameKind::Spec, index, slot.name);
    for (const auto& sidecar : one.sidecars) declare(SymbolKind::Sidecar, NameKind::Spec, index, sidecar.name);
    for (const auto& param : one.params) declare(SymbolKind::Param, NameKind::Spec, index, param.name);
  }
}

void SymbolDeclarations::declare_sidecars() {
  for (std::size_t index = 0; index < spec_.graphs.size(); ++index) {
    const auto of = analysis_.spec_of_graph(index);
    for (const BindingDefinition& sidecar : spec_.graphs[index].sidecars) {
      if (of && member_of_spec(SymbolKind::Sidecar, *of, sidecar.slot.text)) continue;
      const std::size_t symbol = declare(SymbolKind::Sidecar, NameKind::Graph, index, sidecar.slot);
      // The item of a list is a component; the sidecar's name follows from it.
      out_.symbols_[symbol].implied =
          exact_place(sidecar.slot.where, sidecar.slot.text).first.text() != sidecar.slot.text;
    }
  }
}

// ---- lookups -------------------------------------------------------------------------------------------

std::optional<std::size_t> SymbolDeclarations::find(SymbolKind kind, NameKind owner_kind, std::size_t owner,
                                                    const std::string& name) const {
  const auto found = members_.find(MemberKey{kind, owner_kind, owner, name});
  if (found == members_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::size_t> SymbolDeclarations::member_of_component(SymbolKind kind, std::size_t component,
                                                                   const std::string& name, bool inherited) const {
  for (const std::size_t one : analysis_.chain_of_component(component)) {
    if (inherited && one == component) continue;
    if (const auto found = find(kind, NameKind::Component, one, name)) return found;
  }
  return std::nullopt;
}

std::optional<std::size_t> SymbolDeclarations::port_of_component(std::size_t component, const std::string& name) const {
  const auto endpoint = member_of_component(SymbolKind::Endpoint, component, name);
  return endpoint ? endpoint : member_of_component(SymbolKind::Port, component, name);
}

std::optional<std::size_t> SymbolDeclarations::member_of_spec(SymbolKind kind, std::size_t spec,
                                                              const std::string& name, bool inherited) const {
  for (const std::size_t one : analysis_.chain_of_spec(spec)) {
    if (inherited && one == spec) continue;
    if (const auto found = find(kind, NameKind::Spec, one, name)) return found;
  }
  return std::nullopt;
}

std::optional<std::size_t> SymbolDeclarations::place_of_spec(std::size_t spec, const std::string& name) const {
  const auto slot = member_of_spec(SymbolKind::Slot, spec, name);
  return slot ? slot : member_of_spec(SymbolKind::Sidecar, spec, name);
}

std::optional<std::size_t> SymbolDeclarations::place_of_graph(std::size_t graph, const std::string& name) const {
  if (const auto of = analysis_.spec_of_graph(graph)) {
    if (const auto found = place_of_spec(*of, name)) return found;
  }
  const auto chain = analysis_.chain_of_graph(graph);
  for (auto one = chain.rbegin(); one != chain.rend(); ++one) {
    if (const auto found = find(SymbolKind::Sidecar, NameKind::Graph, *one, name)) return found;
  }
  return std::nullopt;
}

void SymbolDeclarations::endpoints_of_interface(std::size_t index, const std::string& name, std::set<std::size_t>& seen,
                                                Found& result) const {
  if (!seen.insert(index).second) return;
  if (const auto own = find(SymbolKind::Endpoint, NameKind::Interface, index, name)) {
    result.push_back(*own);
    return;
  }
  const InterfaceDefinition& interface = spec_.interfaces[index];
  for (const Name& parent : interface.extends) {
    if (const auto found = analysis_.interface(parent.text, *interface.scope)) {
      endpoints_of_interface(*found, name, seen, result);
    }
  }
}

SymbolDeclarations::Found SymbolDeclarations::endpoints_of_type(const TypeRef& type, const std::string& name) const {
  Found result;
  std::set<std::size_t> seen;
  if (type.kind == TypeRef::Kind::Interface) endpoints_of_interface(type.index, name, seen, result);
  if (type.kind == TypeRef::Kind::Component) {
    if (const auto found = member_of_component(SymbolKind::Endpoint, type.index, name)) result.push_back(*found);
  }
  return result;
}

SymbolDeclarations::Found SymbolDeclarations::in_components(SymbolKind kind, const std::vector<std::size_t>& components,
                                                            const std::string& name) const {
  Found result;
  for (const std::size_t one : components) {
    if (const auto found = member_of_component(kind, one, name)) result.push_back(*found);
  }
  return result;
}

SymbolDeclarations::Found SymbolDeclarations::graph_params(const std::set<std::size_t>& specs,
                                                           const std::string& name) const {
  Found result;
  for (const std::size_t one : specs) {
    if (const auto found = member_of_spec(SymbolKind::Param, one, name)) result.push_back(*found);
  }
  return result;
}

}  // namespace dynamo
