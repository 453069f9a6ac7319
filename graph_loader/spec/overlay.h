#pragma once
// Overlays (`-f FILE`): what they say is laid over the definitions as they were written, before anything is
// checked. Mappings merge per key, lists and scalars replace, bindings and sidecars as when a graph extends another,
// and an empty value deletes its key. Every value keeps its own place. Reports DG0801, and DG0403 of a binding that
// tunes `none`.

#include "graph_loader/spec/grammar.h"
#include "graph_loader/spec/spec.h"
#include "graph_loader/yaml/syntax_tree.h"
#include "proto/diagnostic.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {

/// A name of the user that is a key, and the key of an overlay that changes what stands there.
struct RepeatedKey {
  const Node* below = nullptr;
  const Node* above = nullptr;  ///< of a definition: with its alias
  bool deleted = false;         ///< or takes it away
};

class Overlays {
 public:
  explicit Overlays(DiagnosticSink& sink) : sink_(sink) {}

  /// One definition of an overlay: `section` is "components", the entry its name and what it changes. Later ones are
  /// laid over earlier ones. The nodes must outlive this object.
  void add(std::string_view section, const Entry& definition);

  /// The definition of that name (with its alias) with everything laid over it; none if it is deleted.
  std::optional<Entry> apply(std::string_view section, const std::string& name, const Entry& definition);
  /// Names of definitions that were deleted, and where.
  std::map<std::string, Span, std::less<>> take_deleted() { return std::move(deleted_); }

  /// DG0801 for every definition that was never asked for. `spec` knows the names that there are.
  void report_unknown(const Spec& spec);

  /// Owns the merged nodes; to be kept as long as anything read from them.
  SyntaxTree take_tree() { return std::move(tree_); }
  Replaced take_replaced() { return std::move(replaced_); }
  std::vector<RepeatedKey> take_repeated_keys() { return std::move(repeated_keys_); }

 private:
  struct Layer {
    Entry definition;
    bool used = false;
  };
  using Section = std::map<std::string, std::vector<Layer>, std::less<>>;

  const Node* merge(const Entry& base, const Entry& layer, const grammar::Value* rule);
  const Node* merge_mappings(const Node& base, const Node& layer, const grammar::Value* rule);
  const Node* merge_binding(const Entry& base, const Entry& layer, const grammar::Value& rule);
  const Node* added(const Entry& layer, const grammar::Value* rule);
  const Node* as_mapping(const Node& node, const grammar::Value& rule);
  void report_nothing_to_delete(const Entry& layer, const Node& base);
  Node& make(NodeKind kind, Span where);

  DiagnosticSink& sink_;
  SyntaxTree tree_;
  std::map<std::string, Section, std::less<>> sections_;
  Replaced replaced_;
  std::vector<RepeatedKey> repeated_keys_;
  std::map<std::string, Span, std::less<>> deleted_;
};

}  // namespace dynamo
