#include "orchestrator/worker_machine.h"

#include <gmock/gmock.h>

#include <cerrno>
#include <csignal>

namespace dynamo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = WorkerInputKind;

ExitStatus exited(int code) { return {.kind = EndKind::Exited, .code = code, .core_dumped = false, .detail = ""}; }
ExitStatus killed(int number) {
  return {.kind = EndKind::Signalled, .code = number, .core_dumped = false, .detail = ""};
}
ExitStatus not_started(int error) {
  return {.kind = EndKind::NotStarted, .code = error, .core_dumped = false, .detail = "execute `/bin/nope`"};
}

/// One replica under a clock that the test moves. `log` collects what step() asks for, in words.
struct Replica {
  WorkerRules rules;
  WorkerLife life;
  TimePoint now{std::chrono::hours(1)};
  std::vector<std::string> log;
  Event last;

  Replica() {
    rules.serves = true;
    rules.restart.policy = RestartMode::OnFailure;
    rules.restart.max = 2;
  }

  void feed(Kind kind, std::optional<ExitStatus> exit = {}, std::string text = "") {
    log.clear();
    for (WorkerAction& action :
         step(rules, life, {.kind = kind, .exit = std::move(exit), .pid = 7, .text = std::move(text)}, now)) {
      switch (action.kind) {
        case WorkerActionKind::AskToStart: log.emplace_back("ask"); break;
        case WorkerActionKind::Launch: log.emplace_back("launch"); break;
        case WorkerActionKind::Signal: log.emplace_back("signal"); break;
        case WorkerActionKind::KillTree: log.emplace_back("kill"); break;
        case WorkerActionKind::Report:
          log.emplace_back(word(action.event.state));
          last = action.event;
          break;
      }
      EXPECT_EQ(life.incarnation,
                action.kind == WorkerActionKind::Report ? action.event.incarnation : life.incarnation);
    }
  }
  void start() {
    feed(Kind::Start);
    feed(Kind::Launched);
  }
  void start_and_serve() {
    start();
    feed(Kind::Ready);
  }
  /// The pause before a restart is over, and nothing holds it up.
  void come_back() {
    feed(Kind::Deadline);
    feed(Kind::Start);
  }
  /// The leader ends by itself and its tree is gone.
  void end(const ExitStatus& exit) {
    feed(Kind::Exited, exit);
    feed(Kind::TreeGone);
  }
  void pass(Duration time) { now += time; }
};

TEST(WorkerMachine, WaitsStartsAndBecomesReady) {
  Replica replica;
  replica.feed(Kind::Wait, {}, "waits for backend");
  EXPECT_THAT(replica.log, ElementsAre("waiting"));
  EXPECT_EQ(replica.last.reason, "waits for backend");
  replica.feed(Kind::Start);
  EXPECT_THAT(replica.log, ElementsAre("launch"));
  replica.feed(Kind::Launched);
  EXPECT_THAT(replica.log, ElementsAre("starting"));
  EXPECT_EQ(replica.last.pid, 7);
  EXPECT_EQ(replica.last.incarnation, 1);
  EXPECT_EQ(activity(replica.rules, replica.life), Activity::UntilReady);
  replica.pass(milliseconds(210));
  replica.feed(Kind::Ready);
  EXPECT_THAT(replica.log, ElementsAre("ready"));
  EXPECT_EQ(replica.last.after, 210);
  EXPECT_EQ(replica.life.deadline, std::nullopt);
  EXPECT_EQ(activity(replica.rules, replica.life), Activity::None);
  replica.rules.watched = true;
  EXPECT_EQ(activity(replica.rules, replica.life), Activity::WhileReady);
}

TEST(WorkerMachine, IsReadyAtOnceWhenThereIsNothingToWaitFor) {
  Replica replica;
  replica.rules.ready_at_once = true;
  replica.feed(Kind::Start);
  replica.feed(Kind::Launched);
  EXPECT_THAT(replica.log, ElementsAre("starting", "ready"));
}

