// Pictures of graphs: what is drawn, and how names that look like syntax are written.

#include "cli/plot/plot.h"

#include "cli/plot/dot.h"
#include "cli/plot/mermaid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/array.hpp>

namespace dynamo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

SlotView slot_view(std::string name, std::string type, std::string component, int level) {
  SlotView view;
  view.name = std::move(name);
  view.type = std::move(type);
  view.level = level;
  if (component.empty()) return view;
  view.components.emplace_back().component = std::move(component);
  return view;
}

Edge edge(std::string from, std::string client, std::vector<std::string> to, Arity arity = Arity::One) {
  Edge result;
  result.from = std::move(from);
  result.client = std::move(client);
  result.type = "T";
  result.to = std::move(to);
  result.arity = arity;
  result.wait = arity == Arity::One || arity == Arity::Many;
  return result;
}

/// door -> worker, with a guide that door may have.
GraphView small() {
  GraphView graph;
  graph.graph = "small";
  graph.spec = "Service";
  graph.entry = "door";
  graph.slots = {slot_view("door", "Door", "HttpDoor", 2), slot_view("worker", "Worker", "Gpu", 1)};
  graph.edges = {edge("door", "worker", {"worker"})};
  return graph;
}

EndpointView endpoint(std::string name, Protocol protocol, boost::json::value port) {
  return {.name = std::move(name),
          .protocol = protocol,
          .signature = {},
          .port = std::move(port),
          .path = {},
          .listen = Listen::Port};
}

const PlotBox& box(const Plot& plot, std::string_view id) {
  for (const PlotBox& one : plot.boxes) {
    if (one.id == id) return one;
  }
  throw std::out_of_range(std::string(id));
}

TEST(Plot, DrawsSlotsWithComponentReplicasGpusAndType) {
  GraphView graph = small();
  graph.slots[1].arity = Arity::Many;
  graph.slots[1].components[0].replicas = {2, 2};
  graph.slots[1].components[0].gpus = 1;
  ComponentView second;
  second.component = "Big";
  second.replicas = {1, 4};
  second.gpus = boost::json::array{0, 3};
  ComponentView third;
  third.component = "Odd";
  third.replicas = {-1, -1};
  third.gpus = "${env.N}";
  graph.slots[1].components.insert(graph.slots[1].components.end(), {second, third});
  const Plot plot = make_plot(graph);
  EXPECT_THAT(box(plot, "slot_worker").components,
              ElementsAre("Gpu ×2 · 1 GPU", "Big ×1..4 · GPUs 0,3", "Odd ×? · GPUs ${env.N}"));
  EXPECT_THAT(box(plot, "slot_worker").notes, ElementsAre("many Worker"));
  EXPECT_EQ(plot.levels, 2);
}

TEST(Plot, SaysNoNameTwice) {
  GraphView graph = small();
  graph.slots[0].type = "HttpDoor";
  EXPECT_THAT(box(make_plot(graph), "slot_door").notes, IsEmpty());
}

TEST(Plot, MarksTheEntryAndHowItIsReached) {
  GraphView graph = small();
  EXPECT_EQ(make_plot(graph).door, "entry");
  graph.slots[0].components[0].endpoints = {endpoint("chat", Protocol::Http, 8000), endpoint("x", Protocol::Tcp, 1)};
  EXPECT_EQ(make_plot(graph).door, "http 8000");
  graph.slots[0].components[0].endpoints = {endpoint("chat", Protocol::Grpc, "auto")};
  EXPECT_EQ(make_plot(graph).door, "grpc");
  graph.slots[0].components[0].endpoints.push_back(endpoint("web", Protocol::Http, 80));
  EXPECT_EQ(make_plot(graph).door, "http 80");
  graph.slots[0].components[0].endpoints = {endpoint("chat", Protocol::Dyn, nullptr)};
  EXPECT_EQ(make_plot(graph).door, "dyn");
  EXPECT_TRUE(box(make_plot(graph), "slot_door").entry);
  EXPECT_FALSE(box(make_plot(graph), "slot_worker").entry);
}

TEST(Plot, LeavesOutEmptySlotsAndUnconnectedClients) {
  GraphView graph = small();
  graph.slots.push_back(slot_view("guide", "Guide", "", 0));
  graph.sidecars.push_back(slot_view("eye", "Any", "", 0));
  graph.edges.push_back(edge("door", "guide", {}, Arity::Optional));
  const Plot plot = make_plot(graph);
  EXPECT_EQ(plot.boxes.size(), 2U);
  EXPECT_EQ(plot.arrows.size(), 1U);
}

