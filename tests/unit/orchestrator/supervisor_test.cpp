// Whole runs of plans made by hand, with real small processes.

#include "tests/unit/orchestrator/plans.h"
#include "tests/unit/orchestrator/recorder.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <map>

namespace dynamo {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::client;
using ::testing::ElementsAre;
using testing::endpoint;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::PlanBuilder;
using testing::reference;
using testing::RunningGraph;
using testing::shell;
using ::testing::SizeIs;
using testing::text;
using testing::Told;
using testing::words;

/// A server of the standard library that answers every GET with 200.
std::vector<Template> http_server(const std::string& prelude = "") {
  return words({"python3", "-c", prelude + R"(
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header('Content-Length', '2'); self.end_headers(); self.wfile.write(b'ok')
    def log_message(self, *args): pass
host, port = os.environ['DYNAMO_LISTEN_CHAT'].rsplit(':', 1)
http.server.HTTPServer((host, int(port)), Handler).serve_forever()
)"});
}

bool alive(pid_t pid) { return ::kill(pid, 0) == 0; }

std::vector<pid_t> started_pids(const RunningGraph& graph) {
  std::vector<pid_t> pids;
  for (const Event& event : graph.events()) {
    if (event.state == WorkerState::Starting && event.pid) pids.push_back(*event.pid);
  }
  return pids;
}

TEST(Run, StartsInOrderServesAndStopsInReverse) {
  PlanBuilder builder;
  builder.slot("backend", 1);
  builder.slot("frontend", 2, {"backend"});
  builder.sidecar("metrics", Phase::After);
  builder.plan.entry = "frontend";
  for (const char* slot : {"backend", "frontend"}) {
    builder.process(slot).endpoints = {endpoint("chat")};
    builder.process(slot).command = http_server();
  }
  builder.process("frontend").endpoints[0].path = "/v1/chat";
  builder.process("frontend").clients = {client("backend", {"chat"}, {"backend"})};
  RunningGraph graph(builder.plan);
  const Event ready = graph.wait_for(EventKind::RunReady);
  ASSERT_THAT(ready.addresses, SizeIs(1));
  EXPECT_THAT(ready.addresses[0], EndsWith("/v1/chat"));
  graph.wait_for("metrics/0", WorkerState::Ready);
  const std::vector<pid_t> pids = started_pids(graph);
  graph.signal(SIGTERM);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "signalled");
  EXPECT_EQ(told.signal, SIGTERM);

  std::vector<std::string> order;
  std::uint64_t sequence = 0;
  for (const Event& event : graph.events()) {
    EXPECT_EQ(event.sequence, ++sequence);
    if (event.kind != EventKind::Worker) {
      order.emplace_back(word(event.kind));
    } else if (event.state != WorkerState::Waiting) {
      order.push_back(event.worker + " " + std::string(word(event.state)));
    }
  }
  EXPECT_THAT(order, ElementsAre("run_started", "backend/0 starting", "backend/0 ready", "frontend/0 starting",
                                 "frontend/0 ready", "run_ready", "metrics/0 starting", "metrics/0 ready",
                                 "run_stopping", "metrics/0 stopping", "metrics/0 stopped", "frontend/0 stopping",
                                 "frontend/0 stopped", "backend/0 stopping", "backend/0 stopped", "run_ended"));
  EXPECT_THAT(pids, SizeIs(3));
  for (const pid_t pid : pids) EXPECT_FALSE(alive(pid));
  EXPECT_FALSE(std::filesystem::exists(graph.options().socket_dir));
  EXPECT_TRUE(std::filesystem::exists(graph.options().run_dir / "plan.json"));
  const auto mode = std::filesystem::status(graph.options().run_dir).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_all);
}

TEST(Run, IsReadyWithinABlinkWhenItsWorkersAre) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.slot("b", 2, {"a"});
  builder.slot("c", 3, {"b"});
  RunningGraph graph(builder.plan);
  EXPECT_LT(graph.wait_for(EventKind::RunReady).after, 200);
  graph.signal(SIGINT);
  EXPECT_EQ(graph.outcome().signal, SIGINT);
}