TEST(WorkerMachine, StartsOnlyOnce) {
  Replica replica;
  replica.start();
  replica.feed(Kind::Start);
  EXPECT_THAT(replica.log, IsEmpty());
}

TEST(WorkerMachine, JudgesAnEndThatNobodyAskedFor) {
  struct Case {
    std::string name;
    RestartMode mode;
    bool serves;
    bool was_ready;
    ExitStatus exit;
    WorkerState becomes;
  };
  const std::vector<Case> cases{
      {"success of a server that served", RestartMode::OnFailure, true, true, exited(0), WorkerState::Completed},
      {"the same under never", RestartMode::Never, true, true, exited(0), WorkerState::Completed},
      {"the same under always", RestartMode::Always, true, true, exited(0), WorkerState::Backoff},
      {"success of a server before it served", RestartMode::OnFailure, true, false, exited(0), WorkerState::Backoff},
      {"the same under never", RestartMode::Never, true, false, exited(0), WorkerState::Failed},
      {"success of a task before its probe", RestartMode::OnFailure, false, false, exited(0), WorkerState::Completed},
      {"the same under never", RestartMode::Never, false, false, exited(0), WorkerState::Completed},
      {"the same under always", RestartMode::Always, false, false, exited(0), WorkerState::Backoff},
      {"a status that is not 0", RestartMode::OnFailure, true, true, exited(3), WorkerState::Backoff},
      {"the same under never", RestartMode::Never, true, true, exited(3), WorkerState::Failed},
      {"a signal", RestartMode::OnFailure, false, true, killed(SIGKILL), WorkerState::Backoff},
      {"SIGTERM from a stranger", RestartMode::OnFailure, true, true, killed(SIGTERM), WorkerState::Backoff},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.name);
    Replica replica;
    replica.rules.restart.policy = row.mode;
    replica.rules.serves = row.serves;
    replica.start();
    if (row.was_ready) replica.feed(Kind::Ready);
    replica.feed(Kind::Exited, row.exit);
    EXPECT_THAT(replica.log, ElementsAre("kill")) << "what is left of its tree is not asked";
    replica.feed(Kind::TreeGone);
    EXPECT_EQ(word(replica.life.state), word(row.becomes));
    EXPECT_EQ(replica.last.exit, row.exit);
  }
}

TEST(WorkerMachine, TellsHowLongItRanAndThatItWasTooEarly) {
  Replica replica;
  replica.rules.restart.policy = RestartMode::Never;
  replica.start();
  replica.pass(milliseconds(3100));
  replica.end(exited(0));
  EXPECT_EQ(replica.last.reason, "exit status 0 after 3.1 s, before it was ready");
  EXPECT_EQ(replica.last.after, 3100);
}

TEST(WorkerMachine, BacksOffAndStartsAgain) {
  Replica replica;
  replica.start_and_serve();
  replica.end(exited(1));
  EXPECT_THAT(replica.log, ElementsAre("backoff"));
  EXPECT_EQ(replica.last.restart, 1);
  EXPECT_EQ(replica.last.restart_max, 2);
  EXPECT_EQ(replica.last.delay, 1000);
  replica.feed(Kind::Deadline);
  EXPECT_THAT(replica.log, IsEmpty()) << "the pause is not over";
  replica.pass(seconds(1));
  replica.feed(Kind::Deadline);
  EXPECT_THAT(replica.log, ElementsAre("ask"));
  replica.feed(Kind::Start);
  EXPECT_THAT(replica.log, ElementsAre("launch"));
  replica.feed(Kind::Launched);
  EXPECT_EQ(replica.last.incarnation, 2);
  EXPECT_EQ(replica.life.exit, std::nullopt);
}

TEST(WorkerMachine, WaitsAfterItsPauseForWhatIsNotReady) {
  Replica replica;
  replica.start_and_serve();
  replica.end(exited(1));
  replica.feed(Kind::Start);
  EXPECT_THAT(replica.log, IsEmpty()) << "the pause is not over";
  replica.feed(Kind::Wait, {}, "waits for backend");
  EXPECT_THAT(replica.log, IsEmpty());
  replica.pass(seconds(1));
  replica.feed(Kind::Deadline);
  replica.feed(Kind::Wait, {}, "waits for backend");
  EXPECT_THAT(replica.log, ElementsAre("waiting"));
  replica.feed(Kind::Start);
  EXPECT_THAT(replica.log, ElementsAre("launch"));
}

