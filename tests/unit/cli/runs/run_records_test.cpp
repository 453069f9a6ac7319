#include "cli/runs/run_records.h"

#include "cli/commands/ps.h"
#include "cli/text/json_text.h"
#include "proto/json.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/cli/environment_for_tests.h"
#include "tests/unit/cli/values_for_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace dynamo {
namespace {

using testing::HasSubstr;

std::string line(const Event& event) { return json_line(to_json(event)) + "\n"; }

/// The events of a run whose backend/0 was restarted once.
std::string events_of(const Plan& plan, std::int64_t start) {
  Story story(plan, start);
  std::string text = line(story.next(EventKind::RunStarted, 0));
  Event starting = story.worker("backend/0", WorkerState::Starting, 1);
  starting.pid = 42;
  starting.incarnation = 2;
  text += line(starting);
  Event ready = starting;
  ready.state = WorkerState::Ready;
  ready.pid.reset();
  ready.addresses = {"http://127.0.0.1:20011/generate"};
  text += line(ready);
  Event all = story.next(EventKind::RunReady, 5);
  all.addresses = {"http://127.0.0.1:8000/v1"};
  return text + line(all);
}

TEST(RunRecords, FoldsEventsUpToALineThatIsCutOff) {
  const Plan plan = small_plan();
  RunSnapshot snapshot = initial_snapshot(plan, "7f3a");
  fold_events(snapshot, events_of(plan, 1000) + "{\"sequence\": 99, \"kind\": \"run_en");
  EXPECT_EQ(snapshot.state, RunState::Ready);
  EXPECT_EQ(snapshot.address, "http://127.0.0.1:8000/v1");
  ASSERT_FALSE(snapshot.workers.empty());
  EXPECT_EQ(snapshot.workers[0].pid, 42);
  EXPECT_EQ(snapshot.workers[0].incarnation, 2);
}

TEST(RunRecords, TakesNoFolderForARunThatIsNone) {
  const test::TempDir folder;
  folder.write("runs/notes/readme.txt", "hello");
  folder.write("runs/broken/plan.json", "{\"file\": 7}");
  EXPECT_TRUE(read_runs(folder.path() / "runs").empty());
  EXPECT_TRUE(read_runs(folder.path() / "none").empty());
}

class Ps : public testing::Test {
 protected:
  Ps() {
    environment.environment.variables["XDG_STATE_HOME"] = folder.path().string();
    const Plan plan = small_plan();
    folder.write("dynamo/runs/7f3a/plan.json", json_line(to_json(plan)));
    folder.write("dynamo/runs/7f3a/events.jsonl", events_of(plan, environment.time - 12'400));
  }
  /// The run lives as long as its lock is held.
  FileDescriptor live() {
    auto lock = lock_run(folder.path() / "dynamo/runs/7f3a");
    EXPECT_TRUE(lock);
    return std::move(*lock);
  }

  test::TempDir folder;
  TestEnvironment environment;
};

TEST_F(Ps, ShowsARunThatIsAlive) {
  const FileDescriptor lock = live();
  EXPECT_EQ(run_ps({}, environment.environment), ExitCode::Good);
  EXPECT_EQ(environment.out.text(),
            "fast_agg · run 7f3a · ready, up 12.4 s · http://127.0.0.1:8000/v1\n"
            "REPLICA     COMPONENT    STATE    PID  RESTARTS  ADDRESS\n"
            "backend/0   FastBackend  ready    42   1         http://127.0.0.1:20011\n"
            "backend/1   FastBackend  pending  -    0         -\n"
            "frontend/0  Frontend     pending  -    0         -\n"
            "metrics/0   Metrics      pending  -    0         sidecar\n");
}

TEST_F(Ps, ShowsADeadRunOnlyWhenAskedForAllAndDoesNotBelieveItsLastEvent) {
  { const FileDescriptor lock = live(); }
  EXPECT_EQ(run_ps({}, environment.environment), ExitCode::Good);
  EXPECT_EQ(environment.out.text(), "");
  EXPECT_THAT(environment.err.text(), HasSubstr("nothing runs"));
  EXPECT_EQ(run_ps({.all = true}, environment.environment), ExitCode::Good);
  EXPECT_THAT(environment.out.text(), HasSubstr("fast_agg · run 7f3a · lost: dynamo was killed\n"));
  EXPECT_THAT(environment.out.text(), HasSubstr("backend/0   FastBackend  lost   -    1"));
}

TEST_F(Ps, HasAJsonFormWithTheSameFacts) {
  const FileDescriptor lock = live();
  EXPECT_EQ(run_ps({.output = DataFormat::Json}, environment.environment), ExitCode::Good);
  const auto data = boost::json::parse(environment.out.text());
  const auto& run = data.at("runs").as_array().at(0);
  EXPECT_EQ(run.at("run_id").as_string(), "7f3a");
  EXPECT_EQ(run.at("state").as_string(), "ready");
  EXPECT_TRUE(run.at("alive").as_bool());
  EXPECT_EQ(run.at("workers").as_array().at(0).at("pid").as_int64(), 42);
}

}  // namespace
}  // namespace dynamo
