#pragma once
// The door of `dynamo import`: a file of manifests in, diagnostics and the text of a graph file out. Three steps, each
// from one finished value to the next: the reader (deployment_reader.h: documents to Deployments), the importer
// (parts.h, importer.h: Deployments to a GraphFile) and the writer (graph_file.h, value_writer.h: GraphFile to text).

#include "graph_loader/load.h"
#include "graph_loader/spec/file_reader.h"

#include <optional>
#include <string>

namespace dynamo {

struct Importing : Loading {
  std::optional<std::string> text;  ///< set if there is no error
};

/// `file`: a path, or `-` for standard input.
Importing import_deployments(const std::string& file, FileReader& files);

}  // namespace dynamo