TEST(Run, CompletesWhenAllTasksHave) {
  PlanBuilder builder;
  builder.slot("first", 1);
  builder.slot("second", 2, {"first"});
  builder.sidecar("beside", Phase::With);
  builder.process("first").command = shell("echo one; printf two");
  builder.process("second").command = shell("echo three >&2");
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "completed");
  EXPECT_EQ(graph.states_of("first/0"), "starting ready completed");
  EXPECT_EQ(graph.states_of("beside/0"), "starting ready stopping stopped");
  EXPECT_EQ(told.output, "first/0 stdout one\nfirst/0 stdout two\nsecond/0 stderr three\n");
}

TEST(Run, GivesWorkersTheirEnvironmentAndTheirClientsFile) {
  PlanBuilder builder;
  builder.slot("backend", 1);
  builder.slot("frontend", 2, {"backend"});
  builder.process("backend").endpoints = {endpoint("chat")};
  builder.process("backend").command = http_server();
  builder.process("frontend").clients = {client("backend", {"chat"}, {"backend"})};
  builder.process("frontend").command = shell(R"(test "$1" = "$DYNAMO_CLIENT_BACKEND" && cat "$DYNAMO_CLIENTS_FILE")");
  builder.process("frontend").command.push_back(text("sh"));
  builder.process("frontend").command.push_back(reference("clients.backend"));
  RunningGraph graph(builder.plan);
  graph.wait_for("frontend/0", WorkerState::Completed);
  graph.signal(SIGINT);
  const Told told = graph.outcome();
  EXPECT_THAT(told.output, HasSubstr(R"("instances":[{"id":"backend/0","ready":true,)"));
}

TEST(Run, EndsWithAReportWhenASlotFailsBeforeTheGraphIsReady) {
  PlanBuilder builder;
  builder.slot("backend", 1);
  builder.slot("frontend", 2, {"backend"});
  PlannedProcess& process = builder.process("backend");
  process.endpoints = {endpoint("chat")};
  process.command = shell("for i in $(seq 30); do echo line $i; done; echo oops >&2; exit 3");
  process.restart = {.policy = RestartMode::OnFailure,
                     .max = 2,
                     .window = std::chrono::minutes(10),
                     .backoff = milliseconds(10),
                     .backoff_max = milliseconds(20)};
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "never_ready");
  ASSERT_TRUE(told.failure);
  EXPECT_EQ(told.failure->slot, "backend");
  EXPECT_EQ(told.failure->worker, "backend/0");
  EXPECT_THAT(told.failure->sentence, HasSubstr("exit status 3 after 0.0 s; restarts used up (2 within 10m)"));
  EXPECT_THAT(told.failure->last_lines, SizeIs(20));
  EXPECT_THAT(told.failure->last_lines, ::testing::Contains("oops"));
  EXPECT_EQ(told.failure->component_at.text(), "graph.yaml:3:3");
  EXPECT_EQ(graph.states_of("backend/0"), "starting backoff starting backoff starting failed");
  EXPECT_EQ(graph.states_of("frontend/0"), "waiting stopped") << "it never started";
}

TEST(Run, RestartsAReplicaThatDiesAndTheOthersStay) {
  PlanBuilder builder;
  builder.slot("backend", 1);
  builder.slot("frontend", 2, {"backend"});
  builder.process("backend").restart = {.policy = RestartMode::OnFailure,
                                        .max = 5,
                                        .window = std::chrono::minutes(10),
                                        .backoff = milliseconds(0),
                                        .backoff_max = seconds(1)};
  RunningGraph graph(builder.plan);
  graph.wait_for(EventKind::RunReady);
  ::kill(*graph.wait_for("backend/0", WorkerState::Starting).pid, SIGKILL);
  const Event again = graph.wait_for("backend/0", WorkerState::Ready, 2);
  EXPECT_EQ(again.incarnation, 2);
  const Event backoff = graph.wait_for("backend/0", WorkerState::Backoff);
  EXPECT_EQ(backoff.exit->words(), "killed by SIGKILL");
  EXPECT_EQ(backoff.restart, 1);
  graph.signal(SIGTERM);
  graph.outcome();
  EXPECT_EQ(graph.states_of("frontend/0"), "starting ready stopping stopped");
}

