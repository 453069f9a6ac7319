#include "graph_loader/import.h"

#include "graph_loader/deployment/deployment_reader.h"
#include "graph_loader/deployment/graph_file.h"
#include "graph_loader/deployment/importer.h"
#include "graph_loader/deployment/keeping.h"
#include "graph_loader/deployment/manifest.h"
#include "graph_loader/deployment/parts.h"
#include "graph_loader/yaml/parse.h"

#include <utility>
#include <vector>

namespace dynamo {
namespace {

std::optional<std::string> import_text(const SourceFile& source, DiagnosticList& diagnostics) {
  const auto documents = parse_yaml_documents(source, diagnostics);
  if (!documents) return std::nullopt;
  deployment::Manifests manifests = deployment::sort_manifests(source, *documents, diagnostics);
  deployment::Keeper keeper(diagnostics);
  std::vector<deployment::GraphParts> graphs;
  for (const deployment::Manifest& manifest : manifests.deployments) {
    const deployment::Deployment read = deployment::read_deployment(manifest, diagnostics);
    graphs.push_back(deployment::make_parts(read, keeper));
  }
  deployment::Value kept;
  kept.add_if_any("resources", deployment::list_value(std::move(manifests.others)));
  const deployment::GraphFile file = deployment::make_graph_file(std::move(graphs), std::move(kept), diagnostics);
  if (diagnostics.errors() > 0) return std::nullopt;
  return deployment::graph_file_text(file);
}

}  // namespace

Importing import_deployments(const std::string& file, FileReader& files) {
  Importing answer;
  answer.file = file;
  answer.sources = std::make_shared<Sources>();
  auto bytes = files.read(file);
  if (bytes.has_error()) {
    answer.unreadable = bytes.error().message();
    return answer;
  }
  DiagnosticList diagnostics;
  answer.text = import_text(answer.sources->add(file, std::move(*bytes)), diagnostics);
  answer.untold = diagnostics.untold();
  answer.diagnostics = std::move(diagnostics).sorted();
  return answer;
}

}  // namespace dynamo
