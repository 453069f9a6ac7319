#include "orchestrator/environment.h"

#include "orchestrator/launcher.h"
#include "tests/unit/orchestrator/plans.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <memory>

namespace dynamo {
namespace {

using testing::client;
using ::testing::ElementsAre;
using testing::endpoint;
using testing::PlanBuilder;
using testing::reference;
using testing::text;

struct Made {
  std::map<std::string, std::string> variables;
  std::vector<std::string> names;
  std::optional<std::string> problem;
  [[nodiscard]] std::string at(const std::string& name) const {
    const auto found = variables.find(name);
    return found == variables.end() ? "(unset)" : found->second;
  }
};

Made make(const Plan& plan, std::size_t worker, std::vector<std::string> callers = {},
          const std::filesystem::path& notify = {}) {
  RunOptions options;
  options.run_id = "r1";
  options.run_dir = "/run-dir";
  options.socket_dir = "/sockets";
  options.environment = std::move(callers);
  const std::vector<PortNeed> needs = port_needs(plan, options);
  std::vector<int> numbers;
  for (const PortNeed& need : needs) numbers.push_back(need.number.value_or(20001));
  const auto addresses = resolve_addresses(plan, options, needs, numbers);
  Made made;
  const EnvironmentInput input{.plan = plan, .addresses = addresses, .options = options};
  ProcessSpec process;
  process.shared_environment =
      std::make_shared<const std::vector<std::string>>(inherited_environment(options, plan.processes[worker].runtime));
  process.environment = worker_environment(input, worker, "/run-dir/clients/x.json", notify, made.problem);
  for (const std::string* variable : whole_environment(process)) {
    const std::string& entry = *variable;
    const std::size_t equals = entry.find('=');
    made.names.push_back(entry.substr(0, equals));
    made.variables[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  std::ranges::sort(made.names);
  return made;
}

TEST(Environment, HoldsExactlyTheContract) {
  PlanBuilder builder;
  builder.slot("front-end", 2, {"backend"});
  builder.slot("backend", 1);
  builder.process("backend").endpoints = {endpoint("generate", Protocol::Http, 9001),
                                          endpoint("kv-events", Protocol::Tcp, 9002)};
  PlannedProcess& process = builder.process("front-end");
  process.component = "acme.Front";
  process.endpoints = {endpoint("chat", Protocol::Http, 8000), endpoint("local", Protocol::Unix),
                       endpoint("d", Protocol::Dyn)};
  process.ports = {{.name = "nixl", .port = {.number = 8100}}};
  process.clients = {client("backend", {"generate", "kv-events"}, {"backend"}), client("my-router", {"route"}, {}),
                     client("all", {"*"}, {"backend"})};
  const Made made = make(builder.plan, 0);
  EXPECT_THAT(made.names,
              ElementsAre("DYNAMO_CLIENTS_FILE", "DYNAMO_CLIENT_ALL", "DYNAMO_CLIENT_BACKEND_GENERATE",
                          "DYNAMO_CLIENT_BACKEND_KV_EVENTS", "DYNAMO_CLIENT_MY_ROUTER", "DYNAMO_CLIENT_MY_ROUTER_ROUTE",
                          "DYNAMO_COMPONENT", "DYNAMO_GRAPH", "DYNAMO_LISTEN_CHAT", "DYNAMO_LISTEN_LOCAL",
                          "DYNAMO_NAMESPACE", "DYNAMO_PORT_CHAT", "DYNAMO_PORT_NIXL", "DYNAMO_REPLICA",
                          "DYNAMO_RUN_DIR", "DYNAMO_RUN_ID", "DYNAMO_SLOT"));
  EXPECT_EQ(made.at("DYNAMO_GRAPH"), "graph");
  EXPECT_EQ(made.at("DYNAMO_NAMESPACE"), "space");
  EXPECT_EQ(made.at("DYNAMO_SLOT"), "front-end");
  EXPECT_EQ(made.at("DYNAMO_COMPONENT"), "acme.Front");
  EXPECT_EQ(made.at("DYNAMO_REPLICA"), "0");
  EXPECT_EQ(made.at("DYNAMO_RUN_ID"), "r1");
  EXPECT_EQ(made.at("DYNAMO_RUN_DIR"), "/run-dir");
  EXPECT_EQ(made.at("DYNAMO_LISTEN_CHAT"), "127.0.0.1:8000");
  EXPECT_EQ(made.at("DYNAMO_LISTEN_LOCAL").rfind("/sockets/", 0), 0U);
  EXPECT_EQ(made.at("DYNAMO_PORT_NIXL"), "8100");
  EXPECT_EQ(made.at("DYNAMO_CLIENT_BACKEND_KV_EVENTS"), "tcp://127.0.0.1:9002");
  EXPECT_EQ(made.at("DYNAMO_CLIENT_MY_ROUTER"), "") << "an optional client that is not connected is set and empty";
  EXPECT_EQ(made.at("DYNAMO_CLIENT_ALL"), "http://127.0.0.1:9001,tcp://127.0.0.1:9002");
  EXPECT_EQ(made.at("DYNAMO_CLIENTS_FILE"), "/run-dir/clients/x.json");
}

TEST(Environment, LetsDeclaredVariablesWinOverTheContractAndTheContractOverTheCaller) {
  PlanBuilder builder;
  builder.slot("slot", 1);
  builder.process("slot").env = {{.name = "DYNAMO_GRAPH", .value = text("mine")},
                                 {.name = "A", .value = text("declared")}};
  const Made made =
      make(builder.plan, 0, {"A=caller", "B=caller", "DYNAMO_SLOT=caller", "foo_%s_%_%%_$x=1 2=3", "junk"});
  EXPECT_EQ(made.at("DYNAMO_GRAPH"), "mine");
  EXPECT_EQ(made.at("A"), "declared");
  EXPECT_EQ(made.at("B"), "caller");
  EXPECT_EQ(made.at("DYNAMO_SLOT"), "slot");
  EXPECT_EQ(made.at("foo_%s_%_%%_$x"), "1 2=3");
}

TEST(Environment, PassesOnNothingThatWasMeantForUs) {
  PlanBuilder builder;
  builder.slot("slot", 1);
  const Made made = make(builder.plan, 0,
                         {"LISTEN_FDS=1", "LISTEN_PID=2", "LISTEN_FDNAMES=x", "NOTIFY_SOCKET=/run/systemd/notify",
                          "DYNAMO_CLIENT_OLD=http://x", "DYNAMO_PORT_OLD=1", "DYNAMO_LISTEN_OLD=x"});
  for (const char* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "DYNAMO_CLIENT_OLD",
                           "DYNAMO_PORT_OLD", "DYNAMO_LISTEN_OLD"}) {
    EXPECT_EQ(made.at(name), "(unset)") << name;
  }
  EXPECT_EQ(make(builder.plan, 0, {}, "/sockets/n").at("NOTIFY_SOCKET"), "/sockets/n");
}

TEST(Environment, GivesGpusOnlyToThoseThatHaveSome) {
  PlanBuilder builder;
  builder.slot("slot", 1, {}, 2);
  builder.process("slot", 0).gpus = {1, 3};
  EXPECT_EQ(make(builder.plan, 0, {"CUDA_VISIBLE_DEVICES=0,1,2,3"}).at("CUDA_VISIBLE_DEVICES"), "1,3");
  EXPECT_EQ(make(builder.plan, 1, {"CUDA_VISIBLE_DEVICES=0,1,2,3"}).at("CUDA_VISIBLE_DEVICES"), "0,1,2,3");
  EXPECT_EQ(make(builder.plan, 1).at("CUDA_VISIBLE_DEVICES"), "(unset)");
}

TEST(Environment, FillsReferencesAndTellsOfOneThatIsUnset) {
  PlanBuilder builder;
  builder.slot("slot", 1);
  builder.process("slot").clients = {client("router", {"route"}, {})};
  builder.process("slot").env = {
      {.name = "A", .value = reference("self.slot")},
      {.name = "B", .value = reference("clients.router", Fallback::Default, "none")},
      {.name = "C", .value = reference("clients.router", Fallback::Error, "needs a router")}};
  const Made made = make(builder.plan, 0);
  EXPECT_EQ(made.at("A"), "slot");
  EXPECT_EQ(made.at("B"), "none");
  EXPECT_EQ(made.problem, "`env.C`: clients.router: needs a router");
}

}  // namespace
}  // namespace dynamo
