#pragma once
// Root file, imports and overlays -> Spec: which files there are, under which aliases, in which order, and what each
// of them defines. Reports DG0001 to DG0007, DG0105, DG0106, DG0203 to DG0205 and every mistake of shape.

#include "graph_loader/spec/file_reader.h"
#include "graph_loader/spec/overlay.h"
#include "graph_loader/spec/spec.h"
#include "proto/diagnostic.h"

#include <optional>
#include <string>
#include <vector>

namespace dynamo {

struct LoadedFiles {
  Spec spec;
  bool complete = false;                  ///< false: a file could not be read as one, nothing more can be checked
  std::optional<std::string> unreadable;  ///< the root or an overlay could not be opened
  std::vector<RepeatedKey> repeated_keys;
};

/// What is read of files that cannot be trusted, because one of them is missing or not YAML.
enum class Reading {
  Trusted,          ///< no definitions
  AsFarAsPossible,  ///< those of the files that are there; an editor's names must not go away at a typing mistake
};

/// `overlays` are laid over the definitions in their order.
LoadedFiles load_files(const std::string& root, const std::vector<std::string>& overlays, FileReader& reader,
                       Sources& sources, DiagnosticSink& sink, Reading reading = Reading::Trusted);

}  // namespace dynamo
