#include "cli/runs/serve_view.h"

#include "cli/commands/serve.h"
#include "cli/runs/serve_lines.h"
#include "cli/text/quantities.h"
#include "tests/unit/cli/environment_for_tests.h"
#include "tests/unit/cli/values_for_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace dynamo {
namespace {

using testing::HasSubstr;

/// A view on a terminal, or in a pipe, and the run that it shows.
class ServeViewTest : public testing::Test {
 protected:
  ServeViewTest() { terminal(true); }

  void terminal(bool is_one) {
    world.environment.out.terminal = world.environment.err.terminal = is_one;
    world.environment.err.width = is_one ? 80 : 0;
    world.environment.color = ColorWish::Never;
  }
  ServeView& view() {
    if (!view_) view_.emplace(plan, world.environment, options);
    return *view_;
  }
  void show(const Event& event) {
    world.time = event.time;
    view().on_event(event, story.snapshot());
  }
  /// From the first event to ready, with one restart in between.
  void start() {
    show(story.next(EventKind::RunStarted, 0));
    Event starting;
    starting.worker = "backend/0";
    starting.state = WorkerState::Starting;
    starting.incarnation = 1;
    starting.pid = 42;
    show(story.tell(starting, 10));
    Event ready;
    ready.worker = "backend/0";
    ready.state = WorkerState::Ready;
    ready.incarnation = 1;
    ready.after = 207;
    ready.addresses = {"http://127.0.0.1:20011/generate", "http://127.0.0.1:20011/health"};
    show(story.tell(ready, 207));
    Event all;
    all.kind = EventKind::RunReady;
    all.after = 410;
    all.addresses = {"http://127.0.0.1:8000/v1/chat/completions"};
    show(story.tell(all, 3));
  }

