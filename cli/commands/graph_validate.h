#pragma once
// `dynamo graph validate`: all diagnostics of a file, or of one graph of it.

#include "cli/report.h"

namespace dynamo {

struct ValidateOptions {
  LoadOptions load;
};

ExitCode run_validate(const ValidateOptions& options, Environment& environment);

}  // namespace dynamo
