// From a graph to processes that serve: order, injected environment, readiness, and what stands in the way of a start.

#include "tests/blackbox/graphs.h"

#include "proto/json.h"
#include "tests/support/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

namespace dynamo::test {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace {

std::int64_t now_in_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The value that a `prints_env` worker told for a variable.
std::string told(const std::string& log, const std::string& name) {
  for (const std::string& line : lines_of(log)) {
    if (line.starts_with("env " + name + "=")) return line.substr(name.size() + 5);
  }
  return "(not set)";
}

}  // namespace

TEST(Serve, SaysWhenTheGraphIsReadyAndWhere) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]");
  ASSERT_TRUE(run->wait_for_text("ready in")) << run->story();
  const auto ready = run->wait_for_event(reaches("main/0", WorkerState::Ready));
  ASSERT_TRUE(ready) << run->story();
  ASSERT_EQ(ready->addresses.size(), 1U);
  EXPECT_TRUE(run->wait_for_text(ready->addresses[0])) << run->story();
  EXPECT_THAT(http_get(ready->addresses[0]), HasSubstr(std::to_string(*run->worker("main/0"))));
  expect_clean_stop(*run);
}

TEST(Serve, StartsASlotWhenWhatItNeedsIsReady) {
  const TempDir folder;
  const std::string go = folder.path() / "go";
  const auto run = serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {b: Backend}"},
                                           {"backend", "command: [slow_ready, " + go + "], endpoints: [serve]"}}));
  ASSERT_TRUE(run->wait_for_text("warming up")) << run->story();
  EXPECT_EQ(run->worker("front/0"), std::nullopt) << run->story();

  folder.write("go", "");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();

  const auto backend = run->wait_for_event(reaches("backend/0", WorkerState::Ready));
  const auto front = run->wait_for_event(reaches("front/0", WorkerState::Starting));
  ASSERT_TRUE(backend && front) << run->story();
  EXPECT_LT(backend->sequence, front->sequence);
  expect_clean_stop(*run);
}

TEST(Serve, NumbersItsEventsWithoutAGap) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve], replicas: 3");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
  const std::vector<Event> events = run->events();
  ASSERT_FALSE(events.empty());
  for (std::size_t index = 0; index < events.size(); ++index) EXPECT_EQ(events[index].sequence, index + 1);
  EXPECT_EQ(events.front().kind, EventKind::RunStarted);
  EXPECT_EQ(events.back().kind, EventKind::RunEnded);
}

TEST(Serve, InjectsTheWorkerContract) {
  const TempDir folder;
  const auto run =
      serve(folder, graph_of({{"front",
                               "command: [prints_env, \"a b\", \"$${X}\"], endpoints: [serve], ports: {extra: auto}, "
                               "clients: {b: many Backend, away: optional Missing}, env: {LANG: C, OWN: \"x y\"}"},
                              {"backend", "command: [obedient], endpoints: [serve], replicas: 2"}},
                             "namespace: ns") +
                        "interfaces: {Missing: {endpoints: [serve]}}\n");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  ASSERT_TRUE(run->wait_for_event(reaches("front/0", WorkerState::Ready)));
  ASSERT_TRUE(eventually([&] { return count_lines(run->log("front"), "end") == 1; })) << run->log("front");

  const std::string log = run->log("front");
  EXPECT_THAT(lines_of(log), Contains("argument a b"));
  EXPECT_THAT(lines_of(log), Contains("argument ${X}"));
  EXPECT_EQ(told(log, "DYNAMO_GRAPH"), "g");
  EXPECT_EQ(told(log, "DYNAMO_NAMESPACE"), "ns");
  EXPECT_EQ(told(log, "DYNAMO_SLOT"), "front");
  EXPECT_EQ(told(log, "DYNAMO_COMPONENT"), "Front");
  EXPECT_EQ(told(log, "DYNAMO_REPLICA"), "0");
  EXPECT_EQ(told(log, "DYNAMO_RUN_DIR"), run->run_dir()->string());
  EXPECT_EQ(told(log, "DYNAMO_RUN_ID"), run->run_dir()->filename().string());
  EXPECT_EQ(told(log, "DYNAMO_LISTEN_SERVE"), "127.0.0.1:" + told(log, "DYNAMO_PORT_SERVE"));
  EXPECT_THAT(told(log, "DYNAMO_PORT_EXTRA"), testing::MatchesRegex("[0-9]+"));
  EXPECT_EQ(told(log, "DYNAMO_CLIENT_AWAY"), "");
  EXPECT_EQ(told(log, "DYNAMO_CLIENT_AWAY_SERVE"), "");
  EXPECT_EQ(told(log, "OWN"), "x y");
  EXPECT_EQ(told(log, "LANG"), "C");
  EXPECT_EQ(told(log, "HOME"), (folder.path() / "home").string());
  EXPECT_EQ(told(log, "NOTIFY_SOCKET"), "(not set)");

  std::string addresses;
  for (const char* id : {"backend/0", "backend/1"}) {
    const auto ready = run->wait_for_event(reaches(id, WorkerState::Ready));
    ASSERT_TRUE(ready);
    addresses += (addresses.empty() ? "" : ",") + ready->addresses.at(0);
  }
  EXPECT_EQ(told(log, "DYNAMO_CLIENT_B"), addresses);
  EXPECT_EQ(told(log, "DYNAMO_CLIENT_B_SERVE"), addresses);
  expect_clean_stop(*run);
}

