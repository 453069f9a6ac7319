#pragma once
// `dynamo graph show`: one graph with everything decided that needs no host: slots, params, wiring.

#include "cli/report.h"

namespace dynamo {

struct ShowOptions {
  LoadOptions load;
  DataFormat output = DataFormat::Table;
  bool origins = false;  ///< `--origins`
};

ExitCode run_show(const ShowOptions& options, Environment& environment);

}  // namespace dynamo
