#pragma once
// What can be said about a YAML file at a glance, without reading any other: whether it is a graph file, which files
// it imports, and whether it may be an overlay. An editor shows us every YAML file.

#include "graph_loader/spec/spec.h"
#include "graph_loader/yaml/syntax_tree.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct FileFacts {
  enum class Kind {
    Foreign,    ///< something else: nothing is said about it
    Undecided,  ///< it may become a graph file: it can be completed, and nothing is said about it
    Graph,      ///< it says so in `apiVersion`, or what it defines cannot be anything else
  } kind = Kind::Undecided;
  std::vector<std::string> imports;  ///< normalised paths, in the order of the file
  /// Of a comment `# dynamo: overlay of PATH` above the first key, normalised; empty: there is none.
  std::string overlay_of;
  std::uint32_t overlay_of_begin = 0;  ///< where that path stands
  std::uint32_t overlay_of_end = 0;

  struct Definition {
    NameKind kind = NameKind::Component;
    std::string name;
    bool complete = false;  ///< it has what the grammar demands of a definition that stands alone
  };
  /// Of a file that imports nothing and most of whose definitions lack what they need: it may be an overlay. Else
  /// empty.
  std::vector<Definition> changes;
};

/// `tree` is what could be made of the text; null: nothing.
FileFacts facts_of(const std::string& path, std::string_view text, const SyntaxTree* tree);

/// How many definitions of a base a file may change; none: it is no overlay of that base.
std::optional<std::size_t> names_in_common(const FileFacts& facts, const Spec& base);

}  // namespace dynamo