TEST(Serve, KeepsTheClientsFileTrueWhenAReplicaIsLost) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {b: Backend}"},
                                           {"backend",
                                            "command: [obedient], endpoints: [serve], "
                                            "restart: {policy: always, backoff: 50ms}"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  const std::filesystem::path file = *run->run_dir() / "clients/front-0.json";
  const auto read = [&] { return boost::json::parse(read_file(file)).as_object(); };

  const boost::json::object before = read();
  const auto& client = before.at("clients").at("b").as_object();
  EXPECT_EQ(client.at("arity").as_string(), "one");
  EXPECT_EQ(client.at("instances").at(0).at("id").as_string(), "backend/0");
  EXPECT_TRUE(client.at("instances").at(0).at("ready").as_bool());

  ::kill(*run->worker("backend/0"), SIGKILL);
  ASSERT_TRUE(run->wait_for_event(reaches("backend/0", WorkerState::Ready, 2))) << run->story();
  ASSERT_TRUE(eventually([&] { return read().at("revision").as_int64() >= before.at("revision").as_int64() + 2; }));
  EXPECT_EQ(read().at("clients"), before.at("clients"));
  expect_clean_stop(*run);
}

struct ReadyKind {
  std::string name;
  std::string component;  ///< FILE stands for the file that the test creates
};

class Readiness : public testing::TestWithParam<ReadyKind> {};

TEST_P(Readiness, ComesWithItsConditionAndNotBefore) {
  const TempDir folder;
  const std::string go = folder.path() / "go";
  std::string component = GetParam().component;
  component.replace(component.find("FILE"), 4, go);
  const auto run = serve_one(folder, component + ", restart: never");
  ASSERT_TRUE(run->wait_for_event(reaches("main/0", WorkerState::Starting))) << run->story();
  // Several probes pass in this time; a wrong one would find it ready.
  EXPECT_FALSE(run->wait_for_event(is_kind(EventKind::RunReady), std::chrono::milliseconds(250))) << run->story();

  const std::int64_t created = now_in_milliseconds();
  folder.write("go", "");
  const auto ready = run->wait_for_event(reaches("main/0", WorkerState::Ready));
  ASSERT_TRUE(ready) << run->story();
  EXPECT_GE(ready->time, created);
  expect_clean_stop(*run);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Readiness,
    testing::Values(
        ReadyKind{"endpoint", "command: [slow_ready, FILE], endpoints: [serve], ready: {interval: 20ms}"},
        ReadyKind{"tcp", "command: [slow_ready, FILE], endpoints: [serve], ready: {tcp: serve, interval: 20ms}"},
        ReadyKind{"http", "command: [slow_ready, FILE], endpoints: [serve], ready: {http: /, interval: 20ms}"},
        ReadyKind{"log", "command: [slow_ready, FILE], endpoints: [serve], ready: {log: \"^wa?rm$\"}"},
        ReadyKind{"notify", "command: [notify_ready, FILE], ready: {notify: true}"},
        ReadyKind{"exec", "command: [obedient], endpoints: [serve], ready: {exec: [test, -e, FILE], interval: 20ms}"}),
    [](const auto& kind) { return kind.param.name; });