TEST(Run, FailsWhenASlotFailsAfterTheGraphWasReady) {
  PlanBuilder builder;
  builder.slot("backend", 1);
  builder.slot("other", 1);
  RunningGraph graph(builder.plan);
  graph.wait_for(EventKind::RunReady);
  ::kill(*graph.wait_for("backend/0", WorkerState::Starting).pid, SIGSEGV);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "slot_failed");
  EXPECT_THAT(told.failure->sentence, HasSubstr("killed by SIGSEGV"));
}

TEST(Run, GoesOnWithoutASidecarUnlessItStopsTheGraph) {
  for (const OnFailure on_failure : {OnFailure::Ignore, OnFailure::Restart, OnFailure::StopGraph}) {
    PlanBuilder builder;
    builder.slot("backend", 1);
    builder.sidecar("metrics", Phase::After, on_failure);
    builder.process("metrics").command = shell("exit 7");
    RunningGraph graph(builder.plan);
    graph.wait_for("metrics/0", WorkerState::Failed);
    if (on_failure != OnFailure::StopGraph) graph.signal(SIGINT);
    EXPECT_EQ(graph.outcome().reason, on_failure == OnFailure::StopGraph ? "slot_failed" : "signalled");
  }
}

TEST(Run, FailsAReplicaThatIsNotReadyInTimeAndSaysWhy) {
  PlanBuilder builder;
  builder.slot("backend", 1);
  builder.process("backend").endpoints = {endpoint("chat")};
  builder.process("backend").ready.timeout = milliseconds(300);
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "never_ready");
  EXPECT_THAT(told.failure->sentence, HasSubstr("not ready within 300ms: connection refused on port "));
}

TEST(Run, SaysWhichProgramIsMissingBeforeItStartsAnything) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.slot("b", 1);
  builder.slot("c", 1);
  builder.process("b").command = words({"no-such-program-at-all"});
  builder.process("c").cwd = text("/no/such/folder");
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "not_started");
  using ::testing::StartsWith;
  EXPECT_THAT(
      told.problems,
      ElementsAre(StartsWith("b/0: there is no program `no-such-program-at-all` in any folder of PATH (component "),
                  StartsWith("c/0: there is no folder `/no/such/folder` to run in (component ")));
  EXPECT_FALSE(std::filesystem::exists(graph.options().run_dir)) << "there was no run";
}

TEST(Run, FailsAtOnceWhenAProgramCannotBeExecuted) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.process("a").restart.policy = RestartMode::Always;
  builder.process("a").command = words({"/etc/passwd"});
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "never_ready");
  EXPECT_THAT(told.failure->sentence, HasSubstr("could not be started: Permission denied"));
  EXPECT_EQ(graph.states_of("a/0"), "failed");
}

class TakenPort {
 public:
  TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, generic, size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, generic, &size), 0);
    number = ntohs(address.sin_port);
  }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  ~TakenPort() { ::close(socket_); }
  int number = 0;

 private:
  int socket_;
};

TEST(Run, SaysWhoHoldsAPortThatIsTaken) {
  const TakenPort taken;
  PlanBuilder builder;
  builder.slot("frontend", 1);
  builder.process("frontend").endpoints = {endpoint("chat", Protocol::Http, taken.number)};
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "not_started");
  ASSERT_THAT(told.problems, SizeIs(1));
  EXPECT_THAT(told.problems[0],
              HasSubstr("port " + std::to_string(taken.number) + " of frontend/0 (`chat`) is taken by"));
  EXPECT_THAT(told.problems[0], HasSubstr(std::to_string(::getpid())));
}