TEST(WorkerMachine, RestartsWithWhatItIsAClientOf) {
  Replica replica;
  replica.start_and_serve();
  replica.feed(Kind::Restart, {}, "backend/0 was started again");
  EXPECT_THAT(replica.log, ElementsAre("stopping", "signal"));
  EXPECT_EQ(replica.last.reason, "backend/0 was started again");
  replica.feed(Kind::Restart, {}, "backend/1 was started again");
  EXPECT_THAT(replica.log, IsEmpty()) << "one restart is enough for both";
  replica.end(exited(1));
  EXPECT_THAT(replica.log, ElementsAre("waiting")) << "no failure, and no pause";
  EXPECT_EQ(replica.last.exit, exited(1));
  replica.feed(Kind::Start);
  EXPECT_THAT(replica.log, ElementsAre("launch"));
  replica.feed(Kind::Launched);
  replica.end(exited(1));
  EXPECT_EQ(replica.last.restart, 1) << "the first failure";
}

TEST(WorkerMachine, LeavesOneThatEndsByItselfItsGrace) {
  Replica replica;
  replica.start_and_serve();
  replica.feed(Kind::Stops);
  EXPECT_THAT(replica.log, ElementsAre("stopping")) << "no signal: it knows";
  replica.feed(Kind::Stops);
  replica.feed(Kind::NotLive, {}, "connection refused");
  EXPECT_THAT(replica.log, IsEmpty());
  replica.feed(Kind::Stop);
  EXPECT_THAT(replica.log, ElementsAre("stopping", "signal")) << "now it is wanted";

  Replica done;
  done.start_and_serve();
  done.feed(Kind::Stops);
  done.end(exited(0));
  EXPECT_THAT(done.log, ElementsAre("completed")) << "judged as an end of its own";

  Replica hanging;
  hanging.start_and_serve();
  hanging.feed(Kind::Stops);
  hanging.pass(hanging.rules.grace);
  hanging.feed(Kind::Deadline);
  EXPECT_THAT(hanging.log, ElementsAre("kill"));
  hanging.end(killed(SIGKILL));
  EXPECT_THAT(hanging.log, ElementsAre("backoff"));
}

TEST(WorkerMachine, ARestartWithAProviderIsNothingForOneThatDoesNotRun) {
  Replica resting;
  resting.start();
  resting.end(exited(1));
  resting.feed(Kind::Restart, {}, "backend/0 was started again");
  EXPECT_THAT(resting.log, IsEmpty());

  Replica stopping;
  stopping.start_and_serve();
  stopping.feed(Kind::Restart, {}, "backend/0 was started again");
  stopping.feed(Kind::Stop);
  stopping.end(exited(0));
  EXPECT_THAT(stopping.log, ElementsAre("stopped")) << "a stop on request wins";
}

TEST(WorkerMachine, FailsWhenTheRestartsAreUsedUp) {
  Replica replica;
  replica.start();
  for (int round = 0; round < 2; ++round) {
    replica.end(exited(1));
    replica.pass(seconds(60));
    replica.come_back();
    replica.feed(Kind::Launched);
  }
  replica.pass(milliseconds(3100));
  replica.end(exited(1));
  EXPECT_THAT(replica.log, ElementsAre("failed"));
  EXPECT_EQ(replica.last.reason, "exit status 1 after 3.1 s; restarts used up (2 within 10m)");
  replica.feed(Kind::Stop);
  EXPECT_THAT(replica.log, IsEmpty());
}

TEST(WorkerMachine, FailsAtOnceWhenTheProgramCannotBeExecuted) {
  Replica replica;
  replica.feed(Kind::Start);
  replica.feed(Kind::LaunchFailed, not_started(ENOENT));
  EXPECT_THAT(replica.log, ElementsAre("failed"));
  EXPECT_THAT(replica.last.reason, HasSubstr("could not be started: No such file or directory"));
}

