#pragma once
// `dynamo graph validate`: all diagnostics of a file, or of one graph of it. With --fix it first makes the fixes
// that are certain, and writes the files anew.

#include "cli/report.h"

namespace dynamo {

struct ValidateOptions {
  LoadOptions load;
  bool fix = false;
};

ExitCode run_validate(const ValidateOptions& options, Environment& environment);

}  // namespace dynamo
