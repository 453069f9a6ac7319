#pragma once
// The first half of building Symbols: every declaration of the files, and how to find the one that a name means. The
// second half, every use, is symbol_builder.cpp.

#include "graph_loader/language/symbols.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace dynamo {

/// The place of `text` in a scalar, which may stand in quotes; false: it is written with escapes.
std::pair<Span, bool> exact_place(Span where, std::string_view text);
/// Bytes [offset, offset + length) of a place.
Span part_of(Span where, std::size_t offset, std::size_t length);

class SymbolDeclarations {
 public:
  SymbolDeclarations(const Analysis& analysis, Symbols& symbols)
      : analysis_(analysis), spec_(analysis.spec()), out_(symbols) {}

  void declare_all();

 protected:
  using Found = std::vector<std::size_t>;  ///< symbols that one text names at once: they become a family
  using MemberKey = std::tuple<SymbolKind, NameKind, std::size_t, std::string>;

  // ---- symbols and occurrences ---------------------------------------------------------------------------
  std::size_t add_symbol(Symbol symbol);
  void unite(std::size_t left, std::size_t right);
  void add(Span where, std::string_view text, std::size_t symbol, Role role);
  void refer(Span where, std::string_view text, const Found& found);
  /// A name that may have an alias before it.
  void refer(const Name& name, std::optional<std::size_t> symbol);
  std::size_t alias(const std::string& name);

  // ---- declarations --------------------------------------------------------------------------------------
  template <class List>
  void declare_list(const List& list, NameKind kind, std::vector<std::size_t>& symbols);
  void declare_definitions();
  std::size_t declare(SymbolKind kind, NameKind owner_kind, std::size_t owner, const Name& name);
  void declare_members();
  /// Sidecars that only graphs know.
  void declare_sidecars();

  // ---- lookups -------------------------------------------------------------------------------------------
  [[nodiscard]] std::optional<std::size_t> find(SymbolKind kind, NameKind owner_kind, std::size_t owner,
                                                const std::string& name) const;
  /// The nearest declaration in a component or what it extends.
  [[nodiscard]] std::optional<std::size_t> member_of_component(SymbolKind kind, std::size_t component,
                                                               const std::string& name, bool inherited = false) const;
  /// An endpoint, or one of `ports`.
  [[nodiscard]] std::optional<std::size_t> port_of_component(std::size_t component, const std::string& name) const;
  [[nodiscard]] std::optional<std::size_t> member_of_spec(SymbolKind kind, std::size_t spec, const std::string& name,
                                                          bool inherited = false) const;
  /// A slot or a sidecar of a spec.
  [[nodiscard]] std::optional<std::size_t> place_of_spec(std::size_t spec, const std::string& name) const;
  [[nodiscard]] std::optional<std::size_t> place_of_graph(std::size_t graph, const std::string& name) const;
  void endpoints_of_interface(std::size_t index, const std::string& name, std::set<std::size_t>& seen,
                              Found& result) const;
  [[nodiscard]] Found endpoints_of_type(const TypeRef& type, const std::string& name) const;
  /// The same name in each of several components.
  [[nodiscard]] Found in_components(SymbolKind kind, const std::vector<std::size_t>& components,
                                    const std::string& name) const;
  [[nodiscard]] Found graph_params(const std::set<std::size_t>& specs, const std::string& name) const;

  const Analysis& analysis_;
  const Spec& spec_;
  Symbols& out_;
  // By index of the definition:
  std::vector<std::size_t> interfaces_;
  std::vector<std::size_t> components_;
  std::vector<std::size_t> specs_;
  std::vector<std::size_t> graphs_;
  std::map<std::string, std::size_t> aliases_;
  std::map<MemberKey, std::size_t> members_;
};

}  // namespace dynamo
