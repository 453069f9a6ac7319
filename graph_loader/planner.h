#pragma once
// A checked graph and the host -> Plan: every replica with its command, variables, ports, GPUs, clients, probes and
// policies. What only a run can know stays in it as references.

#include "graph_loader/workspace.h"
#include "proto/plan.h"

namespace dynamo {

Plan make_plan(const CheckedGraph& graph, Workspace& workspace, const LoadRequest& request);

}  // namespace dynamo
