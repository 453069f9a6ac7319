// The loader from its door: a file in memory in, a Plan, a view or diagnostics out.

#include "graph_loader/load.h"

#include "tests/support/memory_files.h"

#include <gmock/gmock.h>

namespace dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MemoryFiles;

constexpr const char* service = R"(apiVersion: dynamo/v1
interfaces:
  Door:    {endpoints: {chat: {protocol: http}}}
  Worker:  {endpoints: [run]}
  Watcher: {}
components:
  HttpDoor:
    implements: [Door]
    command: [./door, --port, "${self.port.chat}", --worker, "${clients.worker}"]
    endpoints: {chat: {port: 8000, path: /v1/chat}}
    clients: {worker: Worker, spare: optional Watcher}
  Gpu:
    implements: [Worker]
    command: [worker, --tp, "${params.tp}", --id, "${self.slot}/${self.replica}", --gpus, "${self.gpus}"]
    endpoints: [run]
    params: {tp: int = 1, model: "string = ${graph.model}"}
    resources: {gpus: "${params.tp}"}
    env: {LOG: info, HOME_OF: "${env.HOME:-nowhere}", GRAPH: "${graph.name}"}
    stop: {grace: 5s}
  Fixed: {extends: Gpu, resources: {gpus: [1]}}
  Eye: {implements: [Watcher], command: [eye, "${clients.all}"], clients: {all: optional many Any}}
specs:
  Service:
    entry: door
    params: {model: string = tiny}
    slots: {door: Door = HttpDoor, worker: many Worker = Gpu}
    sidecars: {eye: optional Watcher}
graphs:
  one: {spec: Service}
  two:
    spec: Service
    env: {LOG: none, REGION: here}
    bind: {worker: [{use: Gpu, replicas: 2, params: {tp: 2}}, Fixed]}
    sidecars: {eye: {use: Eye, start: before, on_failure: stop_graph}, later: {use: Eye, where: [deploy]}}
)";

LoadRequest request(std::vector<std::string> arguments) {
  LoadRequest result;
  result.arguments = std::move(arguments);
  result.gpus = std::vector<int>{0, 1, 2, 3, 4, 5};
  result.current_dir = "/home/user";
  return result;
}

Plan plan_of(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) {
  MemoryFiles files{{"dir/graph.yaml", service}};
  LoadRequest wanted = request(std::move(arguments));
  wanted.environment = std::move(environment);
  const Planning planning = plan(wanted, files);
  for (const Diagnostic& one : planning.diagnostics) ADD_FAILURE() << one.code.text() << " " << one.message;
  EXPECT_TRUE(planning.plan) << planning.usage.value_or("");
  return planning.plan.value_or(Plan{});
}

std::vector<std::string> words(const PlannedProcess& process) {
  std::vector<std::string> result;
  for (const Template& word : process.command) result.push_back(word.as_written());
  return result;
}

std::string variable(const PlannedProcess& process, const std::string& name) {
  for (const Variable& one : process.env) {
    if (one.name == name) return one.value.as_written();
  }
  return "(none)";
}

TEST(Load, PlansReplicasInStartOrderWithGpusAndLevels) {
  const Plan plan = plan_of({"dir/graph.yaml:two"});
  std::vector<std::string> ids;
  for (const PlannedProcess& process : plan.processes) ids.push_back(process.id());
  EXPECT_THAT(ids, ElementsAre("eye/0", "worker/0", "worker/1", "worker/2", "door/0"));
  EXPECT_EQ(plan.levels, 2);
  EXPECT_EQ(plan.gpus_needed, 5);
  // Explicit ids are nobody else's: Fixed names 1, so the counts get 0, 2, 3 and 4.
  EXPECT_THAT(plan.processes[1].gpus, ElementsAre(0, 2));
  EXPECT_THAT(plan.processes[2].gpus, ElementsAre(3, 4));
  EXPECT_THAT(plan.processes[3].gpus, ElementsAre(1));
  EXPECT_EQ(plan.find_slot("eye")->phase, Phase::Before);
  EXPECT_EQ(plan.find_slot("eye")->on_failure, OnFailure::StopGraph);
  EXPECT_EQ(plan.find_slot("later"), nullptr) << "it is for `deploy` only";
  EXPECT_THAT(plan.find_slot("door")->waits_for, ElementsAre("worker"));
}

