#include "cli/text/wrap.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dynamo {
namespace {

using Lines = std::vector<std::string>;

TEST(Wrapped, KeepsWhatFitsAsItIs) {
  EXPECT_EQ(wrapped("", 10, 10), Lines{""});
  EXPECT_EQ(wrapped("  two  blanks", 20, 10), Lines{"  two  blanks"});
}

TEST(Wrapped, BreaksAtBlanksAndCountsColumns) {
  EXPECT_EQ(wrapped("one two three four", 8, 8), (Lines{"one two", "three", "four"}));
  EXPECT_EQ(wrapped("日本 日本 日本", 9, 9), (Lines{"日本 日本", "日本"}));
}

TEST(Wrapped, HasAFirstLineOfAnotherWidth) {
  EXPECT_EQ(wrapped("one two three four", 3, 10), (Lines{"one", "two three", "four"}));
  EXPECT_EQ(wrapped("one two three four", 13, 5), (Lines{"one two three", "four"}));
}

TEST(Wrapped, KeepsAQuoteTogether) {
  EXPECT_EQ(wrapped("write `wire: {a.b: c}` there", 12, 20), (Lines{"write", "`wire: {a.b: c}`", "there"}));
  EXPECT_EQ(wrapped("`a b`, `c d` or (`e f`)", 8, 8), (Lines{"`a b`,", "`c d` or", "(`e f`)"}));
}

TEST(Wrapped, BreaksAQuoteThatNoLineHolds) {
  EXPECT_EQ(wrapped("see `one two three four` and `five six`", 12, 12),
            (Lines{"see `one two", "three four`", "and", "`five six`"}));
}

TEST(Wrapped, LeavesALongWordWhole) { EXPECT_EQ(wrapped("a abcdefghijkl b", 5, 5), (Lines{"a", "abcdefghijkl", "b"})); }

TEST(Wrapped, TakesALoneBacktickForALetter) { EXPECT_EQ(wrapped("a ` b c", 3, 3), (Lines{"a `", "b c"})); }

TEST(ShortQuotes, AreCutAndTheTextAroundThemIsNot) {
  EXPECT_EQ(with_short_quotes("`abcdefgh` is a long `ab` and not `abcd", 4), "`abc…` is a long `ab` and not `abcd");
  EXPECT_EQ(with_short_quotes("nothing", 2), "nothing");
  EXPECT_EQ(with_short_quotes("``", 2), "``");
}

}  // namespace
}  // namespace dynamo
