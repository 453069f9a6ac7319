#pragma once
// A document -> Deployment. Both versions of the API come out in one form; what has no place in it is kept and told.
// Reports DG0103, DG0104, DG0107, DG0109, DG0110, DG0205 and the warnings of keeping.h.

#include "graph_loader/deployment/deployment.h"
#include "graph_loader/deployment/manifest.h"
#include "proto/diagnostic.h"

namespace dynamo::deployment {

Deployment read_deployment(const Manifest& manifest, DiagnosticSink& sink);

}  // namespace dynamo::deployment
