#pragma once
// `dynamo graph diff`: what would change for a running graph that becomes another one, or the same with overlays and
// overrides. Exit codes are those of diff(1): 0 no differences, 1 differences, more is trouble.

#include "cli/report.h"

namespace dynamo {

enum class DiffFormat { Text, Json, Yaml };
DYNAMO_WORDS(DiffFormat, "text", "json", "yaml");

struct DiffOptions {
  LoadOptions load;  ///< arguments: one target, or two, then overrides
  DiffFormat output = DiffFormat::Text;
};

ExitCode run_diff(const DiffOptions& options, Environment& environment);

}  // namespace dynamo
