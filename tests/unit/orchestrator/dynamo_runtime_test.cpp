#include "orchestrator/dynamo_runtime.h"

#include "tests/unit/orchestrator/plans.h"

#include <gmock/gmock.h>

namespace dynamo {
namespace {

using testing::endpoint;
using ::testing::IsSupersetOf;
using ::testing::Pair;
using testing::PlanBuilder;

/// One replica with these endpoints in a run of its own, started from a shell with these variables.
Variables variables_of(std::vector<PlannedEndpoint> endpoints, Variables variables = {},
                       std::string host = "127.0.0.1") {
  PlanBuilder builder;
  builder.slot("workers", 1);
  builder.plan.entry = "workers";
  PlannedProcess& process = builder.process("workers");
  process.runtime = RuntimeKind::Dynamo;
  process.endpoints = std::move(endpoints);
  process.ports = {{.name = "system", .port = {.number = 21000}}};
  RunOptions options;
  options.run_dir = "/run-dir";
  options.entry_host = std::move(host);
  const std::vector<PortNeed> needs = port_needs(builder.plan, options);
  std::vector<int> numbers;
  for (const PortNeed& need : needs) numbers.push_back(need.number.value_or(20001));
  remove_dynamo_variables(variables);
  add_dynamo_runtime(variables, builder.plan, options,
                     resolve_addresses(builder.plan, options, needs, numbers).front());
  return variables;
}

TEST(DynamoRuntime, MeetsInAFolderOfTheRunAndOnThisHostOnly) {
  EXPECT_THAT(
      variables_of({endpoint("generate", Protocol::Dyn)}),
      IsSupersetOf({Pair("DYN_NAMESPACE", "space"), Pair("DYN_DISCOVERY_BACKEND", "file"),
                    Pair("DYN_FILE_KV", "/run-dir/kv"), Pair("DYN_REQUEST_PLANE", "tcp"),
                    Pair("DYN_EVENT_PLANE", "zmq"), Pair("DYN_TCP_RPC_HOST", "127.0.0.1"),
                    Pair("DYN_TCP_RESPONSE_STREAM_HOST", "127.0.0.1"), Pair("DYN_EVENT_PLANE_HOST", "127.0.0.1"),
                    Pair("PYTHONUNBUFFERED", "1"), Pair("PYTHONHASHSEED", "0")}));
}

TEST(DynamoRuntime, GivesAWorkerItsSystemServer) {
  const Variables made = variables_of({endpoint("generate", Protocol::Dyn)});
  EXPECT_THAT(made, IsSupersetOf({Pair("DYN_ENDPOINT", "dyn://space.workers.generate"),
                                  Pair("DYN_SYSTEM_PORT", "21000"), Pair("DYN_SYSTEM_HOST", "127.0.0.1"),
                                  Pair("DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS", "[\"generate\"]")}));
  EXPECT_FALSE(made.contains("DYN_HTTP_PORT"));
}

TEST(DynamoRuntime, AsksOnlyTheHealthOfEndpointsThatItKnows) {
  const Variables two = variables_of({endpoint("generate", Protocol::Dyn), endpoint("encode", Protocol::Dyn)});
  EXPECT_EQ(two.at("DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS"), "[\"generate\",\"encode\"]");
  EXPECT_FALSE(two.contains("DYN_ENDPOINT")) << "there is no telling which of the two";
  EXPECT_EQ(variables_of({}).at("DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS"), "[]");
}

TEST(DynamoRuntime, GivesAFrontendItsDoorAndNoSystemServer) {
  const std::vector<PlannedEndpoint> door = {endpoint("chat", Protocol::Http, 8000)};
  const Variables made = variables_of(door, {}, "0.0.0.0");
  EXPECT_THAT(made, IsSupersetOf({Pair("DYN_HTTP_HOST", "0.0.0.0"), Pair("DYN_HTTP_PORT", "8000")}));
  for (const char* name : {"DYN_ENDPOINT", "DYN_SYSTEM_PORT", "DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS"}) {
    EXPECT_FALSE(made.contains(name)) << name;
  }
}

TEST(DynamoRuntime, LetsNothingInThatTheCallersShellKnowsOfOthers) {
  Variables callers = {{"NATS_SERVER", "nats://x"},
                       {"ETCD_ENDPOINTS", "http://x"},
                       {"DYN_COMPONENT", "prefill"},
                       {"DYN_ENDPOINT", "dyn://x.y.z"},
                       {"DYN_HTTP_PORT", "1"},
                       {"DYN_NAMESPACE_PREFIX", "x"},
                       {"DYN_NAMESPACE_WORKER_SUFFIX", "x"},
                       {"DYN_SYSTEM_PORT", "1"},
                       {"DYN_TCP_RESPONSE_STREAM_PORT", "1"},
                       {"DYN_TCP_RPC_PORT", "1"},
                       {"DYN_ZMQ_BROKER_ENABLED", "true"},
                       {"DYN_ZMQ_BROKER_URL", "tcp://x"}};
  const Variables others = callers;
  callers.insert({{"DYN_LOG", "debug"}, {"HF_TOKEN", "t"}, {"DYN_DISCOVERY_BACKEND", "etcd"}});
  const Variables made = variables_of({}, callers);
  for (const auto& [name, value] : others) {
    const auto found = made.find(name);
    EXPECT_TRUE(found == made.end() || found->second != value) << name;
  }
  EXPECT_THAT(made,
              IsSupersetOf({Pair("DYN_LOG", "debug"), Pair("HF_TOKEN", "t"), Pair("DYN_DISCOVERY_BACKEND", "file")}));
}

}  // namespace
}  // namespace dynamo
