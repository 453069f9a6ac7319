#pragma once
// `dynamo graph plan`: what `serve` would start, where and in which order. Starts nothing.

#include "cli/planning.h"

namespace dynamo {

struct PlanOptions {
  PlanningOptions planning;
  DataFormat output = DataFormat::Table;
};

ExitCode run_plan(const PlanOptions& options, Environment& environment);

}  // namespace dynamo
