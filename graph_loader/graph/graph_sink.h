#pragma once
// Diagnostics of one graph carry its name, so that people see which of several is meant.

#include "proto/diagnostic.h"

#include <string>
#include <utility>

namespace dynamo {

/// Adds the name of the graph that is being checked.
class GraphSink final : public DiagnosticSink {
 public:
  GraphSink(DiagnosticSink& next, std::string graph) : next_(next), graph_(std::move(graph)) {}
  void report(Diagnostic diagnostic) override {
    if (!diagnostic.graph) diagnostic.graph = graph_;
    next_.report(std::move(diagnostic));
  }
  bool afford_hint(std::size_t names) override { return next_.afford_hint(names); }

 private:
  DiagnosticSink& next_;
  std::string graph_;
};

}  // namespace dynamo
