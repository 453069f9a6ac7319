// The index of names, and renaming.

#include "graph_loader/language/rename.h"
#include "tests/support/annotated.h"
#include "tests/support/memory_files.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {
namespace {

/// The uses of the name at the first mark are the marks, and no others.
void expect_uses(std::string_view marked) {
  const testing::Annotated text(marked);
  testing::MemoryFiles files{{"/g.yaml", text.text()}};
  const ProjectList projects = {make_project({"/g.yaml"}, files)};
  for (const auto& asked : text.ranges()) {
    std::vector<testing::Annotated::Range> found;
    for (const Use& use : find_uses(projects, "/g.yaml", asked.begin))
      found.push_back({use.where.begin, use.where.end});
    EXPECT_EQ(found, text.ranges()) << marked << "\nasked at byte " << asked.begin;
  }
}

TEST(Symbols, KnowEveryUseOfAName) {
  expect_uses(
      "components: {«A»: {command: [a]}, B: {extends: «A», clients: {A: many «A»}}}\n"
      "specs: {S: {entry: s, slots: {s: \"optional many «A» = B, «A»\"}}}\n"
      "graphs: {A: {spec: S, bind: {s: [«A», {use: \"«A»\"}]}, sidecars: [«A»]}}\n");
  expect_uses(
      "components: {C: {command: [\"${params.«p»}\", \"${params.«p»:-x}\", \"${graph.p}\"], params: {«p»: int}},\n"
      "  D: {extends: C, params: {«p»: int = 2}}, E: {command: [x], params: {p: int}}}\n"
      "specs: {S: {entry: s, slots: {s: D}, params: {p: int = 1}}}\n"
      "graphs: {g: {spec: S, params: {p: 2}, bind: {s: {use: D, params: {«p»: 1}}}},\n"
      "  h: {extends: g, bind: {s: {params: {«p»: 3}}}}, i: {spec: S, bind: {s: {use: E, params: {p: 3}}}}}\n");
  expect_uses(
      "specs: {S: {entry: «a», slots: {«a»: C = C, b: C = C}, wire: {b.a: «a», «a».a: b}},\n"
      "  T: {extends: S, slots: {«a»: C = C}}, U: {entry: a, slots: {a: C}}}\n"
      "components: {C: {command: [x], clients: {a: optional C}}}\n"
      "graphs: {g: {spec: T, bind: {«a»: {replicas: 2}}, wire: {b.a: [«a»]}}, a: {spec: U, bind: {a: C}}}\n");
  expect_uses(
      "interfaces: {I: {endpoints: {«e»: A -> B}}, J: {extends: [I]}, K: {endpoints: [e]}}\n"
      "components: {C: {implements: [J], command: [\"${self.port.«e»}\"], endpoints: {«e»: {port: 1}}, ready: {tcp: "
      "«e»}},\n"
      "  D: {extends: C, endpoints: [«e»]}, E: {command: [\"${clients.c.«e»}\"], clients: {c: C}}}\n");
  expect_uses(
      "components: {C: {command: [\"${graph.«m»}\"]}}\n"
      "specs: {S: {params: {«m»: string = x, n: \"string = ${graph.«m»}\"}, entry: s, slots: {s: C = C}}}\n"
      "graphs: {g: {spec: S, params: {«m»: y}, env: {M: \"${graph.«m»}\"}}}\n");
  expect_uses(
      "components: {C: {command: [\"${clients.«c»}\"], clients: {«c»: optional C}}}\n"
      "specs: {S: {entry: s, slots: {s: C = C}, wire: {s.«c»: none}}}\n");
}

TEST(Symbols, KnowNamesOfAFileWithOtherMistakes) {
  expect_uses("apiVersion: nope\n");
  expect_uses(
      "imports: [missing.yaml]\nnope: 1\ncomponents: {«A»: {command: []}, A2: {extends: «A», nope: 1}}\n"
      "graphs: {g: {bind: {x: «A»}}}\n");
  expect_uses("components: {a: {extends: b}, b: {extends: «c»}, «c»: {extends: a}}\n");
  expect_uses(
      "interfaces: {I: {extends: [«J»]}, «J»: {extends: [I], endpoints: [e]}}\n"
      "components: {C: {implements: [«J»], endpoints: [e, e], command: [x]}}\n");
}

TEST(Rename, IsTriedOutBefore) {
  const std::string text =
      "apiVersion: dynamo/v1\n"
      "interfaces: {I: {endpoints: [e]}}\n"
      "components:\n"
      "  Asks: {command: [x], clients: {first: I}}\n"
      "  Has: {implements: [I], command: [x], endpoints: [e]}\n"
      "specs: {S: {entry: a, slots: {a: Asks = Asks, first: I = Has, second: I = Has}}}\n"
      "graphs: {g: {spec: S, wire: {}}}\n";
  testing::MemoryFiles files{{"/g.yaml", text}};
  const ProjectList projects = {make_project({"/g.yaml"}, files)};
  const auto refused = [&](std::string_view word, const std::string& name) {
    const auto at = static_cast<std::uint32_t>(text.find(word));
    return rename(projects, "/g.yaml", at, name, files).refused.value_or("");
  };
  // Its name decides which of two slots the client is connected to.
  EXPECT_EQ(refused("first: I}", "second"),
            "client `first` cannot become `second`: a client would find another provider by that name");
  EXPECT_NE(refused("first: I =", "third").find("DG0502"), std::string::npos);
  EXPECT_EQ(refused("second: I =", "third"), "");
  EXPECT_EQ(refused("Has: {", "Gives"), "");
}

}  // namespace
}  // namespace dynamo
