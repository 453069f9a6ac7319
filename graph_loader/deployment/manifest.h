#pragma once
// The documents of a file of manifests: which of them are DynamoGraphDeployments, and which are something else.
// Reports DG0821 and DG0822, and DG0911 for every document that is only kept.

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/yaml/syntax_tree.h"
#include "proto/diagnostic.h"

#include <deque>
#include <vector>

namespace dynamo::deployment {

struct Manifest {
  ApiVersion version = ApiVersion::Beta;
  const Node* node = nullptr;
};

struct Manifests {
  std::vector<Manifest> deployments;
  std::vector<Value> others;  ///< whole documents of other kinds
};

/// Lists, as `kubectl get -o yaml` writes them, are opened.
Manifests sort_manifests(const SourceFile& file, const std::deque<SyntaxTree>& documents, DiagnosticSink& sink);

}  // namespace dynamo::deployment