TEST(Plot, DrawsClientsAsArrows) {
  GraphView graph = small();
  graph.slots.push_back(slot_view("guide", "Guide", "Pilot", 2));
  graph.edges.push_back(edge("door", "guide", {"guide"}, Arity::Optional));
  graph.edges.push_back(edge("guide", "door", {"door", "worker"}, Arity::OptionalMany));
  graph.edges.push_back(edge("guide", "late", {"worker"}));
  graph.edges.back().wait = false;
  const Plot plot = make_plot(graph);
  std::vector<std::string> arrows;
  for (const PlotArrow& one : plot.arrows) {
    arrows.push_back(one.from + " " + one.to + " " + one.label + (one.optional ? " optional " : " ") +
                     std::to_string(one.descent));
  }
  EXPECT_THAT(arrows, ElementsAre("slot_door slot_worker worker 1", "slot_door slot_guide guide optional 0",
                                  "slot_guide slot_door door optional 0", "slot_guide slot_worker door optional 1",
                                  "slot_guide slot_worker late · wait: false 1"));
}

TEST(Plot, DrawsOneArrowForTheSameClientOfSeveralComponents) {
  GraphView graph = small();
  graph.edges.push_back(graph.edges.front());
  graph.edges.back().component = "Other";
  EXPECT_EQ(make_plot(graph).arrows.size(), 1U);
}

TEST(Plot, DrawsAddressesOutsideOnce) {
  GraphView graph = small();
  graph.edges = {edge("door", "worker", {"http://a", "worker"}, Arity::Many), edge("worker", "back", {"http://a"})};
  const Plot plot = make_plot(graph);
  ASSERT_EQ(plot.boxes.size(), 3U);
  EXPECT_EQ(plot.boxes[2].kind, PlotKind::Address);
  EXPECT_EQ(plot.arrows[0].to, "address_1");
  EXPECT_EQ(plot.arrows[2].to, "address_1");
}

TEST(Plot, TellsHowASidecarIsKeptWhereThatIsNotTheDefault) {
  GraphView graph = small();
  graph.sidecars = {slot_view("eye", "Any", "Eye", 0), slot_view("ear", "Ear", "Ear2", 0)};
  graph.sidecars[0].where = {"serve", "deploy"};
  graph.sidecars[1].start = Phase::Before;
  graph.sidecars[1].on_failure = OnFailure::StopGraph;
  graph.sidecars[1].where = {"deploy"};
  const Plot plot = make_plot(graph);
  EXPECT_THAT(box(plot, "sidecar_eye").notes, IsEmpty());
  EXPECT_THAT(box(plot, "sidecar_ear").notes,
              ElementsAre("Ear", "start: before", "on_failure: stop_graph", "where: deploy"));
}

TEST(Plot, DrawsOneArrowToTheFrameForASidecarThatSeesEverySlot) {
  GraphView graph = small();
  graph.sidecars = {slot_view("eye", "Any", "Eye", 0)};
  graph.edges.push_back(edge("eye", "targets", {"door", "worker"}, Arity::OptionalMany));
  EXPECT_EQ(make_plot(graph).arrows.size(), 3U);  // the type is not Any
  graph.edges.back().type = "Any";
  const Plot all = make_plot(graph);
  ASSERT_EQ(all.arrows.size(), 2U);
  EXPECT_EQ(all.arrows[1].to, "");
  EXPECT_THAT(plot_mermaid(all), HasSubstr("sidecar_eye -.->|\"targets\"| slots\n"));
  EXPECT_THAT(plot_dot(all), HasSubstr("sidecar_eye -> slot_door [label=<&#160;targets&#160;>, lhead=cluster_slots"));
  graph.edges.back().to.pop_back();
  EXPECT_EQ(make_plot(graph).arrows[1].to, "slot_door");
}

TEST(Plot, GivesEveryBoxAnIdThatIsNoWordOfALanguage) {
  GraphView graph = small();
  graph.slots = {slot_view("end", "T", "A", 1), slot_view("a-b", "T", "A", 1), slot_view("a_b", "T", "A", 1),
                 slot_view("a--b", "T", "A", 1), slot_view("subgraph", "T", "A", 1)};
  graph.edges.clear();
  std::vector<std::string> ids;
  for (const PlotBox& one : make_plot(graph).boxes) ids.push_back(one.id);
  EXPECT_THAT(ids, ElementsAre("slot_end", "slot_a_b", "slot_a_b_2", "slot_a__b", "slot_subgraph"));
}

TEST(Plot, IsWrittenFromLeftToRightWhileItIsShort) {
  GraphView graph = small();
  graph.slots[0].level = 3;
  EXPECT_THAT(plot_mermaid(make_plot(graph)), testing::StartsWith("flowchart LR\n"));
  EXPECT_THAT(plot_dot(make_plot(graph)), HasSubstr("rankdir=LR"));
  graph.slots[0].level = 4;
  EXPECT_THAT(plot_mermaid(make_plot(graph)), testing::StartsWith("flowchart TB\n"));
  EXPECT_THAT(plot_dot(make_plot(graph)), HasSubstr("rankdir=TB"));
}

