#include "cli/text/table.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dynamo {
namespace {

Table graphs() {
  Table table({{"GRAPH"}, {"SLOTS", Fit::Wrap}, {"GPUS"}});
  table.add({"fast_agg", "frontend=Frontend processor=FastProcessor", "0"});
  table.add({"日本", "a", "1..4"});
  return table;
}

TEST(Table, LinesUpItsColumns) {
  EXPECT_EQ(graphs().text(0, Style()),
            "GRAPH     SLOTS                                      GPUS\n"
            "fast_agg  frontend=Frontend processor=FastProcessor  0\n"
            "日本      a                                          1..4\n");
}

TEST(Table, WrapsWordsWhereTheTerminalIsNarrow) {
  EXPECT_EQ(graphs().text(40, Style()),
            "GRAPH     SLOTS                     GPUS\n"
            "fast_agg  frontend=Frontend         0\n"
            "          processor=FastProcessor\n"
            "日本      a                         1..4\n");
}

TEST(Table, BreaksWordsBeforeItCutsANameAndStopsWhereNothingReadableWouldBeLeft) {
  EXPECT_EQ(graphs().text(5, Style()),
            "GRAPH     SLOTS     GPUS\n"
            "fast_agg  frontend  0\n"
            "          =Fronten\n"
            "          d\n"
            "          processo\n"
            "          r=Fast\n"
            "          Processo\n"
            "          r\n"
            "日本      a         1..4\n");
}

TEST(Table, CutsValuesFirstThenPlacesAtTheirBeginningAndPathsLast) {
  Table table({{"VALUE", Fit::Path}, {"IS", Fit::Cut}, {"SET BY", Fit::Wrap}, {"AT", Fit::Place}});
  table.add({"frontend.endpoints.chat.port", "a value that is long enough", "component `Front`",
             "examples/llm/graph.yaml:37:18"});
  table.add({"  over", "1", "default", "-"});
  EXPECT_EQ(table.text(95, Style()),
            "VALUE                         IS                        SET BY             AT\n"
            "frontend.endpoints.chat.port  a value that is long en…  component `Front`  …lm/graph.yaml:37:18\n"
            "  over                        1                         default            -\n");
  EXPECT_EQ(table.text(80, Style()),
            "VALUE                         IS                SET BY            AT\n"
            "frontend.endpoints.chat.port  a value that is…  component         …ph.yaml:37:18\n"
            "                                                `Front`\n"
            "  over                        1                 default           -\n");
  EXPECT_EQ(table.text(50, Style()),
            "VALUE              IS        SET BY     AT\n"
            "…points.chat.port  a value…  component  …aml:37:18\n"
            "                             `Front`\n"
            "  over             1         default    -\n");
}

TEST(Table, BeginsALineForEachItemOfAList) {
  Table table({{"NEEDS", Fit::Wrap}});
  table.add({"processors: many Processor; backends: Backend"});
  EXPECT_EQ(table.text(20, Style()),
            "NEEDS\n"
            "processors: many\n"
            "Processor;\n"
            "backends: Backend\n");
}

TEST(Table, EndsACellOfTooManyLines) {
  Table table({{"SLOTS", Fit::Wrap}});
  std::string cell;
  for (int number = 10; number < 40; ++number) cell += "slot" + std::to_string(number) + "=Any ";
  table.add({cell});
  const std::string text = table.text(11, Style());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
  EXPECT_TRUE(text.ends_with("slot19=Any…\n")) << text;
}

TEST(Table, PaintsItsHead) {
  Table table({{"A"}});
  table.add({"b"});
  EXPECT_EQ(table.text(0, Style(true)), "\x1b[1mA\x1b[0m\nb\n");
}

}  // namespace
}  // namespace dynamo
