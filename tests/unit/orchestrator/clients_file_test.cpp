#include "orchestrator/clients_file.h"

#include "tests/unit/orchestrator/plans.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace dynamo {
namespace {

using testing::client;
using testing::endpoint;
using ::testing::HasSubstr;
using testing::PlanBuilder;

struct Example {
  Plan plan;
  RunOptions options;
  std::vector<WorkerAddresses> addresses;
};

/// backend/0 has the clients prefill (two replicas) and router (nobody).
Example disagg() {
  PlanBuilder builder;
  builder.slot("backend", 2, {"prefill"});
  builder.slot("prefill", 1, {}, 2);
  PlannedClient prefill = client("prefill", {"prefill"}, {"prefill"}, Arity::Many);
  prefill.type = "Prefill";
  PlannedClient router = client("router", {"route"}, {}, Arity::Optional);
  router.type = "Router";
  builder.process("backend").clients = {prefill, router};
  builder.process("prefill", 0).endpoints = {endpoint("prefill", Protocol::Http, 20011)};
  builder.process("prefill", 1).endpoints = {endpoint("prefill", Protocol::Http, 20015)};
  Example example{.plan = builder.plan, .options = {}, .addresses = {}};
  example.plan.graph = "disagg";
  example.plan.name_space = "disagg-test";
  example.options.run_id = "r1";
  const auto needs = port_needs(example.plan, example.options);
  std::vector<int> numbers;
  for (const PortNeed& need : needs) numbers.push_back(*need.number);
  example.addresses = resolve_addresses(example.plan, example.options, needs, numbers);
  return example;
}

TEST(ClientsFile, IsWrittenAsTheContractSays) {
  const Example example = disagg();
  const std::vector<WorkerState> states{WorkerState::Waiting, WorkerState::Ready, WorkerState::Starting};
  EXPECT_EQ(
      clients_file_text(example.plan, example.addresses, example.options, 0, states, 1),
      R"({"format_version":"1.0","run_id":"r1","graph":"disagg","namespace":"disagg-test","slot":"backend","replica":0,"revision":1,)"
      R"("clients":{"prefill":{"type":"Prefill","arity":"many","endpoints":{"prefill":["http://127.0.0.1:20011","http://127.0.0.1:20015"]},)"
      R"("instances":[{"id":"prefill/0","ready":true,"endpoints":{"prefill":"http://127.0.0.1:20011"}},)"
      R"({"id":"prefill/1","ready":false,"endpoints":{"prefill":"http://127.0.0.1:20015"}}]},)"
      R"("router":{"type":"Router","arity":"optional","endpoints":{"route":[]},"instances":[]}}})"
      "\n");
}

TEST(ClientsFile, LeavesACompletedReplicaOut) {
  const Example example = disagg();
  const std::vector<WorkerState> states{WorkerState::Ready, WorkerState::Completed, WorkerState::Backoff};
  EXPECT_THAT(
      clients_file_text(example.plan, example.addresses, example.options, 0, states, 1),
      HasSubstr(R"("endpoints":{"prefill":["http://127.0.0.1:20015"]},"instances":[{"id":"prefill/1","ready":false)"));
}

TEST(ClientsFile, WritesAWiredAddressAsAnInstanceThatIsReady) {
  Example example = disagg();
  example.plan.processes[0].clients[0].slots.clear();
  example.plan.processes[0].clients[0].urls = {"http://far:1"};
  EXPECT_THAT(clients_file_text(example.plan, example.addresses, example.options, 0,
                                std::vector<WorkerState>(3, WorkerState::Pending), 1),
              HasSubstr(R"("instances":[{"id":"http://far:1","ready":true,"endpoints":{"prefill":"http://far:1"}}])"));
}

TEST(ClientsFile, ListsEveryEndpointForTheTypeAny) {
  Example example = disagg();
  example.plan.processes[0].clients = {client("targets", {"*"}, {"prefill"}, Arity::OptionalMany)};
  const std::string text = clients_file_text(example.plan, example.addresses, example.options, 0,
                                             std::vector<WorkerState>(3, WorkerState::Ready), 1);
  EXPECT_THAT(
      text,
      HasSubstr(R"("arity":"optional many","endpoints":{"*":["http://127.0.0.1:20011","http://127.0.0.1:20015"]})"));
  EXPECT_THAT(text, HasSubstr(R"({"id":"prefill/0","ready":true,"endpoints":{"prefill":"http://127.0.0.1:20011"}})"));
}

class ClientsFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "clients-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static std::string read(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::filesystem::path folder_;
};

TEST_F(ClientsFolder, IsRewrittenOnlyWhenSomethingChangedAndCountsItsRevisions) {
  const Example example = disagg();
  ClientsFiles files(example.plan, example.addresses, example.options, folder_);
  std::vector<WorkerState> states(3, WorkerState::Pending);
  ASSERT_TRUE(files.update(states));
  const std::filesystem::path path = clients_file_path(folder_, example.plan.processes[0]);
  EXPECT_EQ(path, folder_ / "backend-0.json");
  EXPECT_TRUE(std::filesystem::exists(clients_file_path(folder_, example.plan.processes[1]))) << "everybody has one";
  EXPECT_THAT(read(path), HasSubstr(R"("revision":1)"));
  states = {WorkerState::Waiting, WorkerState::Starting, WorkerState::Starting};
  ASSERT_TRUE(files.update(states));
  EXPECT_THAT(read(path), HasSubstr(R"("revision":1)")) << "nothing that the file tells has changed";
  states[1] = WorkerState::Ready;
  ASSERT_TRUE(files.update(states));
  EXPECT_THAT(read(path), HasSubstr(R"("revision":2)"));
  EXPECT_THAT(read(clients_file_path(folder_, example.plan.processes[1])), HasSubstr(R"("revision":1)"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 3) << "no half-written file is left";
}

TEST_F(ClientsFolder, SaysWhatCouldNotBeWritten) {
  const Example example = disagg();
  ClientsFiles files(example.plan, example.addresses, example.options, folder_ / "missing");
  const Result<void> result = files.update(std::vector<WorkerState>(3, WorkerState::Pending));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message(), HasSubstr("missing/backend-0.json"));
}

}  // namespace
}  // namespace dynamo
