#pragma once
// The way to a Plan that `graph plan`, `serve` and `serve --dry-run` share: the pool of GPUs, the loader, the
// diagnostics.

#include "cli/report.h"
#include "proto/plan.h"

#include <optional>
#include <variant>

namespace dynamo {

struct PlanningOptions {
  LoadOptions load;
  std::optional<int> entry_port;  ///< `--port`
  /// `serve`: what this host lacks is not a mistake in the file, and has an exit code of its own.
  bool starting = false;
};

/// The plan, or the exit code of a command that ends here with everything said.
std::variant<Plan, ExitCode> make_plan(const PlanningOptions& options, const Environment& environment);

}  // namespace dynamo
