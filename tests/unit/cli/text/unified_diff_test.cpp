#include "cli/text/unified_diff.h"

#include <gtest/gtest.h>

#include <string>

namespace dynamo {
namespace {

std::string diff(std::string_view before, std::string_view after) {
  std::string text = unified_diff(before, after, "f", "new");
  const std::string headlines = "--- f\n+++ f\tnew\n";
  if (text.starts_with(headlines)) text.erase(0, headlines.size());
  return text;
}

TEST(UnifiedDiff, IsEmptyForEqualTexts) { EXPECT_EQ(unified_diff("a\n", "a\n", "f", "new"), ""); }

TEST(UnifiedDiff, HasTwoHeadlines) {
  EXPECT_EQ(unified_diff("a\n", "b\n", "f", "new"), "--- f\n+++ f\tnew\n@@ -1 +1 @@\n-a\n+b\n");
}

TEST(UnifiedDiff, ShowsThreeLinesAround) {
  EXPECT_EQ(diff("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nx\n6\n7\n8\n"),
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
}

TEST(UnifiedDiff, PutsNearChangesIntoOneHunkAndOthersIntoTheirOwn) {
  EXPECT_EQ(diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n"),
            "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
  EXPECT_EQ(diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n"),
            "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

TEST(UnifiedDiff, FindsTheShortestWay) {
  EXPECT_EQ(diff("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n"),
            "@@ -1,7 +1,6 @@\n-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n");
}

TEST(UnifiedDiff, CountsFromTheLineAboveAnEmptyRange) {
  EXPECT_EQ(diff("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(diff("a\n", ""), "@@ -1 +0,0 @@\n-a\n");
}

TEST(UnifiedDiff, TellsOfAMissingLineEnd) {
  EXPECT_EQ(diff("a", "a\n"), "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST(UnifiedDiff, ShowsTextsThatHaveLittleInCommonAsOneChange) {
  std::string before;
  std::string after;
  for (int line = 0; line < 3000; ++line) {
    before += "b" + std::to_string(line) + "\n";
    after += "a" + std::to_string(line) + "\n";
  }
  EXPECT_TRUE(diff(before, after).starts_with("@@ -1,3000 +1,3000 @@\n-b0\n-b1\n"));
}

TEST(UnifiedDiff, ColoursLines) {
  EXPECT_EQ(color_diff("@@ -1 +1 @@\n-a\n+b\n", Style(false)), "@@ -1 +1 @@\n-a\n+b\n");
  const Style style(true);
  EXPECT_EQ(color_diff("-a\n+b\n c\n", style),
            style.paint(Ink::Red, "-a") + "\n" + style.paint(Ink::Green, "+b") + "\n c\n");
}

}  // namespace
}  // namespace dynamo