TEST(Run, ProbesAsThePolicyAsks) {
  struct Case {
    std::string name;
    Probe probe;
    std::vector<Template> command;
  };
  Probe log;
  log.kind = ProbeKind::Log;
  log.pattern = text("engine .* ready");
  Probe notify;
  notify.kind = ProbeKind::Notify;
  Probe exec;
  exec.kind = ProbeKind::Exec;
  exec.command = shell("test -e \"$DYNAMO_RUN_DIR/made\"");
  Probe http;
  http.kind = ProbeKind::Http;
  http.port = "chat";
  http.path = text("/health");
  http.pattern = text("ok");
  Probe tcp;
  tcp.kind = ProbeKind::Tcp;
  tcp.port = "chat";
  const std::string send =
      "import socket, os, time; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)"
      ".sendto(b'READY=1', os.environ['NOTIFY_SOCKET']); time.sleep(100)";
  for (const Case& row : {Case{"log", log, shell("sleep 0.1; echo the engine is ready; sleep 100")},
                          Case{"notify", notify, words({"python3", "-c", send})},
                          Case{"exec", exec, shell("sleep 0.1; touch \"$DYNAMO_RUN_DIR/made\"; sleep 100")},
                          Case{"http", http, http_server()}, Case{"tcp", tcp, http_server()}}) {
    SCOPED_TRACE(row.name);
    PlanBuilder builder;
    builder.slot("worker", 1);
    PlannedProcess& process = builder.process("worker");
    process.endpoints = {endpoint("chat")};
    process.ready.probe = row.probe;
    process.command = row.command;
    RunningGraph graph(builder.plan);
    EXPECT_EQ(graph.wait_for("worker/0", WorkerState::Ready).incarnation, 1);
    graph.signal(SIGTERM);
    EXPECT_EQ(graph.outcome().reason, "signalled");
  }
}

TEST(Run, RestartsAReplicaThatDoesNotAnswerAnyMore) {
  PlanBuilder builder;
  builder.slot("worker", 1);
  PlannedProcess& process = builder.process("worker");
  Probe probe;
  probe.kind = ProbeKind::Exec;
  probe.command = shell("test ! -e \"$DYNAMO_RUN_DIR/sick\"");
  process.live = LivePolicy{.probe = probe, .interval = milliseconds(50), .failures = 2};
  process.command = shell("rm -f \"$DYNAMO_RUN_DIR/sick\"; echo up; exec sleep 100");
  process.ready.probe = Probe{};
  process.ready.probe->kind = ProbeKind::Log;
  process.ready.probe->pattern = text("up");
  process.restart.policy = RestartMode::OnFailure;
  process.restart.backoff = milliseconds(10);
  RunningGraph graph(builder.plan);
  graph.wait_for("worker/0", WorkerState::Ready);
  std::ofstream(graph.options().run_dir / "sick") << "yes";
  graph.wait_for("worker/0", WorkerState::Ready, 2);
  EXPECT_THAT(graph.wait_for("worker/0", WorkerState::Backoff).reason, HasSubstr("not alive any more"));
  graph.signal(SIGTERM);
  graph.outcome();
}

TEST(Run, StopsInTheMiddleOfAProbeThatGetsNoAnswer) {
  PlanBuilder builder;
  builder.slot("silent", 1);
  PlannedProcess& process = builder.process("silent");
  process.endpoints = {endpoint("chat")};
  process.ready.probe = Probe{};
  process.ready.probe->kind = ProbeKind::Http;
  process.ready.probe->port = "chat";
  process.command = words({"python3", "-c", R"(
import os, socket, time
listener = socket.create_server(('127.0.0.1', int(os.environ['DYNAMO_PORT_CHAT'])))
connection, _ = listener.accept()
print('asked', flush=True)
time.sleep(1000)
)"});
  RunningGraph graph(builder.plan);
  graph.wait_for("silent/0", WorkerState::Starting);
  const std::filesystem::path log = graph.options().run_dir / "logs" / "silent-0.log";
  EXPECT_TRUE(testing::comes_true([&] { return testing::read_file(log) == "asked\n"; }));
  const auto before = std::chrono::steady_clock::now();
  graph.signal(SIGTERM);
  EXPECT_EQ(graph.outcome().reason, "signalled");
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(2));
}

