#pragma once
// What a file defines (`graph list --specs`, `--components`, `--interfaces`), as tables and as data.

#include "cli/text/style.h"
#include "graph_loader/views/definitions.h"

#include <boost/json/object.hpp>

#include <string>

namespace dynamo {

/// `width`: columns of the terminal, 0 for no limit.
std::string definitions_table(const Definitions& definitions, const DefinitionKinds& kinds, int width,
                              const Style& style);
boost::json::object definitions_json(const Definitions& definitions, const DefinitionKinds& kinds);

}  // namespace dynamo
