#pragma once
// Params: their types, their values, and texts with everything filled in that is known. Reports DG0601 to
// DG0605, DG0608 and DG0609.

#include "graph_loader/spec/spec.h"
#include "proto/diagnostic.h"
#include "proto/template.h"

#include <boost/json/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct ParamState {
  enum class Kind {
    Known,
    Unset,    ///< required, no value
    Unknown,  ///< depends on an environment that is not looked at
    Broken,   ///< was reported
  } kind = Kind::Unset;
  std::string text;          ///< Known; Unknown: as written
  boost::json::value value;  ///< Known: typed; Unknown: text as written
  Span where;                ///< of the value or default in force
};

using ParamTable = std::map<std::string, ParamState, std::less<>>;

/// What references may see. A null member: that scope is not known here and its references stand as written.
struct EvaluationScope {
  const ParamTable* params = nullptr;
  const ParamTable* graph = nullptr;
  const std::map<std::string, std::string>* env = nullptr;
  const std::map<std::string, std::string>* self = nullptr;  ///< those of `self` that are known
  std::optional<std::string> checked_graph;                  ///< for diagnostics
};

struct Evaluated {
  Template value;                           ///< references that are not known stay in it
  bool broken = false;                      ///< a reference was reported, here or before
  std::optional<boost::json::value> whole;  ///< typed, if the text is one whole known reference
  /// The text, if nothing in it is open.
  [[nodiscard]] std::optional<std::string> known() const;
};

/// Fills in what is known. Reports DG0604 (with `env`), and DG0601 for `:?` of an empty param.
Evaluated evaluate(const Text& text, const EvaluationScope& scope, DiagnosticSink& sink);

/// The typed value of a text for a param; none if it does not read as the type.
std::optional<boost::json::value> convert(const ParamDefinition& param, std::string_view text);

/// Reports DG0603 or DG0609 at `where`.
void report_param_value(const ParamDefinition& param, std::string_view text, Span where,
                        const std::optional<std::string>& graph, DiagnosticSink& sink);

struct ParamRequest {
  const std::vector<ParamDefinition>* definitions = nullptr;
  const std::vector<ParamValue>* values = nullptr;
  std::string owner;  ///< "spec `LLMAgg`", for messages
  Span owner_where;   ///< where a missing value is told (DG0601)
  /// The hint for a missing value: `{}` stands for the name of the param, `{{` for a brace.
  std::string how_to_set = "add `params: {{{}: VALUE}}`";
  bool silent_missing = false;
  bool defaults_see_params = false;  ///< a component's do; those of a spec see `graph`, which is this table
  bool values_see_this = false;      ///< a graph's values see the params of its spec
};

/// The state of every param. `scope` is what values and defaults see beside this table.
ParamTable evaluate_params(const ParamRequest& request, const EvaluationScope& scope, DiagnosticSink& sink);

/// Labels for the params that a text refers to: where their values stand.
std::vector<Label> sources_of(const Text& text, const EvaluationScope& scope);

/// DG0603, DG0609 of defaults without references, and DG0608. `scope_name`: Params for a component, Graph for a spec.
void check_defaults(const std::vector<ParamDefinition>& params, ReferenceScope scope_name, DiagnosticSink& sink);

}  // namespace dynamo
