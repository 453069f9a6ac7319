#pragma once
// Root file and imports -> Spec: which files there are, under which aliases, in which order, and what each
// of them defines. Reports DG0001 to DG0007, DG0105, DG0106, DG0203 to DG0205 and every mistake of shape.

#include "graph_loader/file_reader.h"
#include "graph_loader/spec.h"
#include "proto/diagnostic.h"

#include <optional>
#include <string>

namespace dynamo {

struct LoadedFiles {
  Spec spec;
  bool complete = false;                  ///< false: a file could not be read as one, nothing more can be checked
  std::optional<std::string> unreadable;  ///< the root could not be opened
};

LoadedFiles load_files(const std::string& root, FileReader& reader, Sources& sources, DiagnosticSink& sink);

}  // namespace dynamo
