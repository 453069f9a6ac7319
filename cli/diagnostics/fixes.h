#pragma once
// `graph validate --fix`: which fixes are made, and what the texts are then.
//
// Fixes that are certain (Applicability::Machine) are made in rounds, since a mistake that stops the loading hides
// others: collect them, leave those that overlap for the next round, edit, and load again. A fix counts only if its
// diagnostic is gone, the file can still be read, and nothing new is wrong where the text was edited. If that fails
// for all fixes of a round together, half of them are tried, until the one that is to blame is found and left out.

#include "graph_loader/load.h"
#include "proto/diagnostic.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// The text with all replacements made; their places do not overlap.
std::string edited(std::string_view text, std::vector<Edit> edits);

/// An edit in words: "graph.yaml:3:5: DG0101: `comand` -> `command`", as the place of the diagnostic was before.
std::string edit_in_words(const Diagnostic& diagnostic, const Fix& fix, const Edit& edit);

struct EditedFile {
  std::string before;
  std::string after;
  std::vector<std::string> edits;  ///< in words
};

struct Fixing {
  Loading loading;                          ///< of the edited texts: what is left
  std::map<std::string, EditedFile> files;  ///< by path; only those that differ now
  std::size_t fixed = 0;                    ///< mistakes
  std::vector<std::string> left_out;        ///< certain fixes that were not made, and why, in words
  std::vector<std::string> unwritten;       ///< why files could not be written, which are as they were
};

/// Gives a file its new text; why it cannot, in words.
using FileWriter = std::function<std::optional<std::string>(const std::string& path, const EditedFile& file)>;

/// Each file that has changed is written once, whatever names it was read by. What is left is that of the files as they
/// are then. Without `write` the files are taken for written.
Fixing fix_mistakes(const LoadRequest& request, FileReader& files, const FileWriter& write = {});

}  // namespace dynamo
