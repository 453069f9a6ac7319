// What a change of a graph means for its replicas: one graph from a file, changed by hand, compared with itself.

#include "graph_loader/views/graph_diff.h"

#include "graph_loader/load.h"
#include "tests/support/memory_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <functional>
#include <ostream>

namespace dynamo {
namespace {

constexpr const char* service = R"(apiVersion: dynamo/v1
interfaces:
  Door:   {endpoints: [chat]}
  Worker: {endpoints: [run]}
  Guard:  {endpoints: [check]}
components:
  HttpDoor:
    implements: [Door]
    command: [door, --worker, "${clients.worker}"]
    endpoints: {chat: {port: 8000, path: /v1}}
    clients: {worker: many Worker, guard: optional Guard}
  Gpu:
    implements: [Worker]
    command: [gpu, --tp, "${params.tp}"]
    endpoints: [run]
    ports: {side: auto}
    params: {tp: int = 1}
    env: {LOG: info}
    resources: {gpus: 1, cpus: 2, memory: 8Gi}
    ready: {timeout: 30s}
  Cpu:   {implements: [Worker], command: [cpu], endpoints: [run]}
  Words: {implements: [Guard], command: [words], endpoints: [check]}
  Eye:   {command: [eye], clients: {all: optional many Any}}
specs:
  Service:
    entry: door
    params: {model: string = tiny}
    slots: {door: Door = HttpDoor, worker: many Worker = Gpu, spare: optional Worker, guard: optional Guard}
graphs:
  g:
    spec: Service
    bind: {worker: [{use: Gpu, replicas: 2..3}, Cpu], guard: Words}
    sidecars: {eye: Eye}
)";

GraphView graph() {
  testing::MemoryFiles files({{"graph.yaml", service}});
  LoadRequest request;
  request.arguments = {"graph.yaml:g"};
  const Showing showing = show(request, files);
  EXPECT_TRUE(showing.graph) << (showing.diagnostics.empty() ? "" : showing.diagnostics.front().message);
  return showing.graph.value_or(GraphView());
}

SlotView& slot(GraphView& view, std::string_view name) {
  for (auto* slots : {&view.slots, &view.sidecars}) {
    for (SlotView& one : *slots) {
      if (one.name == name) return one;
    }
  }
  throw std::out_of_range(std::string(name));
}

ComponentView& gpu(GraphView& view) { return slot(view, "worker").components.at(0); }

Edge& edge(GraphView& view, std::string_view client) {
  for (Edge& one : view.edges) {
    if (one.client == client) return one;
  }
  throw std::out_of_range(std::string(client));
}

std::string text(const ReplicaEffect& effect) {
  if (!effect.known) return "?";
  return fmt::format("kept {} restarted {} started {} stopped {}", effect.kept, effect.restarted, effect.started,
                     effect.stopped);
}

std::string text(const ValueChange& change) {
  return fmt::format("{}{}{} {} -> {}{}", change.component, change.component.empty() ? "" : ".", change.path,
                     boost::json::serialize(change.before), boost::json::serialize(change.after),
                     change.restart ? " !" : "");
}

/// A difference on few lines; `!` marks what needs a restart.
std::string text(const GraphDiff& diff) {
  std::string result;
  for (const ValueChange& change : diff.graph) result += text(change) + "\n";
  for (const SlotDiff& one : diff.slots) {
    result += fmt::format("{} {}: {}", word(one.change), one.name, text(one.replicas));
    if (!one.restart_because.empty()) result += fmt::format("; because {}", fmt::join(one.restart_because, ", "));
    result += "\n";
    for (const ValueChange& change : one.values) result += "  " + text(change) + "\n";
    for (const ClientChange& client : one.clients) {
      result += fmt::format("  {}.{} [{}] -> [{}]{}\n", client.component, client.client, fmt::join(client.before, " "),
                            fmt::join(client.after, " "), client.restart ? " !" : "");
    }
  }
  return result;
}

struct Case {
  const char* name;
  std::function<void(GraphView&)> change;
  std::string expected;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

class GraphDiffTable : public ::testing::TestWithParam<Case> {};

TEST_P(GraphDiffTable, TellsWhatAChangeMeans) {
  const GraphView before = graph();
  GraphView after = before;
  GetParam().change(after);
  EXPECT_EQ(text(diff_graphs(before, after)), GetParam().expected);
}

const std::vector<Case> cases = {
    {"Nothing", [](GraphView&) {}, ""},
    {"NamesAreNotCompared", [](GraphView& view) { view.graph = "h", view.spec = "T", view.name_space = "h"; }, ""},
    {"Namespace", [](GraphView& view) { view.name_space = "n"; },
     "namespace \"g\" -> \"n\" !\n"
     "retuned door: kept 0 restarted 1 started 0 stopped 0; because namespace\n"
     "retuned worker: kept 0 restarted 3 started 0 stopped 0; because namespace\n"
     "retuned guard: kept 0 restarted 1 started 0 stopped 0; because namespace\n"
     "retuned eye: kept 0 restarted 1 started 0 stopped 0; because namespace\n"},
    {"GraphParamsAndEntry",
     [](GraphView& view) {
       view.entry = "guard";
       view.params = {{"size", 3}};
     },
     "entry \"door\" -> \"guard\"\nparams.model \"tiny\" -> null\nparams.size null -> 3\n"},
    {"Rebound", [](GraphView& view) { slot(view, "guard").components[0].component = "Other"; },
     "rebound guard: kept 0 restarted 1 started 0 stopped 0; because component\n"},
    {"ReboundWithMoreReplicas",
     [](GraphView& view) {
       slot(view, "guard").components[0].component = "Other";
       slot(view, "guard").components[0].replicas = {3, 3};
     },
     "rebound guard: kept 0 restarted 1 started 2 stopped 0; because component\n"},
    {"Emptied", [](GraphView& view) { slot(view, "guard").components.clear(); },
     "removed guard: kept 0 restarted 0 started 0 stopped 1\n"},
    {"Filled",
     [](GraphView& view) {
       slot(view, "spare").components = {slot(view, "guard").components[0]};
       slot(view, "spare").components[0].replicas = {2, 5};
     },
     "added spare: kept 0 restarted 0 started 2 stopped 0\n"},
    {"SlotIsGone", [](GraphView& view) { view.slots.pop_back(); },
     "removed guard: kept 0 restarted 0 started 0 stopped 1\n"},
    {"EmptySlotIsGone", [](GraphView& view) { view.slots.erase(view.slots.begin() + 2); }, ""},
    {"SidecarIsNew",
     [](GraphView& view) {
       view.sidecars.push_back(view.sidecars.front());
       view.sidecars.back().name = "second";
     },
     "added second: kept 0 restarted 0 started 1 stopped 0\n"},
    {"SidecarBecomesASlot",
     [](GraphView& view) {
       view.slots.push_back(view.sidecars.front());
       view.sidecars.clear();
     },
     "added eye: kept 0 restarted 0 started 1 stopped 0\nremoved eye: kept 0 restarted 0 started 0 stopped 1\n"},
    {"MoreReplicas",
     [](GraphView& view) {
       gpu(view).replicas = {3, 3};
     },
     "retuned worker: kept 3 restarted 0 started 1 stopped 0\n"
     "  Gpu.replicas {\"min\":2,\"max\":3} -> {\"min\":3,\"max\":3}\n"},
    {"FewerReplicasShiftTheNumbersOfTheNextComponent",
     [](GraphView& view) {
       gpu(view).replicas = {1, 1};
     },
     "retuned worker: kept 1 restarted 1 started 0 stopped 1; because first_replica\n"
     "  Gpu.replicas {\"min\":2,\"max\":3} -> {\"min\":1,\"max\":1}\n"
     "  Cpu.first_replica 3 -> 1 !\n"},
    {"UnknownReplicas",
     [](GraphView& view) {
       slot(view, "guard").components[0].replicas = {-1, -1};
     },
     "retuned guard: ?\n  Words.replicas {\"min\":1,\"max\":1} -> null\n"},
    {"ComponentLeavesAManySlot", [](GraphView& view) { slot(view, "worker").components.pop_back(); },
     "rebound worker: kept 2 restarted 0 started 0 stopped 1\n"},
    {"ComponentsChangePlaces",
     [](GraphView& view) { std::swap(slot(view, "worker").components[0], slot(view, "worker").components[1]); },
     "rebound worker: kept 0 restarted 3 started 0 stopped 0; because first_replica\n"
     "  Cpu.first_replica 3 -> 0 !\n"
     "  Gpu.first_replica 0 -> 1 !\n"},
    {"CommandAndTheParamBehindIt",
     [](GraphView& view) {
       gpu(view).params = {{"tp", 2}};
       gpu(view).command.back() = "2";
     },
     "retuned worker: kept 1 restarted 2 started 0 stopped 0; because command\n"
     "  Gpu.params.tp 1 -> 2\n"
     "  Gpu.command [\"gpu\",\"--tp\",\"1\"] -> [\"gpu\",\"--tp\",\"2\"] !\n"},
    {"Environment",
     [](GraphView& view) {
       gpu(view).env = {{"MORE", "1"}};
     },
     "retuned worker: kept 1 restarted 2 started 0 stopped 0; because env.LOG, env.MORE\n"
     "  Gpu.env.LOG \"info\" -> null !\n"
     "  Gpu.env.MORE null -> \"1\" !\n"},
    {"Folder", [](GraphView& view) { gpu(view).cwd = "/srv"; },
     "retuned worker: kept 1 restarted 2 started 0 stopped 0; because cwd\n  Gpu.cwd null -> \"/srv\" !\n"},
    {"Runtime", [](GraphView& view) { gpu(view).runtime = RuntimeKind::Dynamo; },
     "retuned worker: kept 1 restarted 2 started 0 stopped 0; because runtime\n"
     "  Gpu.runtime \"process\" -> \"dynamo\" !\n"},
    {"GpusNeedARestartOtherResourcesDoNot",
     [](GraphView& view) {
       gpu(view).cpus = 4;
       gpu(view).memory = "16Gi";
       gpu(view).gpus = boost::json::array{0, 1};
     },
     "retuned worker: kept 1 restarted 2 started 0 stopped 0; because resources.gpus\n"
     "  Gpu.resources.cpus 2 -> 4\n"
     "  Gpu.resources.memory \"8Gi\" -> \"16Gi\"\n"
     "  Gpu.resources.gpus 1 -> [0,1] !\n"},
    {"OneNumberWrittenInTwoWays", [](GraphView& view) { gpu(view).cpus = 2.0; }, ""},
    {"WhereItListens",
     [](GraphView& view) {
       gpu(view).endpoints[0].port = 9000;
       gpu(view).endpoints[0].listen = Listen::Fd;
       gpu(view).endpoints[0].protocol = Protocol::Grpc;
       gpu(view).ports = {{"side", 9001}};
     },
     "retuned worker: kept 1 restarted 2 started 0 stopped 0; because endpoints.run.protocol, endpoints.run.port, "
     "endpoints.run.listen, ports.side\n"
     "  Gpu.endpoints.run.protocol \"http\" -> \"grpc\" !\n"
     "  Gpu.endpoints.run.port \"auto\" -> 9000 !\n"
     "  Gpu.endpoints.run.listen \"port\" -> \"fd\" !\n"
     "  Gpu.ports.side \"auto\" -> 9001 !\n"},
    {"WhatOnlyItsClientsSee",
     [](GraphView& view) {
       gpu(view).endpoints[0].path = "/v2";
       gpu(view).endpoints[0].signature = "A -> B";
     },
     "retuned worker: kept 3 restarted 0 started 0 stopped 0\n"
     "  Gpu.endpoints.run.sig null -> \"A -> B\"\n"
     "  Gpu.endpoints.run.path null -> \"/v2\"\n"},
    {"AnEndpointForAnother", [](GraphView& view) { gpu(view).endpoints[0].name = "walk"; },
     "retuned worker: kept 1 restarted 2 started 0 stopped 0; because endpoints.run, endpoints.walk\n"
     "  Gpu.endpoints.run \"http\" -> null !\n"
     "  Gpu.endpoints.walk null -> \"http\" !\n"},
    {"Policies",
     [](GraphView& view) {
       gpu(view).ready = boost::json::object{{"timeout", "60s"}, {"http", boost::json::object{{"path", "/"}}}};
       gpu(view).live = boost::json::object{{"tcp", "run"}};
       gpu(view).restart.get_object()["max"] = 9;
       gpu(view).stop.get_object()["grace"] = "1m";
     },
     "retuned worker: kept 3 restarted 0 started 0 stopped 0\n"
     "  Gpu.ready.timeout \"30s\" -> \"60s\"\n"
     "  Gpu.ready.http null -> {\"path\":\"/\"}\n"
     "  Gpu.live null -> {\"tcp\":\"run\"}\n"
     "  Gpu.restart.max 5 -> 9\n"
     "  Gpu.stop.grace \"10s\" -> \"1m\"\n"},
    {"WhatTheSlotPromises",
     [](GraphView& view) {
       slot(view, "guard").type = "Any";
       slot(view, "guard").arity = Arity::One;
     },
     "retuned guard: kept 1 restarted 0 started 0 stopped 0\n"
     "  type \"Guard\" -> \"Any\"\n"
     "  arity \"optional\" -> \"one\"\n"},
    {"HowASidecarIsKept",
     [](GraphView& view) {
       slot(view, "eye").start = Phase::Before;
       slot(view, "eye").on_failure = OnFailure::Ignore;
     },
     "retuned eye: kept 1 restarted 0 started 0 stopped 0\n"
     "  start \"after\" -> \"before\"\n"
     "  on_failure \"restart\" -> \"ignore\"\n"},
    {"ASidecarThatServeDoesNotRun", [](GraphView& view) { slot(view, "eye").where = {"deploy"}; },
     "retuned eye: kept 0 restarted 0 started 0 stopped 1\n"
     "  where [\"serve\",\"deploy\"] -> [\"deploy\"]\n"},
    {"RewiredClientIsToldWhileItRuns", [](GraphView& view) { edge(view, "guard").to = {"http://elsewhere"}; },
     "rewired door: kept 1 restarted 0 started 0 stopped 0\n"
     "  HttpDoor.guard [guard] -> [http://elsewhere]\n"},
    {"RewiredClientWhoseAddressesStandInTheCommand",
     [](GraphView& view) {
       edge(view, "worker").to = {"worker", "spare"};
     },
     "rewired door: kept 0 restarted 1 started 0 stopped 0; because client worker\n"
     "  HttpDoor.worker [worker] -> [worker spare] !\n"},
    {"ClientOfAnotherKind",
     [](GraphView& view) {
       edge(view, "guard").type = "Worker";
       edge(view, "guard").arity = Arity::Many;
       edge(view, "guard").wait = true;
     },
     "retuned door: kept 0 restarted 1 started 0 stopped 0; because clients.guard.type\n"
     "  HttpDoor.clients.guard.type \"Guard\" -> \"Worker\" !\n"
     "  HttpDoor.clients.guard.arity \"optional\" -> \"many\"\n"
     "  HttpDoor.clients.guard.wait false -> true\n"},
    {"ClientForAnother", [](GraphView& view) { edge(view, "guard").client = "second"; },
     "retuned door: kept 0 restarted 1 started 0 stopped 0; because clients.guard, clients.second\n"
     "  HttpDoor.clients.guard \"Guard\" -> null !\n"
     "  HttpDoor.clients.second null -> \"Guard\" !\n"},
    {"ReboundComponentWithOtherClients",
     [](GraphView& view) {
       slot(view, "door").components[0].component = "Other";
       edge(view, "guard").component = "Other";
       edge(view, "guard").to.clear();
       edge(view, "worker").component = "Other";
       edge(view, "worker").client = "workers";
     },
     "rebound door: kept 0 restarted 1 started 0 stopped 0; because component\n"
     "  Other.guard [guard] -> []\n"},
};

std::string case_name(const ::testing::TestParamInfo<Case>& one) { return one.param.name; }

INSTANTIATE_TEST_SUITE_P(GraphDiff, GraphDiffTable, ::testing::ValuesIn(cases), case_name);

TEST(GraphDiff, CountsReplicasOfSlotsThatDoNotDifferToo) {
  const GraphView before = graph();
  GraphView after = before;
  EXPECT_EQ(text(diff_graphs(before, after).replicas), "kept 6 restarted 0 started 0 stopped 0");
  EXPECT_TRUE(diff_graphs(before, after).same());
  gpu(after).command = {"other"};
  slot(after, "guard").components.clear();
  const GraphDiff diff = diff_graphs(before, after);
  EXPECT_EQ(text(diff.replicas), "kept 3 restarted 2 started 0 stopped 1");
  EXPECT_FALSE(diff.same());
}

TEST(GraphDiff, IsTheSameBackwardsWithBeforeAndAfterExchanged) {
  const GraphView before = graph();
  GraphView after = before;
  slot(after, "guard").components.clear();
  gpu(after).replicas = {5, 5};
  EXPECT_EQ(text(diff_graphs(before, after).replicas), "kept 4 restarted 1 started 3 stopped 1");
  EXPECT_EQ(text(diff_graphs(after, before).replicas), "kept 4 restarted 1 started 1 stopped 3");
}

TEST(GraphDiff, TellsAClientFromOneWhoseNameBeginsTheSame) {
  GraphView before = graph();
  slot(before, "door").components[0].command = {"door", "${clients.guardian:-none}"};
  GraphView after = before;
  edge(after, "guard").to.clear();
  EXPECT_EQ(diff_graphs(before, after).replicas.restarted, 0);
  for (const char* reference : {"${clients.guard}", "--x=${clients.guard.check}", "${clients.guard:-none}"}) {
    slot(after, "door").components[0].env = slot(before, "door").components[0].env = {{"GUARD", reference}};
    EXPECT_EQ(diff_graphs(before, after).replicas.restarted, 1) << reference;
  }
}

}  // namespace
}  // namespace dynamo
