#pragma once
// One question to the loader, carried through all steps: files, types, specs, graphs, and for each graph that is
// looked at its values, wiring and placement.

#include "graph_loader/graph/catalog.h"
#include "graph_loader/graph/graphs.h"
#include "graph_loader/graph/instances.h"
#include "graph_loader/graph/names.h"
#include "graph_loader/graph/overrides.h"
#include "graph_loader/graph/specs.h"
#include "graph_loader/graph/wiring.h"
#include "graph_loader/load.h"
#include "graph_loader/spec/files.h"

#include <deque>
#include <memory>
#include <optional>

namespace dynamo {

struct CheckedGraph {
  GraphModel model;
  GraphValues values;
  WiredGraph wired;
};

class Workspace {
 public:
  enum class Environment { Ignored, Checked };

  Workspace(const LoadRequest& request, FileReader& files);
  Workspace(const LoadRequest& request, FileReader& files, Target target);

  /// Reads the files and checks all definitions. False: nothing more can be checked.
  bool load();
  /// Checks every graph, and keeps them all for later questions or none: there may be thousands.
  enum class Keep { Nothing, Graphs };
  void check_all(Keep keep);
  /// The graph or spec that the target names; nullptr if there is none (a diagnostic or `usage` says why).
  const NamedDefinition* find_target();
  /// Checks the graph, or spec, that the target names, with the overrides; nullptr if there is none (a diagnostic or
  /// `usage` says why).
  const CheckedGraph* check_target();
  /// DG0901, DG0902, DG0905.
  void lint(bool whole_file);
  /// Sorted diagnostics and the rest of an answer.
  void finish(Loading& answer);

  [[nodiscard]] const Target& target() const { return target_; }
  /// Those that were checked and kept.
  [[nodiscard]] const std::deque<CheckedGraph>& graphs() const { return graphs_; }
  [[nodiscard]] const Spec& spec() const { return loaded_.spec; }
  [[nodiscard]] const Catalog& catalog() const { return *catalog_; }
  [[nodiscard]] const Specs& specs() const { return *specs_; }
  [[nodiscard]] DiagnosticList& diagnostics() { return diagnostics_; }
  [[nodiscard]] bool has_errors() const { return diagnostics_.errors() > 0; }
  /// Variables for evaluation; null where they are not looked at.
  [[nodiscard]] const std::map<std::string, std::string>* environment() const;

 private:
  void check_definitions();
  [[nodiscard]] std::string which_graph(const std::vector<std::string_view>& own) const;
  [[nodiscard]] Span name_in_target() const;
  const CheckedGraph& add(GraphModel model);
  void apply_entry_port(CheckedGraph& graph);
  void check_environment_of(const Text& text, const std::optional<std::string>& graph);
  void check_environment_of_all();
  void check_demands(const CheckedGraph& graph);
  void check_environment_of(const CheckedGraph& graph);
  void lint_components();
  void lint_reachability(const CheckedGraph& graph);
  void lint_secrets();

  const LoadRequest& request_;
  FileReader& files_;
  Target target_;
  std::shared_ptr<Sources> sources_ = std::make_shared<Sources>();
  DiagnosticList diagnostics_;
  LoadedFiles loaded_;
  std::optional<std::string> usage_;
  const SourceFile* target_word_ = nullptr;
  std::unique_ptr<Names> names_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Specs> specs_;
  std::unique_ptr<Graphs> graph_table_;
  GraphOverrides overrides_;
  std::deque<CheckedGraph> graphs_;
  std::size_t graphs_checked_ = 0;
};

}  // namespace dynamo
