#include "proto/diagnostic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// "graph.yaml:1:2 DG0101", in the order in which they come out.
std::vector<std::string> shown(const DiagnosticList& list) {
  std::vector<std::string> result;
  for (const Diagnostic& one : list.sorted()) {
    result.push_back(place_of(one.primary.where).text() + " " + one.code.text());
  }
  return result;
}

void add(DiagnosticList& list, const SourceFile& file, std::uint32_t byte, Code code) {
  report(list, code, Span{&file, byte, byte + 1}, "message").emit();
}

TEST(DiagnosticCodes, AreFoundByTheirTextInAnyCase) {
  ASSERT_NE(find_code("DG0401"), nullptr);
  EXPECT_EQ(find_code("DG0401"), find_code("dg0401"));
  EXPECT_EQ(find_code("DG0401")->code, codes::binding_type);
  EXPECT_EQ(find_code("DG9999"), nullptr);
  EXPECT_EQ(find_code(""), nullptr);
  EXPECT_EQ(codes::not_yaml.text(), "DG0001");
}

TEST(DiagnosticCodes, ExistOnceAndInOrder) {
  int last = 0;
  for (const CodeInfo& info : all_codes()) {
    EXPECT_GT(info.code.number, last);
    EXPECT_FALSE(info.title.empty());
    last = info.code.number;
  }
}

TEST(DiagnosticCodes, From900OnAreWarnings) {
  EXPECT_EQ(find_code("DG0803")->severity(), Severity::Error);
  EXPECT_EQ(find_code("DG0901")->severity(), Severity::Warning);
}

TEST(DiagnosticBuilder, HandsOverWhatWasAddedAtTheEndOfTheStatement) {
  const SourceFile file("graph.yaml", "a: b");
  DiagnosticList list;
  report(list, codes::duplicate_key, Span{&file, 0, 1}, "twice")
      .label("here")
      .also(Span{&file, 3, 4}, "there")
      .also(Span{}, "nowhere")
      .note("a rule")
      .note("")
      .help("do this")
      .help("")
      .fix({"remove it", Applicability::Machine, {{Span{&file, 0, 1}, ""}}})
      .in_graph("fast_agg");
  const std::vector<Diagnostic> sorted = list.sorted();
  ASSERT_THAT(sorted, SizeIs(1));
  const Diagnostic& one = sorted[0];
  EXPECT_EQ(one.message, "twice");
  EXPECT_EQ(one.severity, Severity::Error);
  EXPECT_EQ(one.primary.text, "here");
  ASSERT_THAT(one.others, SizeIs(1));
  EXPECT_EQ(one.others[0].text, "there");
  EXPECT_THAT(one.notes, ElementsAre("a rule"));
  EXPECT_THAT(one.helps, ElementsAre("do this"));
  ASSERT_THAT(one.fixes, SizeIs(1));
  EXPECT_EQ(one.graph, "fast_agg");
}

TEST(DiagnosticList, SortsByFileLineColumnAndCode) {
  const SourceFile a("a.yaml", "one\ntwo\nthree");
  const SourceFile b("b.yaml", "one");
  DiagnosticList list;
  add(list, b, 0, codes::unknown_key);
  add(list, a, 9, codes::unknown_key);
  add(list, a, 4, codes::wrong_kind);
  add(list, a, 4, codes::unknown_key);
  add(list, a, 5, codes::not_yaml);
  EXPECT_THAT(shown(list), ElementsAre("a.yaml:2:1 DG0101", "a.yaml:2:1 DG0103", "a.yaml:2:2 DG0001",
                                       "a.yaml:3:2 DG0101", "b.yaml:1:1 DG0101"));
}

TEST(DiagnosticList, KeepsOneCodeAtOnePlaceOnceAndTheFirstOfThem) {
  const SourceFile file("a.yaml", "one two");
  DiagnosticList list;
  report(list, codes::unknown_name, Span{&file, 4, 7}, "first").emit();
  report(list, codes::unknown_name, Span{&file, 4, 5}, "second").emit();
  add(list, file, 4, codes::wrong_kind);
  add(list, file, 0, codes::unknown_name);
  EXPECT_THAT(shown(list), ElementsAre("a.yaml:1:1 DG0201", "a.yaml:1:5 DG0103", "a.yaml:1:5 DG0201"));
  EXPECT_EQ(list.sorted()[2].message, "first");
}

