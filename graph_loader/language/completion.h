#pragma once
// What may be written at a place: keys of the mapping that stands there, the words of closed lists, and names, first
// those that fit by type. The grammar (graph_loader/spec/grammar.h) says what may stand where.

#include "graph_loader/language/analysis.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct Completion {
  enum class Kind { Key, Word, Interface, Component, Spec, Graph, Slot, Param, Client, Endpoint, Scope, File };
  std::string label;
  Kind kind = Kind::Word;
  std::string insert;       ///< what is written
  std::string snippet;      ///< the same with `$0` where the cursor goes; empty: as `insert`
  std::string detail;       ///< a few words beside the label
  std::string doc;          ///< a sentence; may be empty
  int rank = 0;             ///< the lower, the better it fits
  std::uint32_t begin = 0;  ///< of the bytes that it replaces
  std::uint32_t end = 0;
};

/// Lists folders for the paths of imports.
class FolderReader {
 public:
  virtual ~FolderReader() = default;
  /// Names of the files and, with a slash behind, the folders in a folder.
  virtual std::vector<std::string> list(const std::string& folder) = 0;
};

/// `text` is what the editor shows; the analysis may be of an earlier or mended text. Sorted by rank.
std::vector<Completion> complete(const Analysis& analysis, const std::string& path, std::string_view text,
                                 std::uint32_t byte, FolderReader& folders);

}  // namespace dynamo