  Plan plan = small_plan();
  TestEnvironment world;
  ServeViewOptions options{
      .quiet = false, .verbose = false, .run_dir = "/home/user/.local/state/dynamo/runs/7f3a", .on_closed = {}};
  Story story{plan, 1'795'476'202'145};
  std::optional<ServeView> view_;
};

TEST_F(ServeViewTest, TellsTheStartInOneLinePerChange) {
  start();
  EXPECT_EQ(world.err.text(),
            "fast_agg · spec LLMAgg · 2 slots, 3 replicas, 1 sidecar · run 7f3a\n"
            "  backend/0   FastBackend  starting\n"
            "  backend/0   FastBackend  ready in 0.21 s     http://127.0.0.1:20011\n"
            "ready in 0.41 s · http://127.0.0.1:8000/v1/chat/completions · Ctrl-C stops\n");
  EXPECT_EQ(world.out.text(), "");
}

TEST_F(ServeViewTest, StampsTheSameLinesInAPipe) {
  terminal(false);
  show(story.next(EventKind::RunStarted, 0));
  EXPECT_EQ(world.err.text(),
            clock_words(story.time()) + " fast_agg · spec LLMAgg · 2 slots, 3 replicas, 1 sidecar · run 7f3a\n");
}

TEST_F(ServeViewTest, TellsARestartWithItsReason) {
  Event backoff;
  backoff.worker = "backend/0";
  backoff.state = WorkerState::Backoff;
  backoff.exit = ExitStatus{.kind = EndKind::Signalled, .code = SIGKILL, .core_dumped = false, .detail = ""};
  backoff.after = 12'400;
  backoff.restart = 1;
  backoff.restart_max = 5;
  backoff.delay = 1000;
  show(story.tell(backoff, 0));
  EXPECT_EQ(world.err.text(), "  backend/0   FastBackend  killed by SIGKILL after 12.4 s; restart 1 of 5 in 1 s\n");
}

TEST_F(ServeViewTest, TellsTheStopAndWhereTheLogsAre) {
  Event stopping;
  stopping.kind = EventKind::RunStopping;
  show(story.tell(stopping, 0));
  show(story.worker("backend/0", WorkerState::Stopping, 0));
  show(story.worker("backend/0", WorkerState::Stopped, 55));
  Event ended;
  ended.kind = EventKind::RunEnded;
  show(story.tell(ended, 5));
  EXPECT_EQ(world.err.text(),
            "stopping fast_agg (Ctrl-C again kills at once)\n"
            "  backend/0   FastBackend  stopped\n"
            "stopped in 0.06 s · logs: ~/.local/state/dynamo/runs/7f3a/logs\n");
}

TEST_F(ServeViewTest, TellsWhyItStopsUnlessThePersonDidIt) {
  Event stopping;
  stopping.kind = EventKind::RunStopping;
  stopping.reason = "SIGINT";
  show(story.tell(stopping, 0));
  stopping.reason = "slot `backend` failed";
  show(story.tell(stopping, 0));
  EXPECT_EQ(world.err.text(),
            "stopping fast_agg (Ctrl-C again kills at once)\n"
            "stopping fast_agg: slot `backend` failed (Ctrl-C again kills at once)\n");
}

TEST_F(ServeViewTest, PutsTheNameOfTheReplicaBeforeEachOfItsLines) {
  view().on_output("backend/0", OutputStream::Out, "one\ntwo\n");
  view().on_output("frontend/0", OutputStream::Err, "\xff bytes as written\n");
  EXPECT_EQ(world.out.text(),
            "backend/0   | one\n"
            "backend/0   | two\n"
            "frontend/0  | \xff bytes as written\n");
  EXPECT_EQ(world.err.text(), "");
}

TEST_F(ServeViewTest, GivesEachReplicaAColorAndEndsTheColorsOfItsLines) {
  world.environment.color = ColorWish::Always;
  view().on_output("backend/0", OutputStream::Out, "a \x1b[31mred\n");
  view().on_output("backend/1", OutputStream::Out, "b\n");
  EXPECT_EQ(world.out.text(),
            "\x1b[36mbackend/0   | \x1b[0ma \x1b[31mred\x1b[0m\n"
            "\x1b[32mbackend/1   | \x1b[0mb\n");
}

TEST_F(ServeViewTest, SaysOnlyProblemsWhenQuiet) {
  options.quiet = true;
  start();
  EXPECT_EQ(world.err.text(), "");
  EXPECT_EQ(view().tick_after(), std::nullopt);
  Event failed = story.worker("backend/1", WorkerState::Failed, 5);
  failed.reason = "exit status 1 after 3.1 s; restarts used up (5 within 10m)";
  show(failed);
  Event warning;
  warning.kind = EventKind::Warning;
  warning.reason = "two processes of a dead run were killed";
  show(story.tell(warning, 0));
  EXPECT_EQ(world.err.text(),
            "  backend/1   FastBackend  failed: exit status 1 after 3.1 s; restarts used up (5 within 10m)\n"
            "warning: two processes of a dead run were killed\n");
}

TEST_F(ServeViewTest, AddsWaitsAndProcessIdsWhenVerbose) {
  options.verbose = true;
  Event waiting;
  waiting.worker = "frontend/0";
  waiting.state = WorkerState::Waiting;
  waiting.reason = "waits for backend";
  show(story.tell(waiting, 0));
  Event starting;
  starting.worker = "backend/0";
  starting.state = WorkerState::Starting;
  starting.pid = 42;
  show(story.tell(starting, 0));
  EXPECT_EQ(world.err.text(),
            "  frontend/0  Frontend     waits for backend\n"
            "  backend/0   FastBackend  starting            pid 42\n");
}

TEST_F(ServeViewTest, RewritesOneLineWhileItWaitsOnATerminal) {
  show(story.worker("backend/0", WorkerState::Starting, 0));
  const std::size_t before = world.err.text().size();
  EXPECT_EQ(view().tick_after(), Duration(1000));
  world.time += 1000;
  view().on_tick();
  EXPECT_EQ(world.err.text().substr(before), "\r\x1b[K  waiting for backend/0 (starting for 1 s)");
  EXPECT_EQ(view().tick_after(), Duration(1000));
  const std::size_t shown = world.err.text().size();
  view().on_output("backend/0", OutputStream::Out, "hello\n");
  EXPECT_EQ(world.err.text().substr(shown), "\r\x1b[K") << "the waiting line makes room";
}

TEST_F(ServeViewTest, TellsAWaitAtGrowingDistancesInAPipe) {
  terminal(false);
  show(story.worker("backend/0", WorkerState::Starting, 0));
  const std::size_t before = world.err.text().size();
  std::vector<std::int64_t> told;
  for (int second = 0; second < 200; ++second) {
    const auto next = view().tick_after();
    ASSERT_TRUE(next);
    world.time += next->count();
    view().on_tick();
    if (told.empty() || told.back() != world.time) told.push_back(world.time);
    if (world.time - story.time() >= 180'000) break;
  }
  std::vector<std::int64_t> seconds;
  for (const std::int64_t time : told) seconds.push_back((time - story.time()) / 1000);
  EXPECT_THAT(seconds, testing::ElementsAre(1, 5, 15, 60, 120, 180));
  EXPECT_THAT(world.err.text().substr(before), HasSubstr("waiting for backend/0 (starting for 15 s)\n"));
}

TEST_F(ServeViewTest, WakesNobodyWhenNothingIsWaitedFor) {
  start();
  EXPECT_EQ(view().tick_after(), std::nullopt);
}

/// An output whose reader has gone.
class ClosedOutput final : public Output {
 public:
  void write(std::string_view /*text*/) override {}
  [[nodiscard]] bool closed() const override { return true; }
};

TEST_F(ServeViewTest, AsksOnceForTheEndWhenNobodyReadsAnyMore) {
  ClosedOutput closed;
  world.environment.out.output = &closed;
  int asked = 0;
  options.on_closed = [&] { ++asked; };
  view().on_output("backend/0", OutputStream::Out, "a\n");
  view().on_output("backend/0", OutputStream::Out, "b\n");
  EXPECT_EQ(asked, 1);
}

TEST(FailureText, SaysWhatWhereWhyAndWhatNext) {
  RunOutcome outcome;
  outcome.reason = EndReason::NeverReady;
  outcome.failure = FailureReport{.slot = "backend",
                                  .worker = "backend/0",
                                  .sentence = "exit status 1 after 3.1 s",
                                  .component = "FastBackend",
                                  .component_at = {"graph.yaml", 54, 3},
                                  .bound_at = {"graph.yaml", 93, 16},
                                  .bound_how = "by default",
                                  .last_lines = {"torch.OutOfMemoryError: \x1b[31mCUDA out of memory"},
                                  .log_file = "/x/logs/backend-0.log"};
  EXPECT_EQ(failure_text(outcome, small_plan(), "graph.yaml:fast_agg", "~/logs/backend-0.log", Style()),
            "error: slot `backend` failed, so graph `fast_agg` cannot become ready\n"
            "  backend/0: exit status 1 after 3.1 s\n"
            "  component FastBackend, graph.yaml:54:3 · bound to slot `backend` by default, graph.yaml:93:16\n"
            "  last lines of backend/0:\n"
            "    | torch.OutOfMemoryError: \\x1b[31mCUDA out of memory\n"
            "  full log: ~/logs/backend-0.log\n"
            "  help: `dynamo graph plan graph.yaml:fast_agg -o yaml` shows its command, GPUs and environment\n");
}

TEST(FailureText, TellsWhatTheHostLacked) {
  RunOutcome outcome;
  outcome.reason = EndReason::NotStarted;
  outcome.problems = {"port 8000 of frontend/0 is held by nginx (pid 7)", "cannot make /x: No space left on device"};
  EXPECT_EQ(failure_text(outcome, small_plan(), "g", "", Style()),
            "error: port 8000 of frontend/0 is held by nginx (pid 7)\n"
            "error: cannot make /x: No space left on device\n");
}

TEST(ServeLines, QuotesWordsForTheShell) {
  EXPECT_EQ(shell_word("graph.yaml:fast_agg"), "graph.yaml:fast_agg");
  EXPECT_EQ(shell_word("~metrics"), "'~metrics'");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(ServeLines, NamesEachOriginOnce) {
  EXPECT_THAT(origins({"http://h:1/a", "http://h:1/b", "grpc://h:2", "unix:///run/x.sock", "dyn://n.s.e"}),
              testing::ElementsAre("http://h:1", "grpc://h:2", "unix:///run/x.sock", "dyn://n.s.e"));
}

TEST(ExitCodes, FollowTheTableOfTheReference) {
  const auto code = [](EndReason reason, int signal = 0) {
    RunOutcome outcome;
    outcome.reason = reason;
    outcome.signal = signal;
    return static_cast<int>(exit_code_of(outcome));
  };
  EXPECT_EQ(code(EndReason::Completed), 0);
  EXPECT_EQ(code(EndReason::Requested), 0);
  EXPECT_EQ(code(EndReason::NeverReady), 4);
  EXPECT_EQ(code(EndReason::NotStarted), 4);
  EXPECT_EQ(code(EndReason::SlotFailed), 5);
  EXPECT_EQ(code(EndReason::Signalled, SIGINT), 130);
  EXPECT_EQ(code(EndReason::Signalled, SIGTERM), 143);
  EXPECT_EQ(code(EndReason::Signalled, SIGHUP), 143);
}

}  // namespace
}  // namespace dynamo
