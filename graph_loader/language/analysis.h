#pragma once
// A root file with all that it imports, resolved as far as it goes whatever is wrong with it: what the language
// features for editors look things up in. It reports nothing; check_file() does.

#include "graph_loader/graph/catalog.h"
#include "graph_loader/graph/graphs.h"
#include "graph_loader/graph/names.h"
#include "graph_loader/graph/specs.h"
#include "graph_loader/language/root.h"
#include "graph_loader/spec/file_reader.h"
#include "graph_loader/spec/files.h"
#include "graph_loader/workspace.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {

class Analysis {
 public:
  Analysis(const Root& root, FileReader& files);
  Analysis(const Analysis&) = delete;
  Analysis& operator=(const Analysis&) = delete;

  [[nodiscard]] const Root& root() const { return root_; }
  [[nodiscard]] const Spec& spec() const { return loaded_.spec; }
  [[nodiscard]] const std::vector<RepeatedKey>& repeated_keys() const { return loaded_.repeated_keys; }
  [[nodiscard]] const Names& names() const { return names_; }
  [[nodiscard]] const Catalog& catalog() const { return catalog_; }
  [[nodiscard]] const Specs& specs() const { return specs_; }
  [[nodiscard]] const Sources& sources() const { return sources_; }

  /// A graph with its values and connections; nullptr where it cannot be checked.
  [[nodiscard]] const CheckedGraph* graph(std::size_t index) const;

  /// What a component extends, itself first. At least itself, also where that cannot be resolved.
  [[nodiscard]] std::vector<std::size_t> chain_of_component(std::size_t index) const;
  [[nodiscard]] std::vector<std::size_t> chain_of_spec(std::size_t index) const;
  [[nodiscard]] std::vector<std::size_t> chain_of_graph(std::size_t index) const;
  /// The spec of a graph, through what it extends.
  [[nodiscard]] std::optional<std::size_t> spec_of_graph(std::size_t index) const;

  [[nodiscard]] std::optional<std::size_t> component(std::string_view name, const FileScope& scope) const;
  [[nodiscard]] std::optional<std::size_t> interface(std::string_view name, const FileScope& scope) const;
  /// `Any`, an interface or a component; None where it is nothing.
  [[nodiscard]] TypeRef type(std::string_view name, const FileScope& scope) const;

  /// The scope of a file by its path; nullptr if it is not among those read.
  [[nodiscard]] const FileScope* scope(std::string_view path) const;
  /// Definitions by the place where they stand; nothing if there is none of that name in that file. In an overlay:
  /// those that it changes.
  [[nodiscard]] std::optional<std::size_t> defined(NameKind kind, std::string_view path, std::string_view name) const;
  /// The file of a definition: names in it, and in what an overlay changes of it, are looked up from there.
  [[nodiscard]] const FileScope* scope_of(NameKind kind, std::size_t index) const;

  /// The specs of which a component, or one that extends it, is a default or is bound: its ${graph.NAME} means theirs.
  [[nodiscard]] const std::set<std::size_t>& specs_using(std::size_t component) const;

  /// What a definition says under `doc`; empty: nothing.
  [[nodiscard]] std::string doc(const Span& name) const;

  /// The components that fill a slot, or a sidecar, of a graph: what its binding names, or what it inherits.
  [[nodiscard]] std::vector<std::size_t> bound(std::size_t graph, const std::string& slot) const;
  /// The defaults of a slot, or sidecar, of a spec.
  [[nodiscard]] std::vector<std::size_t> defaults(std::size_t spec, const std::string& slot) const;

 private:
  class Unheard final : public DiagnosticSink {
   public:
    void report(Diagnostic /*diagnostic*/) override {}
  };

  [[nodiscard]] std::optional<std::size_t> target(std::string_view name, NameKind kind, const FileScope& scope) const;

  void note_uses();
  void note_docs();

  Root root_;
  Sources sources_;
  Unheard unheard_;
  LoadedFiles loaded_;
  Names names_;
  Catalog catalog_;
  Specs specs_;
  Graphs graphs_;
  std::map<std::size_t, CheckedGraph> checked_;
  std::vector<std::set<std::size_t>> specs_using_;                                ///< by component
  std::map<std::pair<const SourceFile*, std::uint32_t>, std::string_view> docs_;  ///< by the place of the name
};

}  // namespace dynamo
