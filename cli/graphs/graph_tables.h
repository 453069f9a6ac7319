#pragma once
// `graph list`, `show` and `plan` as tables for people.

#include "cli/text/style.h"
#include "graph_loader/graph/graph.h"
#include "proto/plan.h"

#include <string>

namespace dynamo {

/// `width`: columns of the terminal, 0 for no limit.
std::string list_table(const GraphList& list, int width, const Style& style);
std::string show_table(const GraphView& graph, int width, const Style& style);
std::string plan_table(const Plan& plan, int width, const Style& style);

}  // namespace dynamo
