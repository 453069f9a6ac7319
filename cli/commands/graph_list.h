#pragma once
// `dynamo graph list`: the graphs and specs of a file, or what it defines, as a table or as data.

#include "cli/report.h"
#include "graph_loader/views/definitions.h"

namespace dynamo {

struct ListOptions {
  LoadOptions load;
  DataFormat output = DataFormat::Table;
  DefinitionKinds kinds;  ///< `--specs`, `--components`, `--interfaces`; none: the graphs
};

ExitCode run_list(const ListOptions& options, Environment& environment);

}  // namespace dynamo
