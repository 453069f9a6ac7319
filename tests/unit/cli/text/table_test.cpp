#include "cli/text/table.h"

#include <gtest/gtest.h>

namespace dynamo {
namespace {

Table graphs() {
  Table table({"GRAPH", "SLOTS", "GPUS"});
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

TEST(Table, CutsItsWidestColumnWhereTheTerminalIsNarrow) {
  EXPECT_EQ(graphs().text(40, Style()),
            "GRAPH     SLOTS                     GPUS\n"
            "fast_agg  frontend=Frontend proce…  0\n"
            "日本      a                         1..4\n");
}

TEST(Table, StopsShrinkingWhereNothingReadableWouldBeLeft) {
  EXPECT_EQ(graphs().text(5, Style()),
            "GRAPH     SLOTS     GPUS\n"
            "fast_agg  fronten…  0\n"
            "日本      a         1..4\n");
}

TEST(Table, PaintsItsHead) {
  Table table({"A"});
  table.add({"b"});
  EXPECT_EQ(table.text(0, Style(true)), "\x1b[1mA\x1b[0m\nb\n");
}

}  // namespace
}  // namespace dynamo
