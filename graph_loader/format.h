#pragma once
// A graph file in canonical form: `dynamo graph fmt`. Pure: text in, text out; whoever calls writes the file.
// docs/graph-language.md tells what the form is. A file needs no more than to be readable as YAML.

#include "graph_loader/load.h"

#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

/// The text in canonical form; none after a report (DG0001 to DG0007).
/// Throws std::logic_error rather than give a text that says something else (a bug of the formatter).
std::optional<std::string> format_text(const SourceFile& file, DiagnosticSink& sink);

struct Formatting : Loading {
  std::string_view before;          ///< the text of the file, in `sources`
  std::optional<std::string> text;  ///< set if nothing is wrong
};

/// `file` is a path, or `-` for standard input.
Formatting format_file(const std::string& file, FileReader& files);

}  // namespace dynamo
