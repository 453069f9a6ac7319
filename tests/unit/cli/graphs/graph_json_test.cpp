#include "cli/graphs/graph_json.h"

#include "cli/text/json_text.h"
#include "tests/unit/cli/values_for_tests.h"

#include <gtest/gtest.h>

namespace dynamo {
namespace {

ComponentView component(std::string name) {
  ComponentView view;
  view.component = std::move(name);
  return view;
}

SlotView slot_view(std::string name, std::string type, Arity arity, std::optional<ComponentView> holds) {
  SlotView view;
  view.name = std::move(name);
  view.type = std::move(type);
  view.arity = arity;
  if (holds) view.components.push_back(std::move(*holds));
  return view;
}

TEST(GraphJson, ListsGraphsAndSpecs) {
  GraphSummary graph;
  graph.name = "fast_agg";
  graph.spec = "LLMAgg";
  graph.name_space = "fast_agg";
  graph.entry = "frontend";
  SlotView filled = slot_view("frontend", "Frontend", Arity::One, component("Front"));
  SlotView empty = slot_view("router", "Router", Arity::OptionalMany, std::nullopt);
  SlotView sidecar = slot_view("metrics", "Any", Arity::One, component("Metrics"));
  sidecar.where = {"serve", "deploy"};
  graph.slots = {filled, empty};
  graph.sidecars = {sidecar};
  graph.gpus = {1, 4};
  const GraphList list{.file = "graph.yaml", .graphs = {graph}, .specs = {{"LLMAgg", "frontend", true}}};
  EXPECT_EQ(
      json_line(list_json(list)),
      R"({"format_version":"1.0","file":"graph.yaml","graphs":[{"name":"fast_agg","spec":"LLMAgg",)"
      R"("namespace":"fast_agg","entry":"frontend","slots":[)"
      R"({"name":"frontend","type":"Frontend","arity":"one","components":[{"component":"Front","replicas":{"min":1,"max":1}}]},)"
      R"({"name":"router","type":"Router","arity":"optional many","components":[]}],)"
      R"("sidecars":[{"name":"metrics","type":"Any","arity":"one","components":[{"component":"Metrics","replicas":{"min":1,"max":1}}],)"
      R"("start":"after","on_failure":"restart","where":["serve","deploy"]}],"gpus":{"min":1,"max":4}}],)"
      R"("specs":[{"name":"LLMAgg","entry":"frontend","servable":true}]})");
}

TEST(GraphJson, ShowsAGraphWithEverythingAboutItsComponents) {
  ComponentView front = component("Front");
  front.command = {"front", "--port", "${self.port.chat}"};
  front.params = {{"tp", 2}, {"model", "tiny"}};
  front.env = {{"LOG", "info"}};
  front.gpus = 1;
  front.endpoints = {{.name = "chat",
                      .protocol = Protocol::Http,
                      .signature = "A -> B",
                      .port = 8000,
                      .path = "/v1",
                      .listen = Listen::Fd}};
  front.ports = {{"nixl", "auto"}};
  front.restart = boost::json::object{{"policy", "never"}};
  GraphView graph;
  graph.graph = "g";
  graph.spec = "S";
  graph.name_space = "n";
  graph.entry = "frontend";
  graph.params = {{"model", "tiny"}};
  graph.slots = {slot_view("frontend", "Frontend", Arity::One, front)};
  graph.edges = {{.from = "frontend",
                  .component = "Front",
                  .client = "backend",
                  .type = "Backend",
                  .arity = Arity::Many,
                  .wait = true,
                  .to = {"a", "b"},
                  .how = Wiring::Declared}};
  EXPECT_EQ(
      json_line(show_json(graph)),
      R"({"format_version":"1.0","graph":"g","spec":"S","namespace":"n","entry":"frontend","params":{"model":"tiny"},)"
      R"("slots":[{"name":"frontend","type":"Frontend","arity":"one","components":[{"component":"Front","runtime":"process",)"
      R"("replicas":{"min":1,"max":1},"command":["front","--port","${self.port.chat}"],"cwd":null,)"
      R"("params":{"tp":2,"model":"tiny"},"env":{"LOG":"info"},"resources":{"cpus":null,"memory":null,"gpus":1},)"
      R"("endpoints":{"chat":{"protocol":"http","sig":"A -> B","port":8000,"path":"/v1","listen":"fd"}},)"
      R"("ports":{"nixl":"auto"},"ready":null,"live":null,"restart":{"policy":"never"},"stop":null}]}],"sidecars":[],)"
      R"("edges":[{"from":"frontend","component":"Front","client":"backend","type":"Backend","arity":"many","wait":true,)"
      R"("to":["a","b"],"how":"declared"}]})");
}

TEST(GraphJson, PlansProcessesInStartOrder) {
  EXPECT_EQ(
      json_line(plan_json(small_plan())),
      R"({"format_version":"1.0","graph":"fast_agg","namespace":"ns","entry":"frontend","address":"http://127.0.0.1:8000",)"
      R"("levels":2,"gpus":{"visible":[0,1,2],"needed":2},"processes":[)"
      R"({"id":"backend/0","slot":"backend","component":"FastBackend","replica":0,"phase":"level","level":1,"gpus":[0],)"
      R"("ports":{"generate":"auto","nixl":"auto"},"command":["run-FastBackend"],"env":{},"waits_for":[]},)"
      R"({"id":"backend/1","slot":"backend","component":"FastBackend","replica":1,"phase":"level","level":1,"gpus":[1],)"
      R"("ports":{"generate":"auto","nixl":"auto"},"command":["run-FastBackend"],"env":{},"waits_for":[]},)"
      R"({"id":"frontend/0","slot":"frontend","component":"Frontend","replica":0,"phase":"level","level":2,"gpus":[],)"
      R"("ports":{"chat":8000,"models":8000},"command":["run-Frontend","--port=${self.port.x}"],"env":{"LOG":"info"},)"
      R"("waits_for":["backend"]},)"
      R"({"id":"metrics/0","slot":"metrics","component":"Metrics","replica":0,"phase":"after","level":null,"gpus":[],)"
      R"("ports":{"scrape":9090},"command":["run-Metrics"],"env":{},"waits_for":[]}]})");
}

TEST(EntryAddress, IsTheFirstThatIsKnownBeforeTheRun) {
  Plan plan = small_plan();
  EXPECT_EQ(entry_address(plan, true), "http://127.0.0.1:8000/v1/chat/completions");
  plan.processes[2].endpoints[0].port = PortWish{};
  EXPECT_EQ(entry_address(plan, true), "http://127.0.0.1:8000/v1/models");
  plan.processes[2].endpoints[1].port = PortWish{};
  EXPECT_EQ(entry_address(plan, true), std::nullopt);
  plan.processes[2].endpoints = {endpoint("serve", std::nullopt, "", Protocol::Dyn)};
  EXPECT_EQ(entry_address(plan, false), "dyn://ns.frontend.serve");
}

}  // namespace
}  // namespace dynamo
