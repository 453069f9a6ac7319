#pragma once
// What a file defines, as a tree for the side bar of an editor.

#include "graph_loader/language/symbols.h"
#include "graph_loader/yaml/syntax_tree.h"

#include <optional>
#include <string>
#include <vector>

namespace dynamo {

struct FileSymbol {
  std::string name;
  std::string detail;              ///< "Backend = FastBackend"; may be empty
  std::optional<SymbolKind> kind;  ///< none: a section of the file
  Span range;                      ///< with its value
  Span name_range;
  std::vector<FileSymbol> children;
};

std::vector<FileSymbol> file_symbols(const SyntaxTree& tree);

}  // namespace dynamo