TEST(Load, FillsInWhatIsKnownAndLeavesTheRestToTheRun) {
  const Plan plan = plan_of({"dir/graph.yaml:two"}, {{"HOME", "/root"}});
  const PlannedProcess& worker = plan.processes[2];
  EXPECT_THAT(words(worker), ElementsAre("worker", "--tp", "2", "--id", "worker/1", "--gpus", "3,4"));
  EXPECT_EQ(variable(worker, "HOME_OF"), "/root");
  EXPECT_EQ(variable(worker, "GRAPH"), "two");
  EXPECT_EQ(variable(worker, "LOG"), "info") << "the component beats the graph";
  EXPECT_EQ(variable(worker, "REGION"), "here");
  EXPECT_EQ(worker.stop.grace, std::chrono::seconds(5));
  const PlannedProcess& door = plan.processes.back();
  EXPECT_EQ(words(door)[2], "8000") << "a fixed port is known before the run";
  ASSERT_TRUE(door.command[4].parts.front().reference);
  EXPECT_EQ(door.command[4].parts.front().reference->name, "clients.worker");
}

TEST(Load, PathsAreRelativeToTheFileThatSaysThem) {
  const PlannedProcess door = plan_of({"dir/graph.yaml:one"}).processes.back();
  EXPECT_EQ(door.command.front().as_written(), "/home/user/dir/door");
  EXPECT_EQ(door.cwd.as_written(), "/home/user/dir/");
}

TEST(Load, ClientsKnowTheirProvidersAndEndpoints) {
  const Plan plan = plan_of({"dir/graph.yaml:two"});
  const PlannedProcess& door = plan.processes.back();
  ASSERT_EQ(door.clients.size(), 2U);
  EXPECT_THAT(door.clients[0].slots, ElementsAre("worker"));
  EXPECT_THAT(door.clients[0].endpoints, ElementsAre("run"));
  EXPECT_TRUE(door.clients[0].waits);
  EXPECT_THAT(door.clients[1].slots, IsEmpty()) << "nothing may depend on a sidecar";
  const PlannedProcess& eye = plan.processes.front();
  EXPECT_THAT(eye.clients[0].slots, ElementsAre("door", "worker"));
  EXPECT_THAT(eye.clients[0].endpoints, ElementsAre("*"));
}

TEST(Load, OverridesBeatTheFile) {
  const Plan plan = plan_of(
      {"dir/graph.yaml:two", "worker=Fixed", "worker.env.LOG=debug", "worker.resources.gpus=1", "~eye", "model=big"});
  ASSERT_EQ(plan.processes.size(), 2U);
  EXPECT_EQ(plan.processes[0].component, "Fixed");
  EXPECT_EQ(plan.processes[0].bound_how, "on the command line");
  EXPECT_EQ(variable(plan.processes[0], "LOG"), "debug");
  EXPECT_THAT(plan.processes[0].gpus, ElementsAre(0));
}

TEST(Load, ASpecWhoseSlotsHaveDefaultsIsAGraph) {
  const Plan plan = plan_of({"dir/graph.yaml:Service"});
  EXPECT_EQ(plan.graph, "Service");
  EXPECT_EQ(plan.name_space, "Service");
  EXPECT_EQ(plan.processes.size(), 2U);
}

TEST(Load, TheEntryPortMovesEveryEndpointThatSharesIt) {
  MemoryFiles files{{"graph.yaml", service}};
  LoadRequest wanted = request({"one"});
  wanted.entry_port = 9000;
  const Planning planning = plan(wanted, files);
  ASSERT_TRUE(planning.plan);
  EXPECT_EQ(planning.plan->processes.back().endpoints.front().port->number, 9000);
  EXPECT_EQ(words(planning.plan->processes.back())[2], "9000");
}

