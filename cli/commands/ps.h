#pragma once
// `dynamo ps`: the runs of this user on this machine, read from their folders.

#include "cli/report.h"

namespace dynamo {

struct PsOptions {
  bool all = false;    ///< also runs that have ended
  bool quiet = false;  ///< say nothing where nothing runs
  DataFormat output = DataFormat::Table;
};

ExitCode run_ps(const PsOptions& options, Environment& environment);

}  // namespace dynamo
