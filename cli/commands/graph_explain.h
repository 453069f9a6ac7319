#pragma once
// `dynamo graph explain CODE`: what a diagnostic means, with a wrong and a right example.

#include "cli/environment.h"
#include "cli/exit_code.h"

#include <string>

namespace dynamo {

struct ExplainOptions {
  std::string code;  ///< DG0401 in any case, or only its number
};

ExitCode run_explain(const ExplainOptions& options, Environment& environment);

}  // namespace dynamo
