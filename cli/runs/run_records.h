#pragma once
// What the folders of runs tell: the plan, the events folded into a snapshot, and whether the run is alive.

#include "orchestrator/run_lock.h"
#include "proto/run.h"

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace dynamo {

struct RunRecord {
  std::filesystem::path folder;
  RunLife life = RunLife::Unknown;
  RunSnapshot snapshot;
};

/// Folds the lines of an events.jsonl. A line that is cut off or not an event ends the fold: what follows it cannot
/// be trusted to be without gaps.
void fold_events(RunSnapshot& snapshot, std::string_view lines);

/// None if the folder is not that of a run (no readable plan.json).
std::optional<RunRecord> read_run(const std::filesystem::path& folder);
/// All of them, the oldest first.
std::vector<RunRecord> read_runs(const std::filesystem::path& runs_folder);

}  // namespace dynamo
