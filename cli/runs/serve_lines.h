#pragma once
// The sentences of a run: what a person is told about an Event. Pure; serve_view.h decides where they go.

#include "cli/text/style.h"
#include "proto/plan.h"
#include "proto/run.h"

#include <filesystem>
#include <string>
#include <vector>

namespace dynamo {

/// What stands in a line about a replica beside its name and component.
struct WorkerLine {
  std::string text;   ///< "ready in 0.21 s"; empty: nothing worth a line
  std::string extra;  ///< "http://127.0.0.1:20011"
  Ink ink = Ink::Dim;
  bool problem = false;  ///< also told with -q
};

/// "fast_agg · spec LLMAgg · 3 slots, 3 replicas, 1 sidecar · run 7f3a"
std::string run_header(const Plan& plan, const std::string& run_id);
WorkerLine worker_line(const Event& event, const WorkerStatus& status);
/// "http://127.0.0.1:8000": each scheme, host and port once; other addresses whole.
std::vector<std::string> origins(const std::vector<std::string>& addresses);

/// Why a run ended, with the replica's last lines, its places, its log and what to do next. Several lines.
/// `target` is what the user typed behind `dynamo serve`.
std::string failure_text(const RunOutcome& outcome, const Plan& plan, const std::string& target,
                         const std::string& log_file, const Style& style);

/// The words that a shell needs to say `text` as one word.
std::string shell_word(const std::string& text);

}  // namespace dynamo
