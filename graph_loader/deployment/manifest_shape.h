#pragma once
// Reads the values of a manifest: wrong kinds are DG0103, an empty value counts as an empty mapping, list or text, as
// Kubernetes takes it, and a number where text belongs counts as the text that was written.

#include "graph_loader/deployment/keeping.h"
#include "graph_loader/deployment/value.h"
#include "graph_loader/spec/shape.h"
#include "proto/source.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo::deployment {

class ManifestShape {
 public:
  explicit ManifestShape(DiagnosticSink& sink) : shape_(sink), keeper_(sink) {}

  [[nodiscard]] DiagnosticSink& sink() const { return shape_.sink(); }
  [[nodiscard]] Keeper& keeper() { return keeper_; }

  /// The entries of a mapping; none after DG0103. `what`: "`spec`".
  const std::vector<Entry>& entries(const Node& node, std::string_view what);
  const std::vector<const Node*>& items(const Node& node, std::string_view what);
  std::optional<Located<std::string>> text(const Node& node, std::string_view what);
  std::vector<Located<std::string>> texts(const Node& node, std::string_view what);
  std::optional<long long> integer(const Node& node, std::string_view what, long long min, long long max);
  std::optional<bool> boolean(const Node& node, std::string_view what) { return shape_.boolean(node, what); }
  Shape& shape() { return shape_; }

 private:
  Shape shape_;
  Keeper keeper_;
};

}  // namespace dynamo::deployment