TEST(Run, ServesOnAUnixSocketAgainAfterACrash) {
  for (const Listen listen : {Listen::Port, Listen::Fd}) {
    PlanBuilder builder;
    builder.slot("local", 1);
    PlannedProcess& process = builder.process("local");
    process.endpoints = {endpoint("decide", Protocol::Unix)};
    process.endpoints[0].listen = listen;
    process.restart.policy = RestartMode::OnFailure;
    process.restart.backoff = milliseconds(1);
    process.command = words({"python3", "-c", R"(
import os, socket
if 'LISTEN_FDS' in os.environ: listener = socket.socket(fileno=3)
else:
    listener = socket.socket(socket.AF_UNIX); listener.bind(os.environ['DYNAMO_LISTEN_DECIDE']); listener.listen()
assert listener.getsockname() == os.environ['DYNAMO_LISTEN_DECIDE']
while True: listener.accept()
)"});
    RunningGraph graph(builder.plan);
    const Event ready = graph.wait_for("local/0", WorkerState::Ready);
    ASSERT_THAT(ready.addresses, SizeIs(1));
    EXPECT_THAT(ready.addresses[0], ::testing::StartsWith("unix://" + graph.options().socket_dir.string()));
    ::kill(*graph.wait_for("local/0", WorkerState::Starting).pid, SIGKILL);
    graph.wait_for("local/0", WorkerState::Ready, 2);
    graph.signal(SIGHUP);
    EXPECT_EQ(graph.outcome().signal, SIGHUP);
  }
}

TEST(Run, LetsASidecarPrepareWhatTheSlotsExecute) {
  PlanBuilder builder;
  builder.sidecar("build", Phase::Before);
  builder.process("build").command = shell(R"(
cd "$DYNAMO_RUN_DIR"; printf '#!/bin/sh\necho "built by $1"\n' > program; chmod +x program)");
  // Without a probe it would be ready, and waited for no longer, as soon as it was executed.
  builder.process("build").ready.probe = Probe{};
  builder.process("build").ready.probe->kind = ProbeKind::Exec;
  builder.process("build").ready.probe->command = shell("test -x \"$DYNAMO_RUN_DIR/program\"");
  builder.slot("user", 1);
  Template program = reference("self.run_dir");
  program.parts.push_back({.text = "/program", .reference = std::nullopt});
  builder.process("user").command = {program, text("the sidecar")};
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "completed");
  EXPECT_EQ(told.output, "user/0 stdout built by the sidecar\n");
}

TEST(Run, SaysWhichReferenceHasNoValueBeforeItStartsAnything) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.process("a").clients = {client("router", {"route"}, {}, Arity::Optional)};
  builder.process("a").command.push_back(reference("clients.router", Fallback::Error, "it needs a router"));
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "not_started");
  EXPECT_THAT(told.problems, ElementsAre("a/0: `command`: clients.router: it needs a router"));
}

TEST(Run, GoesOnWithoutAnExpendableSlot) {
  PlanBuilder builder;
  builder.slot("needed", 1);
  builder.slot("luxury", 1).expendable = true;
  builder.process("luxury").endpoints = {endpoint("chat")};
  builder.process("luxury").command = shell("exit 9");
  RunningGraph graph(builder.plan);
  graph.wait_for("luxury/0", WorkerState::Failed);
  graph.wait_for(EventKind::RunReady);
  graph.signal(SIGTERM);
  EXPECT_EQ(graph.outcome().reason, "signalled");
}

