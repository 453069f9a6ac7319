#pragma once
// What somebody meant whose override names nothing: people write the way that a value has in the file
// (`graphs.agg.bind.backend=Mock`), leave a step out (`backend.gpus=2`), or name the component instead of its slot.

#include "graph_loader/graph/graphs.h"
#include "graph_loader/spec/spec.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// What an override may name.
struct OverrideTarget {
  std::string file;                  ///< as typed
  const Spec* all = nullptr;         ///< every definition
  const SpecModel* spec = nullptr;   ///< of the target
  std::optional<GraphModel> model;   ///< without overrides; none if it cannot be checked, then hints know less
  const FileScope* scope = nullptr;  ///< of the root file
  const Catalog* catalog = nullptr;

  [[nodiscard]] bool is_slot(std::string_view name) const;
  /// One of the spec, or one that only the graph has.
  [[nodiscard]] bool is_sidecar(std::string_view name) const;
  [[nodiscard]] bool is_place(std::string_view name) const { return is_slot(name) || is_sidecar(name); }
  [[nodiscard]] bool is_param(std::string_view name) const;
  [[nodiscard]] bool is_component(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> places() const;
  [[nodiscard]] std::vector<std::string_view> params() const;
  /// The components in a slot or sidecar.
  [[nodiscard]] std::vector<const Component*> components_in(std::string_view place) const;
};

using OverridePath = std::vector<std::string>;

/// `backend.replicas=2`.
std::string override_text(const OverridePath& path, std::string_view value);

class OverrideHints {
 public:
  explicit OverrideHints(const OverrideTarget& target) : target_(target) {}

  /// The paths to what may be meant, as far as that can be told from what there is; none for a path that is right, and
  /// for one that is only misspelled.
  [[nodiscard]] std::vector<OverridePath> meant(const OverridePath& path) const;

  /// The graph that a path such as `graphs.agg.backend` names, if it is another one than the target.
  [[nodiscard]] std::optional<std::string> other_graph(const OverridePath& path) const;

  /// What else can be said about a path whose first word is none of a slot, sidecar or param; may be empty.
  [[nodiscard]] std::string about_first(const OverridePath& path, std::string_view value) const;

  /// What to write instead of a word without `=`; may be empty.
  [[nodiscard]] std::string about_word(std::string_view word) const;

 private:
  [[nodiscard]] std::vector<OverridePath> in_place(const OverridePath& path) const;
  [[nodiscard]] std::vector<OverridePath> of_component(const OverridePath& path) const;
  [[nodiscard]] std::vector<OverridePath> elsewhere(const OverridePath& path) const;

  const OverrideTarget& target_;
};

/// "`g.yaml:agg` ..." for a word that is, or nearly is, a graph or spec: what to write to choose it; empty if it is
/// none.
std::string target_hint(std::string_view word, const std::string& file, const Spec& spec);

}  // namespace dynamo
