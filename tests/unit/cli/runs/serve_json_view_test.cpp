#include "cli/runs/serve_json_view.h"

#include "tests/unit/cli/environment_for_tests.h"
#include "tests/unit/cli/values_for_tests.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <vector>

namespace dynamo {
namespace {

namespace json = boost::json;

std::vector<json::object> objects_of(const std::string& text) {
  std::vector<json::object> result;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin)) {
    result.push_back(json::parse(text.substr(begin, end - begin)).as_object());
  }
  EXPECT_EQ(begin, text.size()) << "every line ends";
  return result;
}

TEST(ServeJsonView, WritesEventsAndLinesOneObjectEach) {
  TestEnvironment world;
  const Plan plan = small_plan();
  Story story(plan, 1000);
  ServeJsonView view(world.environment, {});
  view.on_event(story.next(EventKind::RunStarted, 0), story.snapshot());
  view.on_event(story.worker("backend/0", WorkerState::Starting, 1), story.snapshot());
  view.on_output("backend/0", OutputStream::Err, "a \"line\"\nC:\\x\n");
  RunOutcome outcome;
  outcome.reason = EndReason::Signalled;
  outcome.signal = 2;
  view.outcome(outcome, 130);
  const auto lines = objects_of(world.out.text());
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines[0].at("type"), "run");
  EXPECT_EQ(lines[0].at("run_id"), "7f3a");
  EXPECT_EQ(lines[1].at("kind"), "run_started");
  EXPECT_EQ(lines[2].at("type"), "event");
  EXPECT_EQ(lines[2].at("worker"), "backend/0");
  EXPECT_EQ(lines[2].at("state"), "starting");
  EXPECT_EQ(lines[3].at("type"), "log");
  EXPECT_EQ(lines[3].at("stream"), "stderr");
  EXPECT_EQ(lines[3].at("line"), "a \"line\"");
  EXPECT_EQ(lines[4].at("line"), "C:\\x");
  EXPECT_FALSE(lines[4].contains("escaped"));
  EXPECT_EQ(lines[5].at("type"), "outcome");
  EXPECT_EQ(lines[5].at("exit_code"), 130);
  EXPECT_EQ(world.err.text(), "");
}

TEST(ServeJsonView, LosesNoByteOfALineThatIsNotUtf8) {
  TestEnvironment world;
  ServeJsonView view(world.environment, {});
  view.on_output("a/0", OutputStream::Out, "\xff\\xff\n");
  const auto lines = objects_of(world.out.text());
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("line"), "\\xff\\\\xff");
  EXPECT_EQ(lines[0].at("escaped"), true);
}

}  // namespace
}  // namespace dynamo
