#pragma once
// Which references may stand where, and whether they mean something there (DG0605).

#include "graph_loader/graph/catalog.h"
#include "graph_loader/graph/specs.h"

#include <functional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace dynamo {

/// Where a text stands, as far as references care.
enum class TextPlace {
  Run,    ///< command, cwd, env, probe texts: everything
  Value,  ///< replicas, resources, ports, durations: params, graph, env
};

/// Calls `visit` for every text of the shared keys.
void for_each_text(const RunDefinition& run, const std::function<void(const Text&, TextPlace)>& visit);
/// Every text of a component with what it inherits, except the defaults of params.
void for_each_text(const Component& component, const std::function<void(const Text&, TextPlace)>& visit);
/// Every text that one binding tunes, except values of params.
void for_each_text(const TuneDefinition& tune, const std::function<void(const Text&, TextPlace)>& visit);

class ReferenceChecker {
 public:
  ReferenceChecker(const Catalog& catalog, DiagnosticSink& sink) : catalog_(catalog), sink_(sink) {}

  /// All texts of a component, without what `graph` means.
  void check_component(const Component& component) const;
  /// A text of a component or of a binding of it.
  void check(const Text& text, TextPlace place, const Component& component) const;
  /// Values that see only `graph` and `env`: of a graph, of a spec, and params of a binding.
  void check_graph_value(const Text& text) const;
  /// `env` of a graph: also those of `self` that every component has.
  void check_graph_env(const Text& text) const;
  /// The `graph` references of a text against the params of a spec.
  void check_graph_names(const Text& text, const SpecModel& spec, const std::optional<std::string>& graph) const;

 private:
  /// What the references of one component may name; kept, because many texts of it are checked in a row.
  struct NamesOfOne {
    const Component* component = nullptr;
    std::unordered_set<std::string_view> params;
    std::unordered_set<std::string_view> ports;
    std::unordered_map<std::string_view, const Client*> clients;
  };
  const NamesOfOne& names_of(const Component& component) const;
  void check_self(const Reference& reference, const Component& component) const;
  void check_client(const Reference& reference, const Component& component) const;
  void not_here(const Reference& reference, std::string_view allowed) const;

  const Catalog& catalog_;
  DiagnosticSink& sink_;
  mutable NamesOfOne names_;
};

}  // namespace dynamo