TEST(DiagnosticList, KnowsAllGraphsThatHaveTheSameMistake) {
  const SourceFile file("graph.yaml", "abc");
  DiagnosticList list;
  const auto add_of = [&](const char* graph, const char* message) {
    report(list, codes::wrong_kind, Span{&file, 1, 2}, message).in_graph(graph);
  };
  add_of("a", "wrong");
  add_of("b", "wrong");
  add_of("b", "wrong");
  add_of("c", "wrong in another way");
  add_of("d", "wrong");
  add(list, file, 1, codes::wrong_kind);
  const std::vector<Diagnostic> told = list.sorted();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told.front().graph, "a");
  EXPECT_THAT(told.front().more_graphs, ElementsAre("b", "d"));
}

TEST(DiagnosticList, TakesAFileThatWasReadTwiceForOne) {
  const SourceFile once("shared.yaml", "one two");
  const SourceFile again("shared.yaml", "one two");
  DiagnosticList list;
  add(list, once, 4, codes::unknown_name);
  add(list, again, 4, codes::unknown_name);
  add(list, again, 4, codes::wrong_kind);
  EXPECT_THAT(shown(list), ElementsAre("shared.yaml:1:5 DG0103", "shared.yaml:1:5 DG0201"));
}

TEST(DiagnosticList, SortsArgumentsOfTheCommandLineByTheirNumber) {
  const SourceFile second("command line", "x.y=1", 2);
  const SourceFile third("command line", "z=1", 3);
  DiagnosticList list;
  add(list, third, 0, codes::override_unknown);
  add(list, second, 2, codes::override_unknown);
  add(list, second, 0, codes::override_unknown);
  EXPECT_THAT(shown(list),
              ElementsAre("command line:2:1 DG0802", "command line:2:3 DG0802", "command line:3:1 DG0802"));
}

TEST(DiagnosticList, DropsWarningsIfThereIsAnError) {
  const SourceFile file("a.yaml", "one two");
  DiagnosticList list;
  add(list, file, 0, codes::unused_component);
  EXPECT_EQ(list.errors(), 0U);
  EXPECT_THAT(shown(list), ElementsAre("a.yaml:1:1 DG0901"));
  add(list, file, 4, codes::unknown_key);
  EXPECT_EQ(list.errors(), 1U);
  EXPECT_EQ(list.size(), 1U);
  add(list, file, 5, codes::unused_component);
  EXPECT_THAT(shown(list), ElementsAre("a.yaml:1:5 DG0101"));
}

TEST(DiagnosticList, KeepsSoManyAndCountsTheRest) {
  const SourceFile file("a.yaml", std::string(200'000, '\n'));
  DiagnosticList list;
  for (std::uint32_t line = 0; line < 150'000; ++line) add(list, file, line, codes::unknown_key);
  EXPECT_EQ(list.errors(), 150'000U);
  EXPECT_EQ(list.untold(), 150'000U - DiagnosticList::max_kept);
  EXPECT_THAT(std::move(list).sorted(), SizeIs(DiagnosticList::max_kept));
}

TEST(DiagnosticList, StopsLookingForHintsWhereMistakesAndNamesAreMany) {
  DiagnosticList list;
  for (int mistake = 0; mistake < 1000; ++mistake) EXPECT_TRUE(list.afford_hint(10'000)) << mistake;
  EXPECT_FALSE(list.afford_hint(10'000));
}

TEST(DiagnosticList, IsEmptyAtFirst) {
  const DiagnosticList list;
  EXPECT_THAT(list.sorted(), IsEmpty());
  EXPECT_EQ(list.errors(), 0U);
}

}  // namespace
}  // namespace dynamo
