#pragma once
// Sinks that add what the reporting code does not know: the graph that is being checked, and where a value comes from.

#include "proto/diagnostic.h"

#include <string>
#include <utility>
#include <vector>

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

/// Adds labels to everything that is reported: where the value in question comes from.
class LabelSink final : public DiagnosticSink {
 public:
  explicit LabelSink(DiagnosticSink& next, std::vector<Label> labels = {}) : next_(next), labels_(std::move(labels)) {}
  void set(std::vector<Label> labels) { labels_ = std::move(labels); }
  void report(Diagnostic diagnostic) override {
    diagnostic.others.insert(diagnostic.others.end(), labels_.begin(), labels_.end());
    next_.report(std::move(diagnostic));
  }
  bool afford_hint(std::size_t names) override { return next_.afford_hint(names); }

 private:
  DiagnosticSink& next_;
  std::vector<Label> labels_;
};

}  // namespace dynamo