TEST(Run, HandsOneSocketToAllReplicasOfAComponent) {
  PlanBuilder builder;
  builder.slot("backend", 1, {}, 2);
  builder.slot("caller", 2, {"backend"});
  for (int replica = 0; replica < 2; ++replica) {
    PlannedProcess& process = builder.process("backend", replica);
    process.endpoints = {endpoint("chat")};
    process.endpoints[0].listen = Listen::Fd;
    process.command = words({"python3", "-c", R"(
import os, socket
assert os.environ['LISTEN_PID'] == str(os.getpid()) and os.environ['LISTEN_FDNAMES'] == 'chat'
listener = socket.socket(fileno=3)
while True:
    connection, _ = listener.accept()
    connection.sendall(os.environ['DYNAMO_SLOT'].encode()); connection.close()
)"});
  }
  builder.process("caller").clients = {client("backend", {"chat"}, {"backend"})};
  builder.process("caller").command = words({"python3", "-c", R"(
import os, socket
host, port = os.environ['DYNAMO_CLIENT_BACKEND'].removeprefix('http://').split(':')
for _ in range(20): print(socket.create_connection((host, int(port))).recv(100).decode())
)"});
  RunningGraph graph(builder.plan);
  graph.wait_for("caller/0", WorkerState::Completed);
  graph.signal(SIGTERM);
  std::string expected;
  for (int line = 0; line < 20; ++line) expected += "caller/0 stdout backend\n";
  EXPECT_EQ(graph.outcome().output, expected);
}

TEST(Run, KillsWhatIgnoresTheSignalAndEverythingBelowIt) {
  PlanBuilder builder;
  builder.slot("stubborn", 1, {}, 3);
  for (int replica = 0; replica < 3; ++replica) {
    PlannedProcess& process = builder.process("stubborn", replica);
    process.command = shell(
        "trap '' TERM; (trap '' TERM; sleep 1000)& setsid sh -c 'trap \"\" TERM; sleep 1000' & "
        "echo up; while :; do sleep 1000; done");
    process.ready.probe = Probe{};
    process.ready.probe->kind = ProbeKind::Log;
    process.ready.probe->pattern = text("up");
    process.stop.grace = milliseconds(300);
  }
  RunningGraph graph(builder.plan);
  graph.wait_for(EventKind::RunReady);
  const auto before = std::chrono::steady_clock::now();
  graph.signal(SIGTERM);
  EXPECT_EQ(graph.outcome().reason, "signalled");
  const auto took = std::chrono::steady_clock::now() - before;
  EXPECT_GE(took, milliseconds(300));
  EXPECT_LT(took, milliseconds(900)) << "the graces of one group run side by side";
  EXPECT_THAT(graph.wait_for("stubborn/0", WorkerState::Stopped).reason, HasSubstr("did not end within 300ms"));
}

TEST(Run, KillsAtOnceOnASecondInterrupt) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.slot("b", 2, {"a"});
  for (const char* slot : {"a", "b"}) {
    builder.process(slot).command = shell("trap '' TERM INT; echo up; while :; do sleep 1000; done");
    builder.process(slot).ready.probe = Probe{};
    builder.process(slot).ready.probe->kind = ProbeKind::Log;
    builder.process(slot).ready.probe->pattern = text("up");
    builder.process(slot).stop.grace = seconds(1000);
  }
  RunningGraph graph(builder.plan);
  graph.wait_for(EventKind::RunReady);
  graph.signal(SIGINT);
  graph.wait_for("b/0", WorkerState::Stopping);
  graph.signal(SIGHUP);
  graph.signal(SIGINT);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "signalled");
  EXPECT_EQ(told.signal, SIGINT);
}

TEST(Run, StopsAReplicaInItsBackoffAtOnce) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.process("a").command = shell("exit 1");
  builder.process("a").endpoints = {endpoint("chat")};
  builder.process("a").restart.policy = RestartMode::OnFailure;
  builder.process("a").restart.backoff = seconds(50);
  RunningGraph graph(builder.plan);
  graph.wait_for("a/0", WorkerState::Backoff);
  const auto before = std::chrono::steady_clock::now();
  graph.signal(SIGTERM);
  graph.outcome();
  EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(1));
  EXPECT_EQ(graph.states_of("a/0"), "starting backoff stopped");
}

