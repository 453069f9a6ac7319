#pragma once
// Reads the keys that components and bindings share: env, resources, replicas, ports, probes, policies,
// and endpoints and param values.

#include "graph_loader/spec/shape.h"
#include "graph_loader/spec/spec.h"

namespace dynamo {

/// `env`, also of a graph (DG0112, DG0108).
std::vector<VariableDefinition> read_env(const Entry& entry, Shape& shape);
/// Reads `entry` if its key is one of the shared keys. False: it is none of them.
bool read_run_key(const Entry& entry, RunDefinition& run, bool tunes, Shape& shape);

/// DG0104: `live` without a probe.
void report_no_probe(Span live, DiagnosticSink& sink);

/// The endpoints of a component; `of_binding`: `sig` and `protocol` are DG0411.
std::vector<EndpointDefinition> read_endpoints(const Entry& entry, Shape& shape, bool of_binding);

std::vector<ParamValue> read_param_values(const Entry& entry, Shape& shape);

/// DG0205 for names of a list that come twice. `what`: "endpoint".
void report_repeated(const std::vector<Name>& names, std::string_view what, Shape& shape);

}  // namespace dynamo
