#include "cli/text/quantities.h"

#include <gtest/gtest.h>

namespace dynamo {
namespace {

TEST(Quantities, TellsMeasuredTimesWithTheDigitsThatMatter) {
  EXPECT_EQ(elapsed_words(0), "0.00 s");
  EXPECT_EQ(elapsed_words(207), "0.21 s");
  EXPECT_EQ(elapsed_words(9'994), "9.99 s");
  EXPECT_EQ(elapsed_words(9'995), "10.0 s");
  EXPECT_EQ(elapsed_words(12'410), "12.4 s");
  EXPECT_EQ(elapsed_words(59'949), "59.9 s");
  EXPECT_EQ(elapsed_words(59'950), "1 min 0 s");
  EXPECT_EQ(elapsed_words(185'000), "3 min 5 s");
  EXPECT_EQ(elapsed_words(7'800'000), "2 h 10 min");
  EXPECT_EQ(elapsed_words(-5), "0.00 s") << "a clock that was set back";
}

TEST(Quantities, TellsChosenTimesInWholeUnits) {
  EXPECT_EQ(time_words(0), "0 ms");
  EXPECT_EQ(time_words(250), "250 ms");
  EXPECT_EQ(time_words(1'000), "1 s");
  EXPECT_EQ(time_words(1'500), "1.5 s");
  EXPECT_EQ(time_words(60'000), "1 min");
  EXPECT_EQ(time_words(90'000), "1 min 30 s");
  EXPECT_EQ(time_words(3'600'000), "1 h");
}

TEST(Quantities, CountsInWords) {
  EXPECT_EQ(count_words(1, "error"), "1 error");
  EXPECT_EQ(count_words(2, "error"), "2 errors");
  EXPECT_EQ(count_words(0, "graph"), "0 graphs");
}

TEST(Quantities, WritesTimestampsInUtc) { EXPECT_EQ(timestamp(1'795'476'202'145), "2026-11-23T23:23:22.145Z"); }

}  // namespace
}  // namespace dynamo
