#pragma once
// `dynamo graph list`: the graphs and specs of a file, as a table or as data.

#include "cli/report.h"

namespace dynamo {

struct ListOptions {
  LoadOptions load;
  DataFormat output = DataFormat::Table;
};

ExitCode run_list(const ListOptions& options, Environment& environment);

}  // namespace dynamo