TEST(WorkerMachine, TriesAgainWhenTheReasonPassesOrItRanBefore) {
  Replica busy;
  busy.feed(Kind::Start);
  busy.feed(Kind::LaunchFailed, not_started(EAGAIN));
  EXPECT_THAT(busy.log, ElementsAre("backoff"));

  Replica upgraded;
  upgraded.start();
  upgraded.end(exited(1));
  upgraded.pass(seconds(1));
  upgraded.come_back();
  upgraded.feed(Kind::LaunchFailed, not_started(ENOENT));
  EXPECT_THAT(upgraded.log, ElementsAre("backoff"));
}

TEST(WorkerMachine, StopsWhatIsNotReadyInTime) {
  Replica replica;
  replica.rules.ready_timeout = seconds(30);
  replica.rules.restart.policy = RestartMode::Never;
  replica.start();
  replica.pass(seconds(30));
  replica.feed(Kind::Deadline, {}, "connection refused on port 8000");
  EXPECT_THAT(replica.log, ElementsAre("stopping", "signal"));
  EXPECT_EQ(activity(replica.rules, replica.life), Activity::None);
  replica.feed(Kind::Ready);
  EXPECT_THAT(replica.log, IsEmpty()) << "too late is too late";
  replica.end(exited(0));
  EXPECT_THAT(replica.log, ElementsAre("failed"));
  EXPECT_EQ(replica.last.reason, "not ready within 30s: connection refused on port 8000");
}

TEST(WorkerMachine, RestartsWhatIsNotAliveAnyMore) {
  Replica replica;
  replica.rules.watched = true;
  replica.start_and_serve();
  replica.feed(Kind::NotLive, {}, "status 503");
  EXPECT_THAT(replica.log, ElementsAre("stopping", "signal"));
  EXPECT_THAT(replica.last.reason, HasSubstr("status 503"));
  replica.end(killed(SIGTERM));
  EXPECT_THAT(replica.log, ElementsAre("backoff"));
}

TEST(WorkerMachine, ForgetsALiveVerdictAboutAnEarlierState) {
  Replica replica;
  replica.start();
  replica.feed(Kind::NotLive, {}, "late");
  EXPECT_THAT(replica.log, IsEmpty());
}

TEST(WorkerMachine, GivesWhoStartsTheTimeBackInWhichNobodyLooked) {
  Replica replica;
  replica.rules.ready_timeout = seconds(30);
  replica.start();
  replica.pass(seconds(90));
  replica.feed(Kind::Deadline, {}, "connection refused on port 8000");
  EXPECT_THAT(replica.log, IsEmpty()) << "the timer went off a minute late: we were suspended";
  EXPECT_EQ(activity(replica.rules, replica.life), Activity::UntilReady);
  replica.pass(seconds(60));
  replica.feed(Kind::Deadline, {}, "connection refused on port 8000");
  EXPECT_THAT(replica.log, ElementsAre("stopping", "signal"));
}

TEST(WorkerMachine, KillsTheTreeWhenTheGraceIsOver) {
  Replica replica;
  replica.start_and_serve();
  replica.feed(Kind::Stop);
  EXPECT_THAT(replica.log, ElementsAre("stopping", "signal"));
  replica.pass(replica.rules.grace);
  replica.feed(Kind::Deadline);
  EXPECT_THAT(replica.log, ElementsAre("kill"));
  replica.end(killed(SIGKILL));
  EXPECT_THAT(replica.log, ElementsAre("stopped"));
  EXPECT_THAT(replica.last.reason, HasSubstr("did not end within 10s"));
}

TEST(WorkerMachine, LeavesTheRestOfTheTreeItsGraceWhenTheLeaderEndsInAStop) {
  Replica replica;
  replica.start_and_serve();
  replica.feed(Kind::Stop);
  replica.feed(Kind::Exited, killed(SIGTERM));
  EXPECT_THAT(replica.log, IsEmpty());
  EXPECT_EQ(replica.life.state, WorkerState::Stopping);
  replica.pass(replica.rules.grace);
  replica.feed(Kind::Deadline);
  EXPECT_THAT(replica.log, ElementsAre("kill"));
}

