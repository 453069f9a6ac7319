// The names of a file's graphs, read without its components.

#include "graph_loader/views/outline.h"

#include "tests/support/memory_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TargetNames names_in(std::string text) {
  testing::MemoryFiles files{{"graph.yaml", std::move(text)}};
  return target_names("graph.yaml", files);
}

TEST(TargetNames, AreGraphsAndSpecsOfTheFileAndItsImports) {
  testing::MemoryFiles files{
      {"graph.yaml",
       "apiVersion: dynamo/v1\nimports: [{file: other.yaml, as: acme}]\nspecs:\n  S: {entry: a, slots: {a: A}}\n"
       "graphs:\n  one: {spec: S}\n  two: {extends: one}\n"},
      {"other.yaml", "apiVersion: dynamo/v1\ngraphs:\n  three: {spec: S}\n"},
  };
  const TargetNames names = target_names("graph.yaml", files);
  EXPECT_THAT(names.graphs, ElementsAre("acme.three", "one", "two"));
  EXPECT_THAT(names.specs, ElementsAre("S"));
  EXPECT_EQ(names.own_graphs, 2U);
}

TEST(TargetNames, DoNotNeedComponentsThatCanBeRead) {
  const TargetNames names = names_in(
      "apiVersion: dynamo/v1\ncomponents:\n  A: {command: [\n# a note\n  B: ]\ninterfaces: {\ngraphs:\n  one: {spec: "
      "S}\n");
  EXPECT_THAT(names.graphs, ElementsAre("one"));
}

TEST(TargetNames, AreFoundInEveryFormOfAFile) {
  const char* const flow = "{apiVersion: dynamo/v1, components: {}, graphs: {one: {spec: S}}}";
  EXPECT_THAT(names_in(flow).graphs, ElementsAre("one"));
  const char* const indented =
      "  apiVersion: dynamo/v1\n  graphs: {one: {spec: S}}\n  components:\n    A: {command: [a]}";
  EXPECT_THAT(names_in(indented).graphs, ElementsAre("one"));
  const char* const anchored =
      "apiVersion: dynamo/v1\ncomponents:\n  A: {command: [a], env: &env {B: c}}\ngraphs:\n  one: {spec: S, env: "
      "*env}\n";
  EXPECT_THAT(names_in(anchored).graphs, ElementsAre("one"));
  const char* const windows =
      "apiVersion: dynamo/v1\r\ncomponents:\r\n  A: {command: [a]}\r\ngraphs:\r\n  one: {spec: S}\r\n";
  EXPECT_THAT(names_in(windows).graphs, ElementsAre("one"));
}

TEST(TargetNames, AreNoneWhereNothingCanBeRead) {
  testing::MemoryFiles none{};
  EXPECT_THAT(target_names("graph.yaml", none).graphs, IsEmpty());
  EXPECT_THAT(names_in("").graphs, IsEmpty());
  EXPECT_THAT(names_in("{ not yaml").graphs, IsEmpty());
}

}  // namespace
}  // namespace dynamo
