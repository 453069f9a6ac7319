#include "cli/runs/serve_json_view.h"

#include "cli/runs/serve_view.h"
#include "cli/text/display_text.h"
#include "cli/text/json_text.h"
#include "proto/json.h"

#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

namespace json = boost::json;

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.length == 0) return false;
    at += character.length;
  }
  return true;
}

std::string doubled_backslashes(std::string_view text) {
  std::string result;
  for (const char letter : text) result += letter == '\\' ? std::string("\\\\") : std::string(1, letter);
  return result;
}

}  // namespace

ServeJsonView::ServeJsonView(const Environment& environment, std::function<void()> on_closed)
    : environment_(environment), on_closed_(std::move(on_closed)) {}

void ServeJsonView::on_event(const Event& event, const RunSnapshot& snapshot) {
  std::string text;
  if (event.kind == EventKind::RunStarted) {
    json::object run;
    run["type"] = "run";
    run["run_id"] = json_string(snapshot.run_id);
    run["file"] = json_string(snapshot.file);
    run["graph"] = json_string(snapshot.graph);
    run["namespace"] = json_string(snapshot.name_space);
    text = json_line(run) + "\n";
  }
  json::object line;
  line["type"] = "event";
  const json::value described = to_json(event);
  for (const auto& [key, value] : described.get_object()) line[key] = value;
  environment_.print(text + json_line(line) + "\n");
  check_closed();
}

void ServeJsonView::on_output(std::string_view worker, OutputStream stream, std::string_view lines) {
  if (environment_.out.output->discards()) return;
  const std::int64_t now = environment_.now();
  std::string text;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view bytes = lines.substr(0, end);
    json::object line;
    line["type"] = "log";
    line["time"] = now;
    line["worker"] = json_string(worker);
    line["stream"] = json_string(word(stream));
    if (is_utf8(bytes)) {
      line["line"] = json_string(bytes);
    } else {
      line["line"] = json_string(doubled_backslashes(bytes));
      line["escaped"] = true;
    }
    text += json_line(line) + "\n";
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  environment_.print(text);
  tell_lost();
  check_closed();
}

std::optional<Duration> ServeJsonView::tick_after() {
  if (environment_.out.output->flush()) return std::nullopt;
  return slow_reader_pause;
}

void ServeJsonView::on_tick() { tell_lost(); }

std::vector<std::string> ServeJsonView::hand_over() {
  return {environment_.out.output->take_kept(), environment_.err.output->take_kept()};
}

void ServeJsonView::tell_lost() {
  const std::size_t lost = environment_.out.output->take_lost();
  if (lost == 0) return;
  json::object line;
  line["type"] = "lost";
  line["lines"] = lost;
  environment_.print(json_line(line) + "\n");
}

void ServeJsonView::outcome(const RunOutcome& outcome, int exit_code) {
  tell_lost();
  json::object line;
  line["type"] = "outcome";
  line["reason"] = json_string(word(outcome.reason));
  line["exit_code"] = exit_code;
  line["signal"] = outcome.signal == 0 ? json::value(nullptr) : json::value(outcome.signal);
  line["failure"] = to_json(outcome.failure);
  line["problems"] = to_json(outcome.problems);
  environment_.print(json_line(line) + "\n");
}

void ServeJsonView::check_closed() {
  if (closed_told_ || !environment_.out.output->closed() || !on_closed_) return;
  closed_told_ = true;
  on_closed_();
}

}  // namespace dynamo