TEST(WorkerMachine, StopsWithoutRestartWhateverThePolicy) {
  Replica replica;
  replica.rules.restart.policy = RestartMode::Always;
  replica.start_and_serve();
  replica.feed(Kind::Stop);
  replica.feed(Kind::Stop);
  EXPECT_THAT(replica.log, IsEmpty()) << "one stop signal, not two";
  replica.end(exited(0));
  EXPECT_THAT(replica.log, ElementsAre("stopped"));
}

TEST(WorkerMachine, StopsAtOnceInABackoffAndBeforeTheStart) {
  Replica waiting;
  waiting.feed(Kind::Wait, {}, "waits for a");
  waiting.feed(Kind::Stop);
  EXPECT_THAT(waiting.log, ElementsAre("stopped"));
  waiting.feed(Kind::Start);
  EXPECT_THAT(waiting.log, IsEmpty());

  Replica resting;
  resting.start();
  resting.end(exited(1));
  resting.feed(Kind::Stop);
  EXPECT_THAT(resting.log, ElementsAre("stopped"));
  resting.pass(seconds(100));
  resting.feed(Kind::Deadline);
  EXPECT_THAT(resting.log, IsEmpty()) << "the pause does not bring it back";
}

TEST(WorkerMachine, AStopThatComesDuringAnotherEndPreventsTheRestart) {
  Replica dying;
  dying.start_and_serve();
  dying.feed(Kind::Exited, exited(1));
  dying.feed(Kind::Stop);
  EXPECT_THAT(dying.log, IsEmpty());
  dying.feed(Kind::TreeGone);
  EXPECT_THAT(dying.log, ElementsAre("stopped"));

  Replica late;
  late.start();
  late.pass(late.rules.ready_timeout);
  late.feed(Kind::Deadline);
  late.feed(Kind::Stop);
  late.end(exited(0));
  EXPECT_THAT(late.log, ElementsAre("stopped"));
}

TEST(WorkerMachine, KillsAtOnceWhenAsked) {
  Replica serving;
  serving.start_and_serve();
  serving.feed(Kind::Kill);
  EXPECT_THAT(serving.log, ElementsAre("stopping", "kill"));

  Replica stopping;
  stopping.start_and_serve();
  stopping.feed(Kind::Stop);
  stopping.feed(Kind::Kill);
  EXPECT_THAT(stopping.log, ElementsAre("kill"));
  stopping.end(killed(SIGKILL));
  EXPECT_THAT(stopping.log, ElementsAre("stopped"));

  Replica pending;
  pending.feed(Kind::Kill);
  EXPECT_THAT(pending.log, ElementsAre("stopped"));
}

TEST(WorkerMachine, SignalsAProcessThatWasStillBeingLaunchedWhenItWasStopped) {
  Replica replica;
  replica.feed(Kind::Start);
  replica.feed(Kind::Stop);
  EXPECT_THAT(replica.log, ElementsAre("stopping"));
  replica.feed(Kind::Launched);
  EXPECT_THAT(replica.log, ElementsAre("signal"));
  replica.end(killed(SIGTERM));
  EXPECT_THAT(replica.log, ElementsAre("stopped"));
}

TEST(WorkerMachine, WritesDurationsLikeTheLanguage) {
  EXPECT_EQ(duration_words(milliseconds(250)), "250ms");
  EXPECT_EQ(duration_words(seconds(30)), "30s");
  EXPECT_EQ(duration_words(seconds(90)), "1m30s");
  EXPECT_EQ(duration_words(std::chrono::minutes(10)), "10m");
  EXPECT_EQ(duration_words(std::chrono::hours(2)), "2h");
  EXPECT_EQ(duration_words(milliseconds(1500)), "1.5s");
  EXPECT_EQ(duration_words(milliseconds(0)), "0s");
}

}  // namespace
}  // namespace dynamo
