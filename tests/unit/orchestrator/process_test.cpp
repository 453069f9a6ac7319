#include "orchestrator/process.h"

#include "orchestrator/process_tree.h"
#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <csignal>

namespace dynamo {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using boost::asio::experimental::awaitable_operators::operator||;
using namespace std::chrono_literals;

/// Writes its number to `daemon`; deaf, in a session of its own, and its parent is gone.
constexpr const char* daemonise =
    "setsid sh -c 'trap \"\" TERM HUP; (trap \"\" TERM HUP; sh -c \"echo \\$PPID\" > daemon.new; mv daemon.new daemon; "
    "while :; do sleep 1000; done) & exit' & ";

class LocalProcess : public test::KernelTest {};

TEST_F(LocalProcess, TellsTheExitStatus) {
  auto process = start(shell("exit 7"));
  const ExitStatus status = run(process->wait());
  EXPECT_EQ(status.kind, EndKind::Exited);
  EXPECT_EQ(status.code, 7);
  EXPECT_EQ(run(process->wait()), status) << "any number of times";
}

TEST_F(LocalProcess, TellsTheSignal) {
  auto process = start(shell("kill -9 $$"));
  const ExitStatus status = run(process->wait());
  EXPECT_EQ(status.kind, EndKind::Signalled);
  EXPECT_EQ(status.code, SIGKILL);
}

TEST_F(LocalProcess, KnowsTheEndBeforeTheLoopDoes) {
  auto process = start(shell("exit 7"));
  EXPECT_TRUE(test::eventually([&] { return process->ended().has_value(); }));
}

TEST_F(LocalProcess, EndsWithoutItsOutputBeingClosed) {
  auto process = start(shell("sleep 1000 & exit 3"));
  EXPECT_EQ(run(process->wait()).code, 3);
  run(process->kill_tree());
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST_F(LocalProcess, SignalsTheWholeGroup) {
  auto process =
      start(shell("(trap 'echo gone > child; exit' TERM; echo $$ > up; while :; do sleep 0.01; done) & wait"));
  wait_for_pid("up");
  process->signal(SIGTERM);
  EXPECT_EQ(run(process->wait()).code, SIGTERM);
  EXPECT_TRUE(loop_while_waiting_for([&] { return test::contents(folder_.file("child")) == "gone\n"; }));
}

TEST_F(LocalProcess, WaitsForTheRestOfTheTree) {
  // The leader ends at once; its child, which takes its time, is given that time.
  auto process =
      start(shell("(trap 'sleep 0.2; echo tidy > child; exit' TERM; echo $$ > up; "
                  "while :; do sleep 0.01; done) & trap 'exit 0' TERM; wait"));
  wait_for_pid("up");
  process->signal(SIGTERM);
  EXPECT_EQ(run(process->wait()).code, 0);
  EXPECT_EQ(test::contents(folder_.file("child")), "");
  run(process->wait_tree());
  EXPECT_EQ(test::contents(folder_.file("child")), "tidy\n");
  EXPECT_THAT(run(process->kill_tree()), IsEmpty());
}

TEST_F(LocalProcess, KillsWhatIgnoresEverything) {
  auto process =
      start(shell("trap '' TERM INT HUP; echo $$ > up; (while :; do sleep 1000; done) & "
                  "while :; do sleep 1000; done"));
  const pid_t pid = wait_for_pid("up");
  process->signal(SIGTERM);
  EXPECT_THAT(run(process->kill_tree()), IsEmpty());
  EXPECT_FALSE(test::lives(pid));
  EXPECT_EQ(process->ended()->code, SIGKILL);
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST_F(LocalProcess, KillsAStoppedTree) {
  auto process = start(shell("kill -STOP $$"));
  EXPECT_THAT(run(process->kill_tree()), IsEmpty());
}

TEST_F(LocalProcess, KillsDaemonsByTheirMark) {
  ProcessSpec spec = shell(std::string(daemonise) + "wait; exec sleep 1000");
  spec.mark = "/runs/1#a/0#1";
  auto process = start(spec);
  const pid_t daemon = wait_for_pid("daemon");
  EXPECT_TRUE(loop_while_waiting_for([&] {
    const auto facts = read_process(daemon);
    return facts && facts->parent == ::getpid();
  })) << "it is ours once the process between has ended";
  EXPECT_THAT(process->tree(), Contains(daemon));
  EXPECT_THAT(run(process->kill_tree()), IsEmpty());
  EXPECT_FALSE(test::lives(daemon));
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST_F(LocalProcess, KillsDaemonsWhoseLeaderHasLongEnded) {
  ProcessSpec spec = shell(std::string(daemonise) + "wait; exit 4");
  spec.mark = "/runs/1#a/0#1";
  auto process = start(spec);
  const pid_t daemon = wait_for_pid("daemon");
  EXPECT_EQ(run(process->wait()).code, 4);
  EXPECT_THAT(process->tree(), Contains(daemon));
  run(process->kill_tree());
  EXPECT_FALSE(test::lives(daemon));
}

TEST_F(LocalProcess, SparesTheDaemonsOfOthers) {
  ProcessSpec spec = shell(std::string(daemonise) + "wait; exit 0");
  spec.mark = "/runs/1#a/0#1";
  auto owner = start(spec);
  const pid_t daemon = wait_for_pid("daemon");
  run(owner->wait());
  ProcessSpec other_spec = shell("exec sleep 1000");
  other_spec.mark = "/runs/1#a/0#2";
  auto other = start(other_spec);
  EXPECT_THAT(other->tree(), Not(Contains(daemon)));
  run(other->kill_tree());
  EXPECT_TRUE(test::lives(daemon));
  run(owner->kill_tree());
  EXPECT_FALSE(test::lives(daemon));
}

TEST_F(LocalProcess, KillsAChainThatForksFasterThanItIsKilled) {
  auto process = start(shell("hop() { [ -e stop ] || { hop & }; }; echo $$ > up; hop; exec sleep 1000"));
  wait_for_pid("up");
  EXPECT_THAT(run(process->kill_tree()), IsEmpty());
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

/// Ends the main thread alone: /proc calls the process a zombie, and it works on.
constexpr const char* headless = R"(
import ctypes, os, platform, threading, time
threading.Thread(target=lambda: time.sleep(1000)).start()
open('up.new', 'w').write(str(os.getpid()) + '\n')
os.rename('up.new', 'up')
ctypes.CDLL(None).syscall(60 if platform.machine() == 'x86_64' else 93, 0)
)";

TEST_F(LocalProcess, KillsAProcessWhoseMainThreadHasEnded) {
  ProcessSpec spec = shell("exec python3 -c \"$0\"");
  spec.environment = {"PATH=" + std::string(std::getenv("PATH"))};
  spec.arguments.emplace_back(headless);
  auto process = start(spec);
  const pid_t pid = wait_for_pid("up");
  ASSERT_TRUE(test::eventually([&] { return read_process(pid)->state == 'Z'; }));
  EXPECT_FALSE(process->ended().has_value());
  EXPECT_THAT(process->tree(), Contains(pid));
  EXPECT_THAT(run(process->kill_tree()), IsEmpty());
  EXPECT_EQ(process->ended()->code, SIGKILL);
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST_F(LocalProcess, RemembersADaemonThatHidesItsEnvironment) {
  // `env -i` leaves neither the mark nor the session; it was seen below the leader before.
  auto spec = shell(
      "setsid env -i /bin/sh -c 'echo $$ > up.new; mv up.new up; sleep 1000; true' & "
      "while [ ! -e end ]; do sleep 0.01; done; exit 0");
  spec.mark = "/runs/1#a/0#1";
  auto process = start(spec);
  const pid_t daemon = wait_for_pid("up");
  EXPECT_THAT(process->tree(), Contains(daemon));
  std::ofstream(folder_.file("end")) << "now";
  EXPECT_TRUE(run(process->wait()).success());
  EXPECT_THAT(process->tree(), Contains(daemon));
  run(process->kill_tree());
  EXPECT_FALSE(test::lives(daemon));
}

TEST_F(LocalProcess, HasLetGoOfEverythingWhenItsDaemonsAreKilled) {
  // A process that ends has no environment any more before it has closed its files: it must still be waited for.
  for (int i = 0; i < 50; ++i) {
    std::filesystem::remove(folder_.path() / "daemon");
    ProcessSpec spec = shell(std::string(daemonise) + "wait; exit 4");
    spec.mark = "/runs/1#a/0#" + std::to_string(i);
    auto process = start(spec);
    const pid_t daemon = wait_for_pid("daemon");
    run(process->wait());
    run(process->kill_tree());
    ASSERT_FALSE(test::lives(daemon)) << "round " << i;
  }
}

TEST_F(LocalProcess, DoesNothingToAGroupThatIsGone) {
  auto process = start(shell("exit 0"));
  run(process->wait());
  run(process->kill_tree());
  process->signal(SIGKILL);
  EXPECT_THAT(process->tree(), IsEmpty());
  EXPECT_TRUE(process->ended()->success());
  EXPECT_THAT(run(process->kill_tree()), IsEmpty());
}

TEST_F(LocalProcess, KillsAsALastResort) {
  auto process = start(shell("trap '' TERM; echo $$ > up; while :; do sleep 1000; done"));
  const pid_t pid = wait_for_pid("up");
  process.reset();
  EXPECT_FALSE(test::lives(pid));
}

TEST_F(LocalProcess, CanBeAwaitedByManyAndGivenUp) {
  auto process = start(shell("exec sleep 1000"));
  const auto soon = clock_.now() + 20ms;
  const auto given_up = run([](Process& which, Clock& clock, Clock::TimePoint when) -> Awaitable<std::size_t> {
    const auto winner = co_await (which.wait() || which.wait() || clock.sleep_until(when));
    co_return winner.index();
  }(*process, clock_, soon));
  EXPECT_EQ(given_up, 2U);
  process->signal(SIGKILL);
  EXPECT_EQ(run(process->wait()).code, SIGKILL);
}

TEST_F(LocalProcess, SeesWhatItsLeaderLeavesBehindAfterOthersHaveLooked) {
  const auto with_child = [&](const std::string& name) {
    ProcessSpec spec = shell("setsid sh -c 'echo $$ > " + name + ".new; mv " + name + ".new " + name +
                             "; exec sleep 1000' & wait; exit 0");
    spec.mark = "/runs/1#" + name + "/0#1";
    return start(spec);
  };
  auto first = with_child("first");
  auto second = with_child("second");
  wait_for_pid("first");
  const pid_t child = wait_for_pid("second");
  ::kill(first->pid(), SIGKILL);
  run(first->wait());
  run(first->kill_tree());
  ::kill(second->pid(), SIGKILL);
  ASSERT_TRUE(test::eventually([&] { return read_process(second->pid())->state == 'Z'; }));
  run(second->kill_tree());
  EXPECT_FALSE(test::lives(child));
}

TEST_F(LocalProcess, LeavesNoZombiesOfOrphans) {
  auto process =
      start(shell("for i in 1 2 3 4 5 6 7 8 9 10; do for j in 1 2 3 4 5 6 7 8 9 10; do "
                  "(setsid sh -c 'sleep 0.01 &' &); done; done; echo $$ > up; exec sleep 1000"));
  wait_for_pid("up");
  EXPECT_TRUE(loop_while_waiting_for([&] { return children_.orphans().empty() && process->tree().size() == 1; }));
}

}  // namespace
}  // namespace dynamo
