#pragma once
// `-o json` of `graph list`, `show` and `plan`: the keys of the language reference, exactly and in order.

#include "graph_loader/graph/graph.h"
#include "proto/plan.h"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace dynamo {

boost::json::object list_json(const GraphList& list);
boost::json::object show_json(const GraphView& graph);
boost::json::object plan_json(const Plan& plan);

/// The address of the entry, as far as it is known before the run: PROTOCOL://127.0.0.1:PORT of its first
/// endpoint with a fixed port, or its `dyn://` address. `with_path` adds the endpoint's path.
std::optional<std::string> entry_address(const Plan& plan, bool with_path);

}  // namespace dynamo
