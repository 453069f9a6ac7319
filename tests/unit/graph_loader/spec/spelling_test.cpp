#include "graph_loader/spec/spelling.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

namespace dynamo {
namespace {

using Names = std::vector<std::string_view>;
using Guess = std::optional<std::string_view>;

TEST(Spelling, ForgivesOneSlipOfAnyKind) {
  const Names names = {"processor", "backend", "router"};
  EXPECT_EQ(nearest("procesor", names), Guess("processor"));
  EXPECT_EQ(nearest("proccessor", names), Guess("processor"));
  EXPECT_EQ(nearest("bakcend", names), Guess("backend"));
  EXPECT_EQ(nearest("roufer", names), Guess("router"));
}

TEST(Spelling, ForgivesAThirdOfTheLengthAndNoMore) {
  EXPECT_EQ(nearest("abcdef", {"abcdxy"}), Guess("abcdxy"));
  EXPECT_EQ(nearest("abcdef", {"abcxyz"}), Guess());
  EXPECT_EQ(nearest("backend", {"frontend"}), Guess());
}

TEST(Spelling, ForgivesOneLetterOfAShortName) {
  EXPECT_EQ(nearest("tp", {"tpp"}), Guess("tpp"));
  EXPECT_EQ(nearest("enw", {"env"}), Guess("env"));
  EXPECT_EQ(nearest("ab", {"cd"}), Guess());
}

TEST(Spelling, TellsSlipsFromGuesses) {
  const Names slots = {"frontend", "backend", "router"};
  EXPECT_TRUE(is_slip("bakend", "backend", slots));
  EXPECT_TRUE(is_slip("Backend", "backend", slots));
  EXPECT_TRUE(is_slip("forntend", "frontend", slots));                // a swap
  EXPECT_TRUE(is_slip("fronttend", "frontend", slots));               // a letter doubled
  EXPECT_FALSE(is_slip("forntedn", "frontend", slots));               // two swaps
  EXPECT_FALSE(is_slip("min_seqs", "max_seqs", {"max_seqs"}));        // letters in the place of others
  EXPECT_FALSE(is_slip("https", "http", {"http", "grpc"}));           // a letter too many that doubles none
  EXPECT_FALSE(is_slip("limits", "ulimits", {"ulimits", "gpus"}));    // the first letter
  EXPECT_TRUE(is_slip("HTTP", "http", {"http", "tcp", "https"}));     // another case, whatever else is near
  EXPECT_FALSE(is_slip("prot", "port", {"port", "protocol"}));        // or the beginning of the other
  EXPECT_FALSE(is_slip("bkndd", "backend", slots));                   // three letters
  EXPECT_FALSE(is_slip("tb", "tp", {"tp"}));                          // a short name
  EXPECT_FALSE(is_slip("gpu1", "gpu2", {"gpu2"}));                    // another number
  EXPECT_FALSE(is_slip("worker", "workers", {"workers", "walker"}));  // two that are near
  EXPECT_TRUE(is_slip("gpu11memory", "gpu11memroy", {"gpu11memroy"}));
}

TEST(Spelling, PrefersTheNearest) {
  EXPECT_EQ(nearest("processer", {"processes", "processor", "process"}), Guess("processes"));
  EXPECT_EQ(nearest("workers", {"work", "worker"}), Guess("worker"));
}

TEST(Spelling, PrefersAnotherCaseToAnotherLetter) {
  EXPECT_EQ(nearest("vllm", {"vlln", "VLLM"}), Guess("VLLM"));
  EXPECT_EQ(nearest("BACKEND", {"backend"}), Guess("backend"));
}

TEST(Spelling, TakesTheFirstOfEquallyNearOnes) {
  EXPECT_EQ(nearest("slot1", {"slot2", "slot3"}), Guess("slot2"));
  EXPECT_EQ(nearest("slot1", {"slot3", "slot2"}), Guess("slot3"));
}

TEST(Spelling, HasNothingToSayAboutNothing) {
  EXPECT_EQ(nearest("a", {}), Guess());
  EXPECT_EQ(nearest("", {"backend"}), Guess());
}

}  // namespace
}  // namespace dynamo
