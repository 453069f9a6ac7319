#include "proto/json.h"

#include "proto/plan.h"
#include "proto/run.h"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

/// A plan in which no field has the value that it has without being set.
Plan full_plan() {
  Template word("--port=");
  word.parts.push_back({"${self.port.chat:-1}", RunReference{"self.port.chat", Fallback::Default, "1"}});

  Probe probe;
  probe.kind = ProbeKind::Http;
  probe.port = "chat";
  probe.path = Template("/ready");
  probe.status = 204;
  probe.pattern = Template("o\"k\\n");
  probe.command = {Template("curl"), word};

  PlannedProcess process;
  process.slot = "frontend";
  process.replica = 2;
  process.component = "acme.Front";
  process.component_at = {"graph.yaml", 3, 5};
  process.bound_at = {"graph.yaml", 9, 7};
  process.bound_how = "in graph `fast_agg`";
  process.runtime = RuntimeKind::Dynamo;
  process.command = {Template("front"), word};
  process.cwd = Template("/srv/größe");
  process.env = {{"A", Template("x")}, {"B", word}};
  process.gpus = {0, 3};
  process.endpoints = {{"chat", Protocol::Grpc, "A -> stream B", PortWish{8000}, "/v1", Listen::Fd},
                       {"metrics", Protocol::Unix, std::nullopt, std::nullopt, "", Listen::Port},
                       {"auto", Protocol::Tcp, std::nullopt, PortWish{}, "", Listen::Port}};
  process.ports = {{"system", PortWish{9090}}};
  process.clients = {
      {"router", "Router", Arity::OptionalMany, true, OnRestart::Restart, {"route", "*"}, {"router"}, {"http://a:1"}}};
  process.ready = {probe, Duration(1500), Duration(20)};
  process.live = LivePolicy{probe, Duration(30), 7};
  process.restart = {RestartMode::Always, 9, Duration(1), Duration(2), Duration(3)};
  process.stop = {StopSignal::Usr2, Duration(4)};
  process.resources = {1.5, "32Gi", 34359738368ULL, 2, {{LimitKind::Core, 0}, {LimitKind::LockedMemory, std::nullopt}}};

  PlannedSlot slot;
  slot.name = "frontend";
  slot.sidecar = true;
  slot.type = "Frontend";
  slot.arity = Arity::Many;
  slot.replicas = {2, 5};
  slot.phase = Phase::After;
  slot.level = 4;
  slot.waits_for = {"backend"};
  slot.on_failure = OnFailure::Ignore;
  slot.expendable = true;

  Plan plan;
  plan.file = "graph.yaml";
  plan.graph = "fast_agg";
  plan.spec = "LLMAgg";
  plan.name_space = "default";
  plan.entry = "frontend";
  plan.levels = 4;
  plan.gpus_visible = {0, 1, 2, 3};
  plan.gpus_needed = 2;
  plan.slots = {slot};
  plan.processes = {process};
  return plan;
}

template <class T>
std::optional<T> read(const std::string& text) {
  T value;
  if (!from_json(boost::json::parse(text), value)) return std::nullopt;
  return value;
}

TEST(Json, APlanComesBackAsItWas) {
  const Plan plan = full_plan();
  const std::string text = boost::json::serialize(to_json(plan));
  EXPECT_EQ(read<Plan>(text), plan);
  EXPECT_EQ(read<Plan>(boost::json::serialize(to_json(Plan{}))), Plan{});
}

TEST(Json, AnEventAndASnapshotComeBackAsTheyWere) {
  Event event;
  event.sequence = 18446744073709551615ULL;
  event.time = -5;
  event.kind = EventKind::Warning;
  event.worker = "a/0";
  event.state = WorkerState::Backoff;
  event.pid = 42;
  event.incarnation = 3;
  event.after = 1000;
  event.exit = ExitStatus{EndKind::Signalled, 9, true, "detail"};
  event.restart = 1;
  event.restart_max = 5;
  event.delay = 250;
  event.addresses = {"http://127.0.0.1:1"};
  event.reason = "why";
  EXPECT_EQ(read<Event>(boost::json::serialize(to_json(event))), event);

  RunSnapshot snapshot = initial_snapshot(full_plan(), "7f3a");
  apply(snapshot, event);
  snapshot.workers[0].last_exit = event.exit;
  EXPECT_EQ(read<RunSnapshot>(boost::json::serialize(to_json(snapshot))), snapshot);
}

TEST(Json, WritesWordsMillisecondsAndNull) {
  const boost::json::value json = to_json(full_plan());
  const boost::json::value& process = json.at("processes").at(0);
  EXPECT_EQ(process.at("restart").at("policy"), "always");
  EXPECT_EQ(process.at("stop").at("signal"), "SIGUSR2");
  EXPECT_EQ(process.at("ready").at("timeout"), 1500);
  EXPECT_TRUE(process.at("endpoints").at(1).at("port").is_null());
  EXPECT_TRUE(process.at("endpoints").at(2).at("port").at("number").is_null());
  EXPECT_EQ(json.at("gpus_visible").as_array().size(), 4U);
}

TEST(Json, IgnoresKeysThatItDoesNotKnowAndKeepsDefaultsForThoseThatAreMissing) {
  const std::optional<RestartPolicy> policy = read<RestartPolicy>(R"({"max": 2, "of a newer program": [1, {}]})");
  ASSERT_TRUE(policy);
  RestartPolicy expected;
  expected.max = 2;
  EXPECT_EQ(*policy, expected);
}

TEST(Json, RefusesAnotherShape) {
  EXPECT_FALSE(read<RestartPolicy>("[]"));
  EXPECT_FALSE(read<RestartPolicy>("null"));
  EXPECT_FALSE(read<RestartPolicy>(R"({"max": "2"})"));
  EXPECT_FALSE(read<RestartPolicy>(R"({"max": 1.5})"));
  EXPECT_FALSE(read<RestartPolicy>(R"({"max": 99999999999})"));
  EXPECT_FALSE(read<RestartPolicy>(R"({"policy": "sometimes"})"));
  EXPECT_FALSE(read<RestartPolicy>(R"({"policy": 1})"));
  EXPECT_FALSE(read<RestartPolicy>(R"({"window": "10m"})"));
  EXPECT_FALSE(read<Plan>(R"({"slots": {}})"));
  EXPECT_FALSE(read<Plan>(R"({"slots": [1]})"));
  EXPECT_FALSE(read<Plan>(R"({"graph": null})"));
  EXPECT_FALSE(read<PlannedSlot>(R"({"sidecar": 1})"));
  EXPECT_FALSE(read<PlannedSlot>(R"({"level": "1"})"));
  EXPECT_FALSE(read<std::vector<int>>(R"([1, "2"])"));
  EXPECT_FALSE((read<std::map<std::string, int>>(R"({"a": []})")));
}

TEST(Json, ReadsMapsAndOptionals) {
  EXPECT_EQ((read<std::map<std::string, int>>(R"({"b": 2, "a": 1})")),
            (std::map<std::string, int>{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(read<std::optional<int>>("null"), std::optional<std::optional<int>>(std::optional<int>()));
  EXPECT_EQ(to_json(std::map<std::string, int>{{"a", 1}}).at("a"), 1);
}

}  // namespace
}  // namespace dynamo