TEST(Load, AnUnsetVariableEndsAPlanAndNotAView) {
  const std::string text = std::string(service) + "  three: {spec: Service, env: {T: \"${env.NOT_SET}\"}}\n";
  MemoryFiles files{{"graph.yaml", text}};
  const Planning planning = plan(request({"three"}), files);
  ASSERT_EQ(planning.diagnostics.size(), 1U);
  EXPECT_EQ(planning.diagnostics.front().code, codes::env_not_set);
  const Showing showing = show(request({"three"}), files);
  EXPECT_THAT(showing.diagnostics, IsEmpty());
  ASSERT_TRUE(showing.graph);
  EXPECT_EQ(showing.graph->slots.front().components.front().env.front().second, "${env.NOT_SET}");
}

TEST(Load, ListsGraphsAndSpecsByName) {
  MemoryFiles files{{"graph.yaml", service}};
  LoadRequest wanted = request({"graph.yaml"});
  wanted.gpus.reset();
  const Listing listing = list(wanted, files);
  ASSERT_TRUE(listing.list);
  ASSERT_EQ(listing.list->graphs.size(), 2U);
  EXPECT_EQ(listing.list->graphs[1].name, "two");
  EXPECT_EQ(listing.list->graphs[1].gpus, (ReplicaRange{5, 5}));
  ASSERT_EQ(listing.list->specs.size(), 1U);
  EXPECT_TRUE(listing.list->specs.front().servable);
}

TEST(Load, ATargetWithoutANameNeedsExactlyOneGraph) {
  MemoryFiles files{{"graph.yaml", service}};
  const Planning planning = plan(request({"graph.yaml"}), files);
  EXPECT_TRUE(planning.usage);
  EXPECT_FALSE(planning.plan);
}

TEST(Load, AWordThatIsNoOverrideMayBeAGraph) {
  MemoryFiles files{{"graph.yaml", service}};
  EXPECT_EQ(validate(request({"graph.yaml", "two"}), files).usage,
            "`two` is not an override; a graph is named behind its file: write `graph.yaml:two`");
  EXPECT_EQ(validate(request({"graph.yaml", "tow"}), files).usage,
            "`tow` is not an override; did you mean `graph.yaml:two`?");
  EXPECT_EQ(validate(request({"graph.yaml", "prod.yaml"}), files).usage,
            "`prod.yaml` is not an override; one file at a time; as an overlay, which changes `graph.yaml`, it is `-f "
            "prod.yaml`");
  EXPECT_EQ(validate(request({"graph.yaml", "a=b"}), files).usage,
            "`graph.yaml` has 2 graphs: name one, `graph.yaml:NAME` (`one`, `two`)");
}

TEST(Load, AnUnreadableRootIsNoDiagnostic) {
  MemoryFiles files{};
  const Loading loading = validate(request({"nothing.yaml"}), files);
  EXPECT_TRUE(loading.unreadable);
  EXPECT_THAT(loading.diagnostics, IsEmpty());
}

TEST(Load, ANameWithoutAFileSaysWhichFileItIsLookedForIn) {
  MemoryFiles files{};
  EXPECT_THAT(validate(request({"fast"}), files).unreadable.value_or(""),
              ::testing::EndsWith("; the graph `fast` is looked for there, in another file it is `FILE:fast`"));
  EXPECT_THAT(validate(request({"nothing.yaml:fast"}), files).unreadable.value_or(""),
              ::testing::Not(::testing::HasSubstr("FILE:")));
}

TEST(Load, TargetsAreSplitAtTheLastColon) {
  struct Case {
    const char* word;
    const char* file;
    std::optional<std::string> name;
  };
  for (const Case& one : {Case{"graph.yaml:a", "graph.yaml", "a"}, Case{"a:b.yaml:c", "a:b.yaml", "c"},
                          Case{"x.yml", "x.yml", std::nullopt}, Case{"fast", "graph.yaml", "fast"},
                          Case{"-", "-", std::nullopt}, Case{"-:g", "-", "g"}, Case{"", "graph.yaml", std::nullopt}}) {
    const Target target = parse_target(one.word);
    EXPECT_EQ(target.file, one.file) << one.word;
    EXPECT_EQ(target.name, one.name) << one.word;
  }
}

}  // namespace
}  // namespace dynamo
