#pragma once
// A place in a file in the terms of the grammar and of the definitions: what value stands there, and whose.

#include "graph_loader/language/analysis.h"
#include "graph_loader/language/cursor.h"
#include "graph_loader/spec/grammar.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dynamo {

struct GrammarPosition {
  /// Of a key: the mapping or table that it is a key of. Of a value: the value. Null: nothing that the grammar knows.
  const grammar::Value* value = nullptr;
  const grammar::Key* key = nullptr;  ///< the nearest key of a closed mapping above the place
};

/// Follows a path from the top of a file, or of an overlay.
GrammarPosition follow(const std::vector<Step>& path, const grammar::Mapping& top = grammar::file);

/// The definition that a path leads into, and what it says about names below.
struct Owner {
  std::optional<NameKind> kind;
  std::optional<std::size_t> index;
  const FileScope* scope = nullptr;
  std::string member;                   ///< the key two below: "bind", "slots", "clients"
  std::string name;                     ///< the key three below: a slot, a client
  std::vector<std::size_t> components;  ///< itself, or those in the slot of the binding
  std::set<std::size_t> specs;          ///< those whose params ${graph.NAME} means
};

Owner owner_of(const Analysis& analysis, const std::string& path, const std::vector<Step>& steps);

}  // namespace dynamo
