// The values of text in blocks and in quotes, which we read ourselves.

#include "graph_loader/yaml/block_scalar.h"
#include "graph_loader/yaml/quoted_scalar.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace dynamo {
namespace {

std::string block(std::string_view text) { return read_block_scalar(text, 0, 0).value; }

TEST(BlockScalar, KeepsLinesBehindABar) {
  EXPECT_EQ(block("|\n  a\n    b\n\n  c\n"), "a\n  b\n\nc\n");
  EXPECT_EQ(block("|\r\n  a\r\n\r\n  b\r\n"), "a\n\nb\n");
  EXPECT_EQ(block("|2\n   a\n  b\nc"), " a\nb\n");
  EXPECT_EQ(block("|\n\n\n  a"), "\n\na");
}

TEST(BlockScalar, FoldsLinesBehindAGreaterThan) {
  EXPECT_EQ(block(">\n  a\n  b\n\n  c\n\n\n  d\n"), "a b\nc\n\nd\n");
  EXPECT_EQ(block(">\n  a\n    b\n    c\n  d\n"), "a\n  b\n  c\nd\n");
  EXPECT_EQ(block(">\n\n  a\n\n    b\n\n  c\n"), "\na\n\n  b\n\nc\n");
}

TEST(BlockScalar, ChompsByItsIndicator) {
  for (const std::string sign : {"|", ">"}) {
    EXPECT_EQ(block(sign + "\n  a\n\n\n"), "a\n");
    EXPECT_EQ(block(sign + "-\n  a\n\n\n"), "a");
    EXPECT_EQ(block(sign + "+\n  a\n\n\nb"), "a\n\n\n");
    EXPECT_EQ(block(sign + "2+\n  a\n"), "a\n");
    EXPECT_EQ(block(sign + "+ # comment\n\n \n"), "\n\n");
    EXPECT_EQ(block(sign + "\n\n \n"), "");
    EXPECT_EQ(block(sign), "");
  }
}

TEST(BlockScalar, TakesBlanksAtTheEndOfTheFileForNoLine) {
  EXPECT_EQ(block(">\n  a\n  "), "a\n");
  EXPECT_EQ(block("|+\n  a\n\n  "), "a\n\n");
  EXPECT_EQ(block("|\n  a\n   "), "a\n ");
  EXPECT_EQ(block("|+\n  a"), "a");
}

TEST(BlockScalar, EndsWhereItsLinesDo) {
  const BlockScalar scalar = read_block_scalar("k: |+\n  a\n    \n\n# b\nc: d\n", 3, 0);
  EXPECT_EQ(scalar.value, "a\n  \n\n");
  EXPECT_EQ(scalar.end, 9U);         // behind the `a`
  EXPECT_EQ(scalar.value_end, 15U);  // in front of the last line end
  EXPECT_EQ(read_block_scalar("k: |  # c\nb: c\n", 3, 0).end, 4U);
}

TEST(QuotedScalar, FoldsLines) {
  EXPECT_EQ(read_quoted_scalar("'a  \n   b\n\n c'"), "a b\nc");
  EXPECT_EQ(read_quoted_scalar("'\n\n'"), "\n");
  EXPECT_EQ(read_quoted_scalar("\"a\n\n\n  \""), "a\n\n");
  EXPECT_EQ(read_quoted_scalar("\" a\n b \""), " a b ");
  EXPECT_EQ(read_quoted_scalar("'it''s\r\n\r\nso'"), "it's\nso");
}

TEST(QuotedScalar, KnowsEscapes) {
  EXPECT_EQ(read_quoted_scalar("\"a\\\n  b \\\n\n\\  c\""), "ab \n  c");
  EXPECT_EQ(read_quoted_scalar("\"a\\t\n b\""), "a\t b");
  EXPECT_EQ(read_quoted_scalar("\"\\x41\\u00e9\\U0001F600\\N\\_\\L\\P\""), "A\u00e9\U0001F600\u0085\u00a0\u2028\u2029");
  EXPECT_EQ(read_quoted_scalar("\"\\a\\b\\e\\f\\n\\r\\v\\/\\\\\\\"\""), "\a\b\x1b\f\n\r\v/\\\"");
  EXPECT_EQ(read_quoted_scalar("\"\\0\""), std::string(1, '\0'));
}

}  // namespace
}  // namespace dynamo