TEST(Serve, TellsWhatAReplicaSaysOfItself) {
  const TempDir folder;
  const std::string gate = folder.path() / "gate";
  const auto run = serve_one(folder,
                             "command: [notify_ready, " + gate +
                                 ", \"STATUS=loading weights\", \"READY=1\\nSTATUS=at once\", STOPPING=1], "
                                 "ready: {notify: true}, stop: {grace: 100ms}, restart: never",
                             {.arguments = {"-v"}});
  folder.write("gate", "");
  const auto says = run->wait_for_event(is_kind(EventKind::WorkerSays));
  ASSERT_TRUE(says) << run->story();
  EXPECT_EQ(says->worker, "main/0");
  EXPECT_EQ(says->reason, "loading weights");
  EXPECT_THAT(run->err(), HasSubstr("loading weights"));
  folder.write("gate.2", "");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  folder.write("gate.3", "");
  const auto stops = run->wait_for_event(reaches("main/0", WorkerState::Stopping));
  ASSERT_TRUE(stops) << run->story();
  EXPECT_EQ(stops->reason, "it ends by itself");
  EXPECT_EQ(run->wait(), (Ended{.status = 5})) << "it did not, and was killed after its grace\n" << run->story();
  EXPECT_TRUE(run->nothing_left());
}

TEST(Serve, GivesTheSocketThatItBoundToAllReplicas) {
  const TempDir folder;
  const auto run = serve_one(folder,
                             "command: [listens_fd], endpoints: {serve: {listen: fd}}, replicas: 2, "
                             "ready: {http: /, interval: 20ms}");
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  // Who answers first makes both ready.
  for (const int replica : {0, 1}) {
    EXPECT_TRUE(eventually([&] { return count_lines(run->log("main", replica), "names serve") == 1; })) << replica;
  }
  const auto ready = run->wait_for_event(reaches("main/1", WorkerState::Ready));
  ASSERT_TRUE(ready && !ready->addresses.empty());

  ::kill(*run->worker("main/0"), SIGSTOP);
  ASSERT_TRUE(eventually([&] { return is_stopped(*run->worker("main/0")); }));
  const std::string answer = http_get(ready->addresses[0]);
  ::kill(*run->worker("main/0"), SIGCONT);
  EXPECT_THAT(answer, StartsWith(std::to_string(*run->worker("main/1"))));
  expect_clean_stop(*run);
}

TEST(Serve, NamesWhoHoldsAFixedPort) {
  const TempDir folder;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  const std::string port = std::to_string(ntohs(address.sin_port));

  const auto run = serve_one(folder, "command: [obedient], endpoints: {serve: {port: " + port + "}}");
  EXPECT_EQ(run->wait(), (Ended{.status = 4}));
  EXPECT_THAT(run->err(), HasSubstr(port));
  EXPECT_THAT(run->err(), HasSubstr(std::to_string(::getpid()))) << "it should say who holds the port";
  EXPECT_EQ(run->worker("main/0"), std::nullopt);
  EXPECT_TRUE(run->nothing_left());
  ::close(fd);
}

