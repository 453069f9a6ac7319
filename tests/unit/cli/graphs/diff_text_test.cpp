#include "cli/graphs/diff_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dynamo {
namespace {

using boost::json::array;
using boost::json::value;
using testing::HasSubstr;

/// What is printed about one value of a slot.
std::string text_of(const value& before, const value& after, const std::string& path = "env.X") {
  SlotDiff slot;
  slot.name = "main";
  slot.change = SlotChange::Retuned;
  slot.before = slot.after = {{"Main", {}}};
  slot.values = {{.component = "Main", .path = path, .before = before, .after = after}};
  GraphDiff diff;
  diff.slots = {slot};
  return diff_text(diff, {}, {}, 0, Style());
}

TEST(DiffText, NeverShowsTwoDifferentValuesAsTheSame) {
  struct Row {
    value before;
    value after;
    std::string shown;
  };
  const std::vector<Row> table = {
      {"info", "debug", "info → debug"},
      {nullptr, "-", R"(not set → "-")"},
      {"not set", nullptr, R"("not set" → not set)"},
      {"", nullptr, R"("" → not set)"},
      {R"("")", "", R"("\"\"" → "")"},
      {"two lines", "two\nlines", R"(two lines → "two\nlines")"},
      {"a b", "a\tb", R"(a b → "a\tb")"},
      {"a", "a ", R"(a → "a ")"},
      {" a", "a", R"(" a" → a)"},
      {"a → b", "…", R"("a → b" → "…")"},
      {1, "1", R"(1 → "1")"},
      {array{"a,b"}, array{"a", "b"}, R"(["a,b"] → a,b)"},
      {array{}, array{""}, R"([] → [""])"},
      {array{0, 1}, array{"0", "1"}, R"([0,1] → ["0","1"])"},
      {"plain words, with: signs", "-x", "plain words, with: signs → -x"},
  };
  for (const Row& row : table) EXPECT_THAT(text_of(row.before, row.after), HasSubstr("    env.X: " + row.shown + "\n"));
}

TEST(DiffText, QuotesWordsOfACommandThatCouldBeMisread) {
  EXPECT_THAT(text_of(array{"run", "--x", "a"}, array{"run", "--x", "-"}, "command"),
              HasSubstr(R"(command: … --x a → … --x "-")"));
  EXPECT_THAT(text_of(array{"run", "a b"}, array{"run", "a", "b"}, "command"),
              HasSubstr(R"(command: run "a b" → run a b)"));
}

TEST(DiffText, SaysThatAClientIsNotConnected) {
  SlotDiff slot;
  slot.name = "main";
  slot.change = SlotChange::Rewired;
  slot.before = slot.after = {{"Main", {}}};
  slot.clients = {{.component = "Main", .client = "guide", .before = {}, .after = {"guide"}}};
  GraphDiff diff;
  diff.slots = {slot};
  EXPECT_THAT(diff_text(diff, {}, {}, 0, Style()), HasSubstr("    client guide: not connected → guide\n"));
}

}  // namespace
}  // namespace dynamo
