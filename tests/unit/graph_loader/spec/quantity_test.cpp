#include "graph_loader/spec/quantity.h"

#include <gtest/gtest.h>

namespace dynamo {
namespace {

using namespace std::chrono_literals;

TEST(Quantity, ReadsDurationsWithTheirUnit) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1.5m"), 90s);
  EXPECT_EQ(parse_duration("2h"), 2h);
  for (const char* text : {"", "30", "s", "30 s", "-1s", "1e3s", "1.s", ".5s", "1d", "30S"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Quantity, KnowsHowOtherToolsSpellDurationsAndSizes) {
  using Meant = std::optional<std::string>;
  EXPECT_EQ(meant_duration("30 sec"), Meant("30s"));
  EXPECT_EQ(meant_duration("1.5 Minutes"), Meant("1.5m"));
  EXPECT_EQ(meant_duration("500millis"), Meant("500ms"));
  EXPECT_EQ(meant_duration("30"), Meant());  // of what?
  EXPECT_EQ(meant_duration("1m30s"), Meant());
  EXPECT_EQ(meant_duration("-3s"), Meant());
  EXPECT_EQ(meant_duration("sec"), Meant());
  EXPECT_EQ(meant_size("32 GiB"), Meant("32Gi"));
  EXPECT_EQ(meant_size("32gb"), Meant("32G"));
  EXPECT_EQ(meant_size("512m"), Meant());  // a thousandth in Kubernetes
  EXPECT_EQ(meant_size("512"), Meant());
}

TEST(Quantity, ADurationBeyondAnyWaitStaysFiniteAndPositive) {
  EXPECT_GT(*parse_duration("99999999999999999999h"), 0ms);
}

TEST(Quantity, ReadsSizesInPowersOfTwoAndTen) {
  EXPECT_EQ(parse_size("1Ki"), 1024U);
  EXPECT_EQ(parse_size("32Gi"), 32ULL << 30U);
  EXPECT_EQ(parse_size("1.5Mi"), 1572864U);
  EXPECT_EQ(parse_size("2K"), 2000U);
  EXPECT_EQ(parse_size("1T"), 1'000'000'000'000U);
  for (const char* text : {"", "32", "Gi", "32 Gi", "-1Gi", "32gi", "32B"}) EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Quantity, ReadsLimitsAsTheirKindsAreCounted) {
  EXPECT_EQ(parse_ulimit("65536", LimitKind::OpenFiles), (Ulimit{LimitKind::OpenFiles, 65536}));
  EXPECT_EQ(parse_ulimit("0", LimitKind::Core), (Ulimit{LimitKind::Core, 0}));
  EXPECT_EQ(parse_ulimit("8Mi", LimitKind::Stack), (Ulimit{LimitKind::Stack, 8U << 20U}));
  EXPECT_EQ(parse_ulimit("unlimited", LimitKind::LockedMemory), (Ulimit{LimitKind::LockedMemory, std::nullopt}));
  for (const char* text : {"", "-1", "8Mi", "1.5", "infinity"}) {
    EXPECT_FALSE(parse_ulimit(text, LimitKind::OpenFiles)) << text;
  }
  for (const char* text : {"", "-1", "64", "1.5", "8MiB"}) EXPECT_FALSE(parse_ulimit(text, LimitKind::Stack)) << text;
}

TEST(Quantity, ReadsDecimalIntegersOnly) {
  EXPECT_EQ(parse_integer("010"), 10);
  EXPECT_EQ(parse_integer("-3"), -3);
  EXPECT_EQ(parse_integer("+3"), 3);
  EXPECT_GT(*parse_integer("99999999999999999999"), 0);
  for (const char* text : {"", "-", "1.0", "0x1F", "1 ", "one"}) EXPECT_FALSE(parse_integer(text)) << text;
}

TEST(Quantity, ReadsRangesWithoutJudgingThem) {
  EXPECT_EQ(parse_range("3")->max, 3);
  EXPECT_EQ(parse_range("1..4")->min, 1);
  EXPECT_EQ(parse_range("4..1")->min, 4);
  EXPECT_EQ(parse_range("-1")->min, -1);
  for (const char* text : {"", "..", "1..", "..4", "1...4", "1..4..5", "a..b"}) EXPECT_FALSE(parse_range(text)) << text;
}

TEST(Quantity, ReadsListsOfIds) {
  EXPECT_EQ(parse_id_list("0,2-3"), (std::vector<int>{0, 2, 3}));
  EXPECT_EQ(parse_id_list(""), std::vector<int>{});
  EXPECT_EQ(parse_id_list("7"), std::vector<int>{7});
  for (const char* text : {",", "0,", "3-2", "a", "0 1", "-1", "0--1"}) EXPECT_FALSE(parse_id_list(text)) << text;
}

}  // namespace
}  // namespace dynamo
