#pragma once
// `dynamo graph schema`: the graph language as a JSON Schema.

#include "cli/environment.h"
#include "cli/exit_code.h"

namespace dynamo {

struct SchemaOptions {
  bool overlay = false;  ///< `--overlay`
};

ExitCode run_schema(const SchemaOptions& options, Environment& environment);

}  // namespace dynamo
