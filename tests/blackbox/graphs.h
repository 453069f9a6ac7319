#pragma once
// Small graphs for the black-box tests, and what is asked of a run again and again.

#include "tests/support/run_dynamo.h"
#include "tests/support/temp_dir.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo::test {

/// A graph `g` with one slot per component, in this order; the slot `backend` takes the component `Backend`, and so on.
/// `component` is the inside of a flow mapping: "command: [obedient], endpoints: [serve]". The first one is the entry.
std::string graph_of(const std::vector<std::pair<std::string, std::string>>& slots, std::string_view graph = "");

/// Writes graph.yaml and serves it.
std::unique_ptr<RunDynamo> serve(const TempDir& folder, const std::string& graph, DynamoOptions options = {});
/// The one component that most tests need, in the slot `main`.
std::unique_ptr<RunDynamo> serve_one(const TempDir& folder, const std::string& component, DynamoOptions options = {});

std::function<bool(const Event&)> reaches(std::string_view worker, WorkerState state, int incarnation = 0);
std::function<bool(const Event&)> is_kind(EventKind kind);

std::vector<std::string> lines_of(const std::string& text);
int count_lines(const std::string& text, std::string_view line);

/// One GET of this URL on a connection of its own.
struct Answer {
  bool connected = false;
  std::string text;  ///< empty if the connection was cut
};
Answer ask(const std::string& url);
/// The body of that; empty if nobody answers.
std::string http_get(const std::string& url);

/// Stops it with SIGINT and expects that nothing went wrong and nothing is left.
void expect_clean_stop(RunDynamo& run);

}  // namespace dynamo::test
