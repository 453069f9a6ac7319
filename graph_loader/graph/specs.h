#pragma once
// Specs with what they inherit: slots, sidecar slots, params, wires and the entry. Reports DG0205, DG0305 and
// DG0402 to DG0409 of specs.

#include "graph_loader/graph/catalog.h"
#include "graph_loader/graph/inheritance.h"
#include "graph_loader/graph/names.h"
#include "graph_loader/spec/spec.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct DefaultComponent {
  Name name;
  const FileScope* scope = nullptr;
  std::size_t component = 0;
};

struct Slot {
  SlotDefinition definition;
  TypeRef type;
  std::vector<DefaultComponent> defaults;
  bool broken = false;  ///< its type or a default was reported
  [[nodiscard]] bool may_be_empty() const {
    return definition.arity == Arity::Optional || definition.arity == Arity::OptionalMany;
  }
  [[nodiscard]] bool many() const { return definition.arity == Arity::Many || definition.arity == Arity::OptionalMany; }
};

struct SpecModel {
  const SpecDefinition* definition = nullptr;
  std::optional<std::size_t> parent;
  bool sound = true;  ///< false: not checked, and neither are its graphs
  std::vector<Slot> slots;
  std::vector<Slot> sidecars;
  std::vector<ParamDefinition> params;
  std::vector<const WireDefinition*> wires;
  std::optional<Name> entry;

  [[nodiscard]] const Slot* find_slot(std::string_view name) const;
  [[nodiscard]] const Slot* find_sidecar(std::string_view name) const;
};

class Specs {
 public:
  Specs(const Spec& spec, Names& names, const Catalog& catalog, DiagnosticSink& sink);
  [[nodiscard]] const SpecModel& model(std::size_t index) const { return models_[index]; }

 private:
  void resolve(std::size_t index, const SpecModel* parent);
  void add_slots(std::vector<Slot>& list, const std::vector<SlotDefinition>& own);
  Slot resolve_slot(const SlotDefinition& definition);
  void check_widening(const Slot& old, const Slot& replacement);
  void check_names(const SpecModel& model, const SpecModel* parent);
  void check_entry(SpecModel& model);

  const Spec& spec_;
  Names& names_;
  const Catalog& catalog_;
  DiagnosticSink& sink_;
  InheritedEntries inherited_;
  std::vector<SpecModel> models_;
};

/// "components that fit: `A`, `B`", for a help line; empty if there is none.
std::string fitting_help(const Catalog& catalog, const TypeRef& type);

}  // namespace dynamo
