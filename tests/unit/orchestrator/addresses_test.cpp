#include "orchestrator/addresses.h"

#include "tests/unit/orchestrator/plans.h"

#include <gmock/gmock.h>

namespace dynamo {
namespace {

using testing::client;
using ::testing::ElementsAre;
using testing::endpoint;
using ::testing::IsEmpty;
using testing::PlanBuilder;
using ::testing::SizeIs;

RunOptions options_for_test() {
  RunOptions options;
  options.run_id = "r1";
  options.run_dir = "/run-dir";
  options.socket_dir = "/sockets";
  return options;
}

/// Numbers as a run would choose them: fixed ones as they are, the others from 20001 up.
std::vector<WorkerAddresses> resolve(const Plan& plan, const RunOptions& options) {
  const std::vector<PortNeed> needs = port_needs(plan, options);
  std::vector<int> numbers;
  int next = 20001;
  for (const PortNeed& need : needs) numbers.push_back(need.number ? *need.number : next++);
  return resolve_addresses(plan, options, needs, numbers);
}

TEST(Addresses, NeedsOneNumberPerPortAndOneForEqualFixedPorts) {
  PlanBuilder builder;
  builder.slot("frontend", 1);
  builder.process("frontend").endpoints = {endpoint("chat", Protocol::Http, 8000),
                                           endpoint("models", Protocol::Http, 8000), endpoint("admin"),
                                           endpoint("decide", Protocol::Unix)};
  builder.process("frontend").ports = {{.name = "nixl", .port = {}}};
  const std::vector<PortNeed> needs = port_needs(builder.plan, options_for_test());
  ASSERT_THAT(needs, SizeIs(3));
  EXPECT_THAT(needs[0].names, ElementsAre("chat", "models"));
  EXPECT_EQ(needs[0].number, 8000);
  EXPECT_THAT(needs[1].names, ElementsAre("admin"));
  EXPECT_EQ(needs[1].number, std::nullopt);
  EXPECT_THAT(needs[2].names, ElementsAre("nixl"));
}

TEST(Addresses, SharesASocketBetweenTheReplicasOfAComponent) {
  PlanBuilder builder;
  builder.slot("backend", 1, {}, 3);
  for (int replica = 0; replica < 3; ++replica) {
    builder.process("backend", replica).endpoints = {endpoint("generate"), endpoint("local", Protocol::Unix)};
    for (PlannedEndpoint& each : builder.process("backend", replica).endpoints) each.listen = Listen::Fd;
  }
  builder.process("backend", 2).component = "Other";
  const std::vector<PortNeed> needs = port_needs(builder.plan, options_for_test());
  ASSERT_THAT(needs, SizeIs(2));
  EXPECT_THAT(needs[0].workers, ElementsAre(0U, 1U));
  EXPECT_TRUE(needs[0].shared_socket);
  EXPECT_THAT(needs[1].workers, ElementsAre(2U));

  const auto addresses = resolve(builder.plan, options_for_test());
  EXPECT_EQ(addresses[0].endpoints[0].url, addresses[1].endpoints[0].url);
  EXPECT_NE(addresses[0].endpoints[0].url, addresses[2].endpoints[0].url);
  EXPECT_EQ(addresses[0].endpoints[1].at, addresses[1].endpoints[1].at);
}

TEST(Addresses, WritesEveryProtocolAsAUrl) {
  PlanBuilder builder;
  builder.slot("slot", 1);
  PlannedEndpoint chat = endpoint("chat", Protocol::Http, 8000);
  chat.path = "/v1/chat";
  builder.process("slot").endpoints = {chat, endpoint("rpc", Protocol::Grpc, 8001),
                                       endpoint("raw", Protocol::Tcp, 8002), endpoint("file", Protocol::Unix),
                                       endpoint("found", Protocol::Dyn)};
  const WorkerAddresses addresses = resolve(builder.plan, options_for_test())[0];
  EXPECT_EQ(addresses.find("chat")->url, "http://127.0.0.1:8000/v1/chat");
  EXPECT_EQ(addresses.find("chat")->at, "127.0.0.1:8000");
  EXPECT_EQ(addresses.find("rpc")->url, "grpc://127.0.0.1:8001");
  EXPECT_EQ(addresses.find("raw")->url, "tcp://127.0.0.1:8002");
  EXPECT_EQ(addresses.find("file")->url, "unix://" + addresses.find("file")->at);
  EXPECT_EQ(addresses.find("file")->at.rfind("/sockets/", 0), 0U);
  EXPECT_EQ(addresses.find("found")->url, "dyn://space.slot.found");
  EXPECT_EQ(addresses.find("found")->at, "");
  EXPECT_EQ(addresses.find("nothing"), nullptr);
}

TEST(Addresses, ListensOnTheHostOfTheEntryAndTellsClientsAnAddressThatTheyCanReach) {
  struct Case {
    std::string host, listen, url;
  };
  for (const Case& row :
       {Case{"0.0.0.0", "0.0.0.0:8000", "http://127.0.0.1:8000"}, Case{"::", "[::]:8000", "http://[::1]:8000"},
        Case{"::1", "[::1]:8000", "http://[::1]:8000"}, Case{"10.1.2.3", "10.1.2.3:8000", "http://10.1.2.3:8000"}}) {
    PlanBuilder builder;
    builder.slot("frontend", 1);
    builder.slot("backend", 1);
    builder.process("frontend").endpoints = {endpoint("chat", Protocol::Http, 8000)};
    builder.process("backend").endpoints = {endpoint("generate", Protocol::Http, 8001)};
    RunOptions options = options_for_test();
    options.entry_host = row.host;
    const auto addresses = resolve(builder.plan, options);
    EXPECT_EQ(addresses[0].endpoints[0].at, row.listen);
    EXPECT_EQ(addresses[0].endpoints[0].url, row.url);
    EXPECT_EQ(addresses[1].endpoints[0].at, "127.0.0.1:8001") << "only the entry listens elsewhere";
  }
}

TEST(Addresses, KeepsSocketPathsShortHoweverLongTheNames) {
  PlanBuilder builder;
  const std::string name(63, 'x');
  builder.slot(name, 1, {}, 2);
  builder.process(name, 0).endpoints = {endpoint(name, Protocol::Unix), endpoint(name + "2", Protocol::Unix)};
  builder.process(name, 1).endpoints = builder.process(name, 0).endpoints;
  const auto addresses = resolve(builder.plan, options_for_test());
  EXPECT_LE(addresses[0].endpoints[0].at.size(), std::string("/sockets/").size() + 40);
  EXPECT_NE(addresses[0].endpoints[0].at, addresses[0].endpoints[1].at);
  EXPECT_NE(addresses[0].endpoints[0].at, addresses[1].endpoints[0].at);
}

TEST(Addresses, GivesAClientTheReplicasOfAllItsProvidersInOrder) {
  PlanBuilder builder;
  builder.slot("router", 2, {"decode", "prefill"});
  builder.slot("prefill", 1, {}, 2);
  builder.slot("decode", 1);
  for (PlannedProcess& process : builder.plan.processes)
    process.endpoints = {endpoint("generate"), endpoint("events", Protocol::Tcp)};
  PlannedClient workers = client("workers", {"generate", "events"}, {"decode", "prefill"}, Arity::Many);
  workers.urls = {"http://elsewhere:1"};
  builder.process("router").clients = {workers};
  const auto addresses = resolve(builder.plan, options_for_test());
  const auto instances = client_instances(builder.plan, addresses, workers);
  ASSERT_THAT(instances, SizeIs(4));
  EXPECT_EQ(instances[0].id, "decode/0");
  EXPECT_EQ(instances[1].id, "prefill/0");
  EXPECT_EQ(instances[2].id, "prefill/1");
  EXPECT_EQ(instances[3].id, "http://elsewhere:1");
  EXPECT_THAT(endpoint_urls(instances, "generate"),
              ElementsAre(addresses[3].find("generate")->url, addresses[1].find("generate")->url,
                          addresses[2].find("generate")->url, "http://elsewhere:1"));
}

TEST(Addresses, NamesADynAddressAndASharedSocketOnce) {
  PlanBuilder builder;
  builder.slot("backend", 1, {}, 2);
  for (int replica = 0; replica < 2; ++replica) {
    PlannedEndpoint shared = endpoint("shared");
    shared.listen = Listen::Fd;
    builder.process("backend", replica).endpoints = {endpoint("generate", Protocol::Dyn), shared};
  }
  const auto addresses = resolve(builder.plan, options_for_test());
  const auto instances = client_instances(builder.plan, addresses, client("c", {"generate", "shared"}, {"backend"}));
  EXPECT_THAT(endpoint_urls(instances, "generate"), ElementsAre("dyn://space.backend.generate"));
  EXPECT_THAT(endpoint_urls(instances, "shared"), SizeIs(1));
}

TEST(Addresses, GivesAnyEveryEndpoint) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.slot("b", 1);
  builder.process("a").endpoints = {endpoint("x", Protocol::Http, 1), endpoint("y", Protocol::Tcp, 2)};
  builder.process("b").endpoints = {endpoint("z", Protocol::Grpc, 3)};
  const auto addresses = resolve(builder.plan, options_for_test());
  const auto instances = client_instances(builder.plan, addresses, client("c", {"*"}, {"a", "b"}));
  EXPECT_THAT(endpoint_urls(instances, "*"),
              ElementsAre("http://127.0.0.1:1", "tcp://127.0.0.1:2", "grpc://127.0.0.1:3"));
}

TEST(Addresses, AnswersReferences) {
  PlanBuilder builder;
  builder.slot("frontend", 2, {"backend"});
  builder.slot("backend", 1, {}, 2);
  builder.process("frontend").endpoints = {endpoint("chat", Protocol::Http, 8000)};
  builder.process("frontend").ports = {{.name = "nixl", .port = {.number = 9000}}};
  builder.process("frontend").gpus = {0, 2};
  builder.process("frontend").clients = {client("backend", {"generate"}, {"backend"}), client("router", {"route"}, {}),
                                         client("both", {"generate", "kv"}, {"backend"})};
  for (int replica = 0; replica < 2; ++replica) {
    builder.process("backend", replica).endpoints = {endpoint("generate", Protocol::Http, 9001 + replica),
                                                     endpoint("kv", Protocol::Tcp, 9101 + replica)};
  }
  const RunOptions options = options_for_test();
  const auto addresses = resolve(builder.plan, options);
  const auto value = [&](std::string_view name) { return reference_value(builder.plan, addresses, options, 0, name); };
  EXPECT_EQ(value("self.slot"), "frontend");
  EXPECT_EQ(value("self.replica"), "0");
  EXPECT_EQ(value("self.gpus"), "0,2");
  EXPECT_EQ(value("self.run_dir"), "/run-dir");
  EXPECT_EQ(value("self.port.chat"), "8000");
  EXPECT_EQ(value("self.port.nixl"), "9000");
  EXPECT_EQ(value("self.listen.chat"), "127.0.0.1:8000");
  EXPECT_EQ(value("clients.backend"), "http://127.0.0.1:9001,http://127.0.0.1:9002");
  EXPECT_EQ(value("clients.backend.generate"), value("clients.backend"));
  EXPECT_EQ(value("clients.both.kv"), "tcp://127.0.0.1:9101,tcp://127.0.0.1:9102");
  EXPECT_EQ(value("clients.router"), "");
  EXPECT_EQ(value("clients.router.route"), "");
  EXPECT_EQ(value("clients.nobody"), "");
  EXPECT_EQ(value("self.port.nothing"), "");
}

}  // namespace
}  // namespace dynamo
