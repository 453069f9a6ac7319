#pragma once
// The parts of a diagnostic that forms without excerpts put into its message.

#include "proto/diagnostic.h"

#include <string>
#include <vector>

namespace dynamo {

/// Whether the text is a file: neither standard input nor the command line.
bool is_file(const SourceFile& source);

/// "graph.yaml:91:7", safe to print.
std::string place_text(const Span& span);

/// " (graph `mock`)", where neither the text nor the place tells.
std::string graph_remark(const Diagnostic& diagnostic);

/// What the primary place is, then "note: ..." and "help: ..."; lines may hold line ends.
std::vector<std::string> remarks_of(const Diagnostic& diagnostic);

}  // namespace dynamo
