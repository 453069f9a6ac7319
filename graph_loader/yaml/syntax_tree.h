#pragma once
// What was written in a YAML text, with a byte span on every node, and nothing about what it means.

#include "proto/source.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// The core schema of YAML 1.2, restricted to what the language reference names: quoted scalars are always String.
enum class NodeKind { Null, Bool, Int, Float, String, Sequence, Mapping };

struct Node;

struct Entry {
  const Node* key = nullptr;    ///< a scalar
  const Node* value = nullptr;  ///< never null; an empty value is a Null node whose `where` is that of the key
};

struct Node {
  NodeKind kind = NodeKind::Null;
  bool quoted = false;  ///< a scalar in quotes or a block scalar
  bool flow = false;    ///< a collection in brackets
  /// A scalar with its quotes; a flow collection with its brackets; a block collection from its first key or
  /// dash to the end of its last value; an empty value: its key (in a sequence: its dash).
  Span where;
  std::string_view text;           ///< of a scalar: its value without quotes and escapes
  std::vector<Entry> entries;      ///< of a mapping, in order
  std::vector<const Node*> items;  ///< of a sequence; an alias is the anchored node itself

  [[nodiscard]] bool is_scalar() const { return kind != NodeKind::Sequence && kind != NodeKind::Mapping; }
  [[nodiscard]] bool is_mapping() const { return kind == NodeKind::Mapping; }
  [[nodiscard]] bool is_sequence() const { return kind == NodeKind::Sequence; }
  /// The first entry with this key; nullptr if there is none.
  [[nodiscard]] const Entry* find(std::string_view key) const;
  /// The place of byte `offset` of `text` in the source; exact for plain and quoted single-line scalars without
  /// escapes, else the nearest place that can be known.
  [[nodiscard]] Span part(std::size_t offset, std::size_t length) const;
};

/// An anchor, and the value that it stands in front of.
struct AnchorPlace {
  const Node* node = nullptr;
  Span where;  ///< `&name`
};

/// An alias, and the place in the tree that it fills: a collection has the anchored node itself there.
struct AliasPlace {
  const Node* holder = nullptr;  ///< the mapping or sequence
  std::size_t index = 0;         ///< of the entry or item
  bool key = false;              ///< it stands for the key of the entry
  Span where;                    ///< `*name`
};

/// Owns the nodes. Addresses of nodes stay valid when the tree is moved.
struct SyntaxTree {
  std::deque<Node> nodes;
  std::deque<std::string> texts;  ///< values that differ from the source (escapes, folding)
  const Node* root = nullptr;
  std::vector<AnchorPlace> anchors;  ///< in the order of the file
  std::vector<AliasPlace> aliases;   ///< in the order of the file
  std::size_t values = 0;            ///< as counted for the limit (limits.h)
};

/// What the core schema makes of a plain scalar: Null, Bool, Int, Float or String.
NodeKind scalar_kind(std::string_view plain);

}  // namespace dynamo
