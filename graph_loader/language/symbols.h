#pragma once
// Every name of a root file and its imports: where it is defined, and where it is used. It is built from what could be
// read, so it also works while other parts of a file are wrong.
//
// Names that must change together are one family: a slot and its redeclaration in a derived spec, a param that a
// component inherits, the endpoint of an interface and that of a component which implements it.

#include "graph_loader/language/analysis.h"
#include "proto/source.h"
#include "proto/words.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

enum class SymbolKind { Interface, Component, Spec, Graph, Endpoint, Client, Param, Port, Slot, Sidecar, Alias, File };
DYNAMO_WORDS(SymbolKind, "interface", "component", "spec", "graph", "endpoint", "client", "param", "port", "slot",
             "sidecar", "alias", "file");

struct Symbol {
  SymbolKind kind = SymbolKind::Component;
  std::string name;                           ///< without an alias; of a File its path
  NameKind owner_kind = NameKind::Component;  ///< of what it belongs to; of a definition: itself
  std::size_t owner = 0;
  Span declared;         ///< unset: nowhere in the text
  bool implied = false;  ///< a sidecar that got its name from its component
  bool deleted = false;  ///< an overlay takes away what has this name; kind and owner are not known
};

enum class Role {
  Definition,
  Redefinition,  ///< of something inherited or promised
  Reference,
};

struct Occurrence {
  Span where;
  std::size_t symbol = 0;
  Role role = Role::Reference;
  bool exact = true;  ///< false: it is written with escapes, and `where` is more than the name
};

class Symbols {
 public:
  explicit Symbols(const Analysis& analysis);

  [[nodiscard]] const std::vector<Symbol>& all() const { return symbols_; }
  [[nodiscard]] const Symbol& operator[](std::size_t index) const { return symbols_[index]; }

  /// The occurrence at a byte, or just before it; nullptr if there is none.
  [[nodiscard]] const Occurrence* at(std::string_view path, std::uint32_t byte) const;
  /// All occurrences of the family of a symbol, by file and place.
  [[nodiscard]] std::vector<Occurrence> family(std::size_t symbol) const;
  /// The same number for all symbols of one family.
  [[nodiscard]] std::size_t family_of(std::size_t symbol) const;
  /// Where the symbol of an occurrence is defined; from a definition that stands for an inherited one, there.
  [[nodiscard]] std::vector<Span> definitions(const Occurrence& occurrence) const;

 private:
  friend class SymbolDeclarations;
  friend class SymbolBuilder;

  std::vector<Symbol> symbols_;
  std::vector<std::size_t> parents_;     ///< a union-find: symbols of one family have one root
  std::vector<Occurrence> occurrences_;  ///< by file and place
  std::uint32_t longest_ = 0;            ///< bytes of an occurrence
};

}  // namespace dynamo