TEST(Serve, StartsNothingWhenAProgramIsMissing) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"main", "command: [no-such-program]"}, {"other", "command: [obedient]"}}));
  EXPECT_EQ(run->wait(), (Ended{.status = 4}));
  EXPECT_THAT(run->err(), HasSubstr("main/0: there is no program `no-such-program`"));
  EXPECT_EQ(run->worker("other/0"), std::nullopt);
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Serve, SaysWhyAProgramCannotBeExecuted) {
  const TempDir folder;
  const std::filesystem::path script = folder.write("script", "#!/no/such/interpreter\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const auto run = serve_one(folder, "command: [./script]");
  EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("script"));
  EXPECT_THAT(run->err(), HasSubstr("No such file or directory"));
  EXPECT_THAT(run->err(), HasSubstr("graph.yaml:3:3"));
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Serve, GivesUpWhenAReplicaIsNotReadyInTime) {
  const TempDir folder;
  const auto run = serve_one(folder,
                             "command: [slow_ready, never], endpoints: [serve], "
                             "ready: {timeout: 300ms, interval: 20ms}, restart: never");
  EXPECT_EQ(run->wait(), (Ended{.status = 4})) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("300ms")) << "it should say how long it waited";
  EXPECT_TRUE(run->nothing_left()) << run->story();
}

TEST(Serve, DoesNotWaitForAServerThatEndedBeforeItServed) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [one_shot, \"0\"], endpoints: [serve], restart: never");
  EXPECT_EQ(run->wait(std::chrono::seconds(10)), (Ended{.status = 4})) << run->story();
  EXPECT_TRUE(run->nothing_left());
}

TEST(Serve, EndsWithSuccessWhenEverythingIsCompleted) {
  const TempDir folder;
  const auto run =
      serve(folder, graph_of({{"first", "command: [one_shot, \"0\"]"}, {"second", "command: [one_shot, \"0\"]"}}));
  EXPECT_EQ(run->wait(), (Ended{.status = 0})) << run->story();
  EXPECT_TRUE(run->nothing_left());
}

TEST(Serve, StartsWhatNeedsATaskThatIsDone) {
  const TempDir folder;
  const auto run = serve(folder, graph_of({{"front", "command: [obedient], endpoints: [serve], clients: {t: Task}"},
                                           {"task", "command: [one_shot, \"0\", done]"}}));
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  EXPECT_TRUE(run->wait_for_event(reaches("task/0", WorkerState::Completed))) << run->story();
  expect_clean_stop(*run);
}

TEST(Serve, StartsNothingForADryRun) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoints: [serve]", {.arguments = {"--dry-run"}});
  EXPECT_EQ(run->wait(), (Ended{.status = 0})) << run->story();
  EXPECT_THAT(run->out(), HasSubstr("main/0"));
  EXPECT_EQ(run->run_dir(), std::nullopt);
}

TEST(Serve, StartsNothingOfAGraphWithAnError) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [obedient], endpoint: [serve]");
  EXPECT_EQ(run->wait(), (Ended{.status = 1})) << run->story();
  EXPECT_THAT(run->err(), HasSubstr("DG0101"));
  EXPECT_EQ(run->run_dir(), std::nullopt);
}

TEST(Serve, TellsWrongUsageFromAFileThatCannotBeRead) {
  const TempDir folder;
  EXPECT_EQ(run_dynamo(folder, {"serve", "--no-such-option"}).ended, (Ended{.status = 2}));
  const Finished missing = run_dynamo(folder, {"serve", "missing.yaml:g"});
  EXPECT_EQ(missing.ended, (Ended{.status = 3}));
  EXPECT_THAT(missing.err, HasSubstr("missing.yaml"));
}

TEST(Serve, LetsTheCommandLineOverrideTheGraph) {
  const TempDir folder;
  const auto run = serve_one(folder, "command: [prints_env], endpoints: [serve], env: {LOG: info}",
                             {.arguments = {"main.env.LOG=debug"}});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  EXPECT_EQ(told(run->log("main"), "LOG"), "debug");
  expect_clean_stop(*run);
}

TEST(Serve, WritesOneJsonObjectPerLineOnRequest) {
  const TempDir folder;
  const auto run =
      serve_one(folder, "command: [obedient], endpoints: [serve]", {.arguments = {"--log-format", "json"}});
  ASSERT_TRUE(run->wait_until_ready()) << run->story();
  expect_clean_stop(*run);
  const std::vector<std::string> lines = lines_of(run->out());
  EXPECT_THAT(lines, Not(IsEmpty()));
  for (const std::string& line : lines) {
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(line, error);
    EXPECT_TRUE(!error && value.is_object()) << line;
  }
}

}  // namespace dynamo::test
