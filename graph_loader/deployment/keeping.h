#pragma once
// What the graph language has no word for stays in the graph file under `x-kubernetes`, as it was written, and is told:
// keys that only mean something in a cluster (DG0911, DG0914, DG0915), records of the cluster that are left out
// (DG0916), and keys that no DynamoGraphDeployment has (DG0912).

#include "graph_loader/deployment/value.h"
#include "graph_loader/spec/shape.h"
#include "proto/diagnostic.h"

#include <string>
#include <string_view>

namespace dynamo::deployment {

/// The keys that a mapping of a manifest may have; a key outside the list is DG0912.
namespace manifest_keys {
extern const Keys document;
extern const Keys metadata;
extern const Keys alpha_spec;
extern const Keys beta_spec;
extern const Keys alpha_component;
extern const Keys beta_component;
extern const Keys pod_template;
extern const Keys pod;
extern const Keys container;
extern const Keys probe;
extern const Keys variable;
extern const Keys resources;
}  // namespace manifest_keys

class Keeper {
 public:
  explicit Keeper(DiagnosticSink& sink) : sink_(sink) {}

  [[nodiscard]] DiagnosticSink& sink() const { return sink_; }

  /// Adds an entry to `kept`. `owner`: "`decode`", whose key it is; `known`: the keys that its mapping may have.
  void keep(Value& kept, const Entry& entry, std::string_view owner, Keys known);
  /// The same for a value that is put together by the caller.
  void tell(Span where, std::string_view what, std::string_view why = {});

 private:
  DiagnosticSink& sink_;
};

}  // namespace dynamo::deployment
