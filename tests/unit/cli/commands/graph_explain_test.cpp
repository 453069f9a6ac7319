#include "cli/commands/graph_explain.h"

#include "cli/help/explain_pages.h"
#include "cli/help/page_text.h"
#include "tests/unit/cli/environment_for_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dynamo {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(PageText, FillsProseAndLeavesCodeAsItIs) {
  const std::string_view page =
      "# DG9999: too many words\n"
      "\n"
      "One two three four\n"
      "five six.\n"
      "\n"
      "## Wrong\n"
      "```yaml\n"
      "a:   {b: c}\n"
      "\n"
      "d: e\n"
      "```\n";
  EXPECT_EQ(page_text(page, 14, Style()),
            "DG9999: too many words\n"
            "\n"
            "One two three\n"
            "four five six.\n"
            "\n"
            "Wrong\n"
            "    a:   {b: c}\n"
            "\n"
            "    d: e\n");
  EXPECT_THAT(page_text(page, 80, Style(true)), HasSubstr("\x1b[1;31mWrong\x1b[0m"));
}

TEST(PageText, SaysInWordsWhatItsCommentsTellTheTests) {
  const std::string page =
      "## Wrong\n<!-- flags: --env -->\n```yaml\na: b\n```\n<!-- file other.yaml -->\n```yaml\nc: d\n```\n"
      "<!-- args: graph.yaml:g x=y -->\n<!-- not run: a reason -->\n";
  EXPECT_EQ(page_text(page, 80, Style()),
            "Wrong\n    # dynamo graph validate graph.yaml --env\n    a: b\n    # other.yaml\n    c: d\n"
            "    # dynamo graph validate graph.yaml:g x=y\n");
}

TEST(Explain, HasAPageForEveryCodeThatFitsOnAScreen) {
  for (const CodeInfo& info : all_codes()) {
    const std::string_view page = explain_page(info.code);
    EXPECT_THAT(page, StartsWith("# " + info.code.text() + ": ")) << info.code.text();
    const std::string text = page_text(page, 100, Style());
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 60) << info.code.text();
  }
}

TEST(Explain, TakesACodeInAnyFormThatPeopleType) {
  for (const char* typed : {"DG0401", "dg0401", "401", "0401"}) {
    TestEnvironment test;
    EXPECT_EQ(run_explain({typed}, test.environment), ExitCode::Good);
    EXPECT_THAT(test.out.text(), StartsWith("DG0401: ")) << typed;
    EXPECT_EQ(test.err.text(), "");
  }
}

TEST(Explain, OffersTheNearestCodeForOneThatIsNone) {
  TestEnvironment test;
  EXPECT_EQ(run_explain({"DG0308"}, test.environment), ExitCode::WrongUsage);
  EXPECT_EQ(test.out.text(), "");
  EXPECT_EQ(test.err.text(),
            "error: there is no code `DG0308`; the nearest is DG0307: unreadable slot or client type\n");
}

TEST(Explain, SurvivesWordsThatAreNoCodeAtAll) {
  for (const char* typed : {"", "x", "DG", "DG99999999999999999999", "\x1b[31m"}) {
    TestEnvironment test;
    EXPECT_EQ(run_explain({typed}, test.environment), ExitCode::WrongUsage) << typed;
  }
}

}  // namespace
}  // namespace dynamo
