#pragma once
// Graphs with what they inherit and what the command line changes: which component sits in which slot, how it
// is tuned, which sidecars there are. Reports DG0007, DG0305, DG0401, DG0403 to DG0411.

#include "graph_loader/graph/catalog.h"
#include "graph_loader/graph/inheritance.h"
#include "graph_loader/graph/names.h"
#include "graph_loader/graph/specs.h"
#include "graph_loader/spec/spec.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// One component in a slot of a graph.
struct BoundItem {
  Name use;  ///< where it was named: the binding, or the word of the default
  const FileScope* scope = nullptr;
  std::size_t component = 0;
  bool by_default = false;
  bool from_override = false;
  std::vector<const TuneDefinition*> tunes;  ///< weakest first
  TuneDefinition tune;                       ///< all of them merged
};

struct BoundSlot {
  std::string name;
  Span where;  ///< the slot in the spec; of an added sidecar its key in the graph
  bool sidecar = false;
  bool declared = true;  ///< false: a sidecar that only the graph knows
  TypeRef type;
  std::string type_name;
  Span type_where;
  Arity arity = Arity::One;
  bool broken = false;
  std::vector<BoundItem> items;
  Span none_where;  ///< set if `none` was written

  [[nodiscard]] bool empty() const { return items.empty(); }
  [[nodiscard]] bool optional() const { return arity == Arity::Optional || arity == Arity::OptionalMany; }
};

/// Changes of the command line to one graph.
struct GraphOverrides {
  GraphDefinition layer;  ///< bindings, sidecars and params as if a graph extended the target
  bool reported = false;  ///< an override was DG0802 or DG0803
};

struct GraphModel {
  std::string name;
  std::string simple_name;
  std::string name_space;
  Span where;  ///< its name, or NAME in the argument
  const SpecModel* spec = nullptr;
  std::size_t spec_index = 0;
  bool is_spec = false;         ///< a spec served as a graph
  bool silent_missing = false;  ///< nothing is told about missing components and params (DG0404, DG0802, DG0803)
  bool missing_slot_silent = false;
  bool parent_tells = false;  ///< what it lacks the graph that it extends lacks too, and that one is looked at
  std::vector<BoundSlot> slots;
  std::vector<BoundSlot> sidecars;
  std::vector<BoundSlot> removed_sidecars;  ///< `none` for what another layer has added
  std::vector<ParamValue> params;
  std::vector<VariableDefinition> env;
  std::map<std::string, const WireDefinition*> wires;
  std::vector<const GraphDefinition*> layers;  ///< what it was made of: graphs, weakest first, then the command line
  std::map<std::string, std::size_t, std::less<>> slot_places;     ///< in `slots`, by name
  std::map<std::string, std::size_t, std::less<>> sidecar_places;  ///< in `sidecars`, while layers are laid

  [[nodiscard]] const BoundSlot* find_slot(std::string_view name) const;
  [[nodiscard]] const BoundSlot* find_sidecar(std::string_view name) const;
};

class Graphs {
 public:
  Graphs(const Spec& spec, Names& names, const Catalog& catalog, const Specs& specs, DiagnosticSink& sink);

  /// Reports parents that do not exist and cycles; true if the graph, and all it extends, can be checked.
  [[nodiscard]] bool sound(std::size_t graph) const { return sound_[graph]; }

  /// The spec of a sound graph.
  [[nodiscard]] std::size_t spec_of(std::size_t graph) const { return spec_of_[graph]; }

  /// From now on every graph is asked for: what a graph lacks is told at the one that it extends.
  void tell_parents() { tells_parents_ = true; }
  /// None if the graph, or its spec, cannot be checked. `overrides` may be null.
  std::optional<GraphModel> graph(std::size_t index, const GraphOverrides* overrides);
  /// A spec as a graph without bindings; `where` is NAME in the argument.
  std::optional<GraphModel> spec(std::size_t index, Span where, const GraphOverrides* overrides);

 private:
  void resolve(std::size_t index, std::optional<std::size_t> parent);
  void check_names(const GraphDefinition& definition);
  [[nodiscard]] std::string how_to_fill(const BoundSlot& slot, bool on_command_line) const;
  GraphModel start(const SpecModel& spec, const std::string& name);
  void lay(GraphModel& model, const GraphDefinition& layer);
  void bind_slot(GraphModel& model, const BindingDefinition& binding);
  void bind_sidecar(GraphModel& model, const BindingDefinition& binding);
  void finish(GraphModel& model, const GraphOverrides* overrides);
  void finish_slot(GraphModel& model, BoundSlot& slot);
  bool resolve_item(const GraphModel& model, const BoundSlot& slot, BoundItem& item);

  const Spec& spec_;
  Names& names_;
  const Catalog& catalog_;
  const Specs& specs_;
  DiagnosticSink& sink_;
  std::vector<bool> sound_;
  std::vector<std::size_t> spec_of_;
  std::vector<std::optional<std::size_t>> parent_;
  std::vector<std::size_t> ancestors_;  ///< how many graphs each extends, directly and indirectly
  InheritedEntries inherited_;
  bool tells_parents_ = false;
};

}  // namespace dynamo
