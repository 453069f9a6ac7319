#pragma once
// `dynamo serve`: plans a graph, runs it until it ends or is stopped, and shows what happens.

#include "cli/commands/graph_plan.h"
#include "orchestrator/run.h"
#include "proto/run.h"

#include <string>

namespace dynamo {

/// `--log-format`: what stdout is for.
enum class LogFormat { Pretty, Json };
DYNAMO_WORDS(LogFormat, "pretty", "json");

struct ServeOptions {
  PlanOptions plan;
  bool dry_run = false;
  LogFormat log_format = LogFormat::Pretty;
  std::string host = "127.0.0.1";
  LogLimits logs;
  bool quiet = false;
  bool verbose = false;
};

ExitCode run_serve(const ServeOptions& options, Environment& environment);

/// The exit code for the way in which a run ended.
ExitCode exit_code_of(const RunOutcome& outcome);

}  // namespace dynamo
