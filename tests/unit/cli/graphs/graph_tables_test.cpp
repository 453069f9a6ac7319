#include "cli/graphs/graph_tables.h"

#include "tests/unit/cli/values_for_tests.h"

#include <gtest/gtest.h>

namespace dynamo {
namespace {

SlotView slot_view(std::string name, std::string type, std::string component, ReplicaRange replicas = {}) {
  SlotView view;
  view.name = std::move(name);
  view.type = std::move(type);
  if (component.empty()) return view;
  ComponentView one;
  one.component = std::move(component);
  one.replicas = replicas;
  view.components.push_back(std::move(one));
  return view;
}

TEST(GraphTables, ListsGraphsAndSpecs) {
  GraphSummary graph;
  graph.name = "fast_agg";
  graph.spec = "LLMAgg";
  graph.slots = {slot_view("frontend", "Frontend", "Front"), slot_view("backend", "Backend", "Mock", {2, 2}),
                 slot_view("router", "Router", "")};
  graph.sidecars = {};
  graph.gpus = {0, 0};
  GraphSummary other = graph;
  other.name = "observed";
  other.sidecars = {slot_view("metrics", "Any", "Metrics", {1, 3})};
  other.gpus = {1, 4};
  const GraphList list{.file = "graph.yaml", .graphs = {graph, other}, .specs = {{"LLMAgg", "frontend", false}}};
  EXPECT_EQ(list_table(list, 0, Style()),
            "GRAPH     SPEC    SLOTS                          SIDECARS              GPUS\n"
            "fast_agg  LLMAgg  frontend=Front backend=Mock×2  -                     0\n"
            "observed  LLMAgg  frontend=Front backend=Mock×2  metrics=Metrics×1..3  1..4\n"
            "\n"
            "SPEC    ENTRY     RUNS AS IT STANDS\n"
            "LLMAgg  frontend  no\n");
  EXPECT_EQ(list_table({.file = "x.yaml", .graphs = {}, .specs = {}}, 0, Style()),
            "x.yaml holds no graphs and no specs\n");
}

TEST(GraphTables, ShowsSlotsAndWhoTalksToWhomAndWhy) {
  GraphView graph;
  graph.graph = "g";
  graph.spec = "S";
  graph.name_space = "n";
  graph.entry = "frontend";
  graph.params = {{"model", "tiny"}, {"tp", 2}};
  SlotView front = slot_view("frontend", "Frontend", "Front");
  front.components[0].endpoints = {
      {.name = "chat", .protocol = Protocol::Http, .signature = {}, .port = 8000, .path = {}, .listen = Listen::Port},
      {.name = "ctl", .protocol = Protocol::Unix, .signature = {}, .port = nullptr, .path = {}, .listen = Listen::Fd}};
  front.components[0].gpus = boost::json::array{0, 2};
  SlotView router = slot_view("router", "Router", "");
  router.arity = Arity::Optional;
  SlotView metrics = slot_view("metrics", "Any", "Metrics");
  metrics.start = Phase::With;
  graph.slots = {front, router};
  graph.sidecars = {metrics};
  graph.edges = {{.from = "frontend",
                  .component = "Front",
                  .client = "b",
                  .type = "B",
                  .arity = Arity::Many,
                  .wait = true,
                  .to = {"x", "y"},
                  .how = Wiring::Declared},
                 {.from = "frontend",
                  .component = "Front",
                  .client = "r",
                  .type = "R",
                  .arity = Arity::Optional,
                  .wait = false,
                  .to = {},
                  .how = Wiring::None}};
  EXPECT_EQ(show_table(graph, 0, Style()),
            "g · spec S · namespace n · entry frontend\n"
            "  model = tiny\n"
            "  tp = 2\n"
            "\n"
            "SLOT      TYPE             COMPONENT  REPLICAS  GPUS  ENDPOINTS                    KIND\n"
            "frontend  Frontend         Front      1         0,2   chat http 8000, ctl unix fd  slot\n"
            "router    optional Router  (empty)    -         -     -                            slot\n"
            "metrics   Any              Metrics    1         -     -                            sidecar, with\n"
            "\n"
            "CLIENT      NEEDS       GETS  BECAUSE\n"
            "frontend.b  many B      x y   the slot's declared type fits\n"
            "frontend.r  optional R  -     nothing fits; it is optional\n");
}

TEST(GraphTables, PlansOneLinePerSlotAndComponent) {
  EXPECT_EQ(plan_table(small_plan(), 0, Style()),
            "LEVEL  REPLICA       COMPONENT    GPUS  PORTS                        WAITS FOR\n"
            "1      backend/0..1  FastBackend  0 1   generate auto, nixl auto     -\n"
            "2      frontend/0    Frontend     -     chat 8000, models 8000       backend\n"
            "       metrics/0     Metrics      -     scrape 9090, control (unix)  sidecar, after\n"
            "2 of 3 GPUs · entry http://127.0.0.1:8000/v1/chat/completions\n");
}

TEST(GraphTables, SaysWhenAPlanNeedsNoGpusAndItsEntryHasNoFixedPort) {
  Plan plan = small_plan();
  plan.gpus_visible.clear();
  plan.gpus_needed = 0;
  for (PlannedProcess& process : plan.processes) {
    for (PlannedEndpoint& endpoint : process.endpoints) endpoint.port = PortWish{};
  }
  std::string text = plan_table(plan, 0, Style());
  EXPECT_NE(text.find("no GPUs needed · entry frontend, on a port that is chosen at the start\n"), std::string::npos)
      << text;

  for (PlannedProcess& process : plan.processes) process.endpoints.clear();
  text = plan_table(plan, 0, Style());
  EXPECT_NE(text.find("no GPUs needed · entry frontend\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace dynamo