TEST(Plot, MakesArrowsOverSeveralLevelsAsLong) {
  GraphView graph = small();
  graph.slots[0].level = 4;
  graph.edges.push_back(edge("door", "maybe", {"worker"}, Arity::Optional));
  EXPECT_THAT(plot_mermaid(make_plot(graph)), HasSubstr("slot_door ---->|\"worker\"| slot_worker\n"));
  EXPECT_THAT(plot_mermaid(make_plot(graph)), HasSubstr("slot_door -...->|\"maybe\"| slot_worker\n"));
  EXPECT_THAT(plot_dot(make_plot(graph)), HasSubstr("minlen=3"));
  graph.slots[0].level = 1;  // says nothing about the order
  EXPECT_THAT(plot_dot(make_plot(graph)), HasSubstr("constraint=false"));
}

TEST(Plot, BreaksLongAddresses) {
  EXPECT_THAT(address_lines("http://short"), ElementsAre("http://short"));
  EXPECT_THAT(address_lines(std::string(40, 'x')), ElementsAre(std::string(36, 'x'), "xxxx"));
  EXPECT_EQ(address_lines(std::string(144, 'x')).back(), std::string(36, 'x'));
  const auto cut = address_lines(std::string(145, 'x'));
  ASSERT_EQ(cut.size(), 4U);
  EXPECT_EQ(cut.back(), std::string(36, 'x') + "…");
}

struct Hostile {
  std::string text;
  std::string mermaid;
  std::string dot;
};

TEST(Plot, WritesTextThatLooksLikeSyntaxAsText) {
  const std::vector<Hostile> table = {
      {"a\"]b", "a#quot;]b", "a&quot;]b"},
      {"<b>&amp;", "#lt;b#gt;#amp;amp#59;", "&lt;b&gt;&amp;amp;"},
      {"#35;", "#35;35#59;", "#35;"},
      {"%%{init: {}}%%", "#37;#37;{init#58; {}}#37;#37;", "%%{init: {}}%%"},
      {"`m` $$x$$", "#96;m#96; #36;#36;x#36;#36;", "`m` $$x$$"},
      {"a\\n\n\tb", "a#92;#8288;n  b", "a\\n  b"},
      {"\x1b[31m", "#92;x1b[31m", "\\x1b[31m"},
      {"\xff", "#92;xff", "\\xff"},
      {"日本 ü ×2 ;", "日本 ü ×2 #59;", "日本 ü ×2 ;"},
  };
  for (const Hostile& one : table) {
    GraphView graph = small();
    graph.slots[0].components[0].component = one.text;
    EXPECT_THAT(plot_mermaid(make_plot(graph)), HasSubstr("<br>" + one.mermaid + "<br>")) << one.text;
    EXPECT_THAT(plot_dot(make_plot(graph)), HasSubstr("<tr><td>" + one.dot + "</td></tr>")) << one.text;
    graph.edges = {edge("door", one.text, {one.text})};
    EXPECT_THAT(plot_mermaid(make_plot(graph)), HasSubstr("address_1[\"" + one.mermaid + "\"]")) << one.text;
    EXPECT_THAT(plot_mermaid(make_plot(graph)), HasSubstr("|\"" + one.mermaid + "\"|")) << one.text;
    EXPECT_THAT(plot_dot(make_plot(graph)), HasSubstr("label=<&#160;" + one.dot + "&#160;>")) << one.text;
    graph.graph = graph.spec = one.text;
    EXPECT_THAT(plot_mermaid(make_plot(graph)), HasSubstr("[\"<b>" + one.mermaid + "</b> · " + one.mermaid + "\"]"));
  }
  GraphView graph = small();
  graph.graph = "a\"b\\";
  EXPECT_THAT(plot_dot(make_plot(graph)), testing::StartsWith("digraph \"a\\\"b\\\\\" {\n"));
}

TEST(Plot, GivesDarkColorsToAnSvg) {
  EXPECT_THAT(
      with_dark_colors("<?xml?>\n<svg width=\"1\">\n<g/></svg>"),
      testing::AllOf(testing::StartsWith("<?xml?>\n<svg width=\"1\">\n<style>"), HasSubstr("</style>\n<g/></svg>")));
  EXPECT_EQ(with_dark_colors("nothing"), "nothing");
}

TEST(Plot, AsksForLessCareWhereThereAreManyArrows) {
  GraphView graph = small();
  EXPECT_THAT(plot_dot(make_plot(graph)), Not(HasSubstr("nslimit")));
  for (int number = 0; number <= 150; ++number) {
    graph.edges.push_back(edge("door", "c" + std::to_string(number), {"http://a.example/" + std::to_string(number)}));
  }
  EXPECT_THAT(plot_dot(make_plot(graph)),
              testing::AllOf(HasSubstr(", nslimit=10]\n"), HasSubstr("[xlabel=<&#160;c150&#160;>"),
                             Not(HasSubstr("[label=<&#160;c"))));
}

TEST(Plot, DrawsNothingThatIsNotThere) {
  const std::string text = plot_mermaid(make_plot(small()));
  EXPECT_THAT(text, Not(HasSubstr("sidecar")));
  EXPECT_THAT(text, Not(HasSubstr("address")));
  EXPECT_THAT(plot_dot(make_plot(small())), Not(HasSubstr("sidecar")));
}

}  // namespace
}  // namespace dynamo