TEST(Run, TellsAnExitAlthoughAChildOfTheReplicaHoldsItsOutput) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.slot("b", 1);
  builder.process("a").command = shell("sleep 1000 & exit 3");
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_THAT(told.failure->sentence, HasSubstr("exit status 3"));
}

TEST(Run, LeavesNoDaemonBehind) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.process("a").command = shell(
      "setsid sh -c 'setsid sleep 1000 & echo $! > \"$DYNAMO_RUN_DIR/daemon\"; sleep 1000' & "
      "while ! test -s \"$DYNAMO_RUN_DIR/daemon\"; do sleep 0.01; done; echo up; sleep 1000");
  builder.process("a").ready.probe = Probe{};
  builder.process("a").ready.probe->kind = ProbeKind::Log;
  builder.process("a").ready.probe->pattern = text("up");
  builder.process("a").stop.grace = milliseconds(100);
  RunningGraph graph(builder.plan);
  graph.wait_for(EventKind::RunReady);
  const pid_t daemon = std::stoi(testing::read_file(graph.options().run_dir / "daemon"));
  EXPECT_TRUE(alive(daemon));
  graph.signal(SIGTERM);
  graph.outcome();
  EXPECT_FALSE(alive(daemon));
}

TEST(Run, DoesNotTrustAStrangerThatAnswersOnAPort) {
  const TakenPort taken;
  PlanBuilder builder;
  builder.slot("a", 1);
  PlannedProcess& process = builder.process("a");
  process.ports = {{.name = "side", .port = {}}};
  process.ready.probe = Probe{};
  process.ready.probe->kind = ProbeKind::Tcp;
  process.ready.probe->port = "side";
  process.ready.timeout = milliseconds(3000);
  process.command = shell("sleep 1000");
  // Somebody else takes the port after it was chosen: another replica, which nobody asked to.
  builder.slot("thief", 1);
  builder.process("thief").clients = {};
  builder.process("thief").command = words({"python3", "-c", R"(
import glob, json, os, socket, time
events = open(os.environ['DYNAMO_RUN_DIR'] + '/events.jsonl').read().splitlines()
pid = [json.loads(line)['pid'] for line in events if '"a/0"' in line and '"starting"' in line][0]
variables = open(f'/proc/{pid}/environ').read().split('\0')
port = int([v for v in variables if v.startswith('DYNAMO_PORT_SIDE=')][0].split('=')[1])
listener = socket.create_server(('127.0.0.1', port))
time.sleep(1000)
)"});
  RunningGraph graph(builder.plan);
  const Told told = graph.outcome();
  EXPECT_EQ(told.reason, "never_ready");
  EXPECT_THAT(told.failure->sentence, ::testing::ContainsRegex("port [0-9]+ belongs to `python3"));
}

TEST(Run, HasNoWorkWhenNothingHappens) {
  PlanBuilder builder;
  builder.slot("a", 1, {}, 5);
  RunningGraph graph(builder.plan);
  graph.wait_for(EventKind::RunReady);
  const auto switches = [&] {
    std::istringstream status(testing::read_file("/proc/" + std::to_string(graph.pid()) + "/status"));
    long total = 0;
    for (std::string line; std::getline(status, line);) {
      if (line.find("voluntary_ctxt_switches") == 0) total = std::stol(line.substr(line.find(':') + 1));
    }
    return total;
  };
  // It may still be on its way to sleep when the event has been written: wait until it rests.
  long before = switches();
  for (long now = -1; now != before;) {
    before = switches();
    std::this_thread::sleep_for(milliseconds(200));
    now = switches();
  }
  std::this_thread::sleep_for(milliseconds(1000));
  EXPECT_EQ(switches(), before);
  graph.signal(SIGTERM);
  graph.outcome();
}

}  // namespace
}  // namespace dynamo
