#pragma once
// `dynamo graph explain [CODE...]`: what diagnostics mean, with a wrong and a right example; or which there are.

#include "cli/environment.h"
#include "cli/exit_code.h"

#include <string>
#include <vector>

namespace dynamo {

struct ExplainOptions {
  std::vector<std::string> codes;  ///< DG0401 in any form that people type; DG04: all that begin so; none: all
};

ExitCode run_explain(const ExplainOptions& options, Environment& environment);

}  // namespace dynamo
