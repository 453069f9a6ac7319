#include "cli/runs/run_records.h"

#include "graph_loader/spec/file_reader.h"
#include "proto/json.h"
#include "proto/plan.h"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>

namespace dynamo {
namespace {

namespace json = boost::json;

template <class T>
bool read_json(std::string_view text, T& value) {
  json::error_code error;
  const json::value parsed = json::parse(json::string_view(text.data(), text.size()), error);
  return !error && from_json(parsed, value);
}

/// SystemFileReader stops at 32 MiB, which is enough for the events of months.
std::optional<std::string> text_of(const std::filesystem::path& path) {
  SystemFileReader files;
  auto text = files.read(path.string());
  if (!text) return std::nullopt;
  return std::move(*text);
}

}  // namespace

void fold_events(RunSnapshot& snapshot, std::string_view lines) {
  for (std::size_t end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
    Event event;
    if (!read_json(lines.substr(0, end), event)) return;
    apply(snapshot, event);
    lines.remove_prefix(end + 1);
  }
}

std::optional<RunRecord> read_run(const std::filesystem::path& folder) {
  const auto plan_text = text_of(folder / "plan.json");
  Plan plan;
  if (!plan_text || !read_json(*plan_text, plan)) return std::nullopt;
  RunRecord record;
  record.folder = folder;
  // Before the events: a run that ends in between is then shown as ended, not as lost.
  record.life = run_life(folder);
  record.snapshot = initial_snapshot(plan, folder.filename().string());
  if (const auto events = text_of(folder / "events.jsonl")) fold_events(record.snapshot, *events);
  return record;
}

std::vector<RunRecord> read_runs(const std::filesystem::path& runs_folder) {
  std::vector<RunRecord> records;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(runs_folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (auto record = read_run(entry->path())) records.push_back(std::move(*record));
  }
  std::sort(records.begin(), records.end(), [](const RunRecord& a, const RunRecord& b) {
    return std::tie(a.snapshot.started, a.snapshot.run_id) < std::tie(b.snapshot.started, b.snapshot.run_id);
  });
  return records;
}

}  // namespace dynamo
