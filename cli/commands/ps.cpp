#include "cli/commands/ps.h"

#include "cli/runs/run_folders.h"
#include "cli/runs/run_records.h"
#include "cli/runs/serve_lines.h"
#include "cli/text/display_text.h"
#include "cli/text/json_text.h"
#include "cli/text/quantities.h"
#include "cli/text/table.h"
#include "proto/json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>

#include <algorithm>

namespace dynamo {
namespace {

namespace json = boost::json;

/// A run that nobody watches any more although it never said that it ended.
bool is_lost(const RunRecord& record) {
  return record.life != RunLife::Alive && record.snapshot.state != RunState::Ended;
}

std::string state_words(const RunRecord& record, std::int64_t now) {
  if (is_lost(record)) return "lost: dynamo was killed";
  if (record.snapshot.state == RunState::Ended) return "ended";
  return fmt::format("{}, up {}", word(record.snapshot.state), elapsed_words(now - record.snapshot.started));
}

int restarts(const WorkerStatus& worker) { return std::max(worker.incarnation - 1, 0); }

std::string run_text(const RunRecord& record, const Environment& environment) {
  const Style style = environment.style(environment.out);
  const RunSnapshot& run = record.snapshot;
  std::string result = fmt::format("{} · run {} · {}", style.paint(Ink::Bold, visible(run.graph)), visible(run.run_id),
                                   state_words(record, environment.now()));
  if (!run.address.empty() && record.life == RunLife::Alive) result += " · " + visible(run.address);
  result += "\n";
  Table table({{"REPLICA"}, {"COMPONENT"}, {"STATE"}, {"PID"}, {"RESTARTS"}, {"ADDRESS", Fit::Wrap}});
  for (const WorkerStatus& worker : run.workers) {
    const bool there = record.life == RunLife::Alive;
    const std::string pid = there && worker.pid ? std::to_string(*worker.pid) : "-";
    const std::string address = fmt::format("{}", fmt::join(origins(worker.addresses), " "));
    table.add({worker.id, worker.component, is_lost(record) ? "lost" : std::string(word(worker.state)), pid,
               std::to_string(restarts(worker)), address.empty() ? (worker.sidecar ? "sidecar" : "-") : address});
  }
  return result + table.text(environment.out.width, style);
}

json::object run_json(const RunRecord& record) {
  json::object result = to_json(record.snapshot).get_object();
  result["alive"] = record.life == RunLife::Alive;
  result["folder"] = json_string(record.folder.string());
  return result;
}

}  // namespace

ExitCode run_ps(const PsOptions& options, Environment& environment) {
  std::vector<RunRecord> records = read_runs(runs_folder(environment));
  if (!options.all) std::erase_if(records, [](const RunRecord& record) { return record.life != RunLife::Alive; });
  if (options.output != DataFormat::Table) {
    json::array runs;
    for (const RunRecord& record : records) runs.push_back(run_json(record));
    json::object data;
    data["format_version"] = "1.0";
    data["runs"] = std::move(runs);
    print_data(data, options.output, environment);
    return ExitCode::Good;
  }
  if (records.empty()) {
    if (!options.quiet)
      environment.complain(options.all ? "no runs\n" : "nothing runs; `dynamo ps --all` shows runs that have ended\n");
    return ExitCode::Good;
  }
  std::string text;
  for (const RunRecord& record : records) text += (text.empty() ? "" : "\n") + run_text(record, environment);
  environment.print(text);
  return ExitCode::Good;
}

}  // namespace dynamo
