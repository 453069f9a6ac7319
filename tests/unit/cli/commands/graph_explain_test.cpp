#include "cli/commands/graph_explain.h"

#include "cli/help/explain_pages.h"
#include "cli/help/page_text.h"
#include "cli/text/display_text.h"
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
      "```\n"
      "\n"
      "## See also\n"
      "DG9998, DG9997\n";
  EXPECT_EQ(page_text(page, 14, Style()),
            "DG9999: too\n"
            "many words\n"
            "One two three\n"
            "four five six.\n"
            "\n"
            "Wrong\n"
            "    a:   {b: c}\n"
            "\n"
            "    d: e\n"
            "\n"
            "See also:\n"
            "DG9998, DG9997\n");
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
  std::size_t small = 0;
  for (const CodeInfo& info : all_codes()) {
    const std::string_view page = explain_page(info.code);
    EXPECT_THAT(page, StartsWith("# " + info.code.text() + ": ")) << info.code.text();
    const std::string text = page_text(page, 80, Style());
    const auto lines = std::count(text.begin(), text.end(), '\n');
    EXPECT_LE(lines, 40) << info.code.text();
    if (lines <= 24) ++small;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      EXPECT_LE(display_width(text.substr(at, end - at)), 80) << info.code.text();
      at = end + 1;
    }
  }
  EXPECT_GE(small * 3, all_codes().size() * 2) << "most of them fit into a terminal of 24 lines";
}

TEST(Explain, TakesACodeInAnyFormThatPeopleType) {
  for (const char* typed : {"DG0401", "dg0401", "401", "0401", "[DG0401]", "error[DG0401]:", "error[dg0401]"}) {
    TestEnvironment test;
    EXPECT_EQ(run_explain({{typed}}, test.environment), ExitCode::Good);
    EXPECT_THAT(test.out.text(), StartsWith("DG0401: ")) << typed;
    EXPECT_EQ(test.err.text(), "");
  }
}

TEST(Explain, TakesSeveralCodes) {
  TestEnvironment test;
  EXPECT_EQ(run_explain({{"DG0401", "402"}}, test.environment), ExitCode::Good);
  EXPECT_THAT(test.out.text(), StartsWith("DG0401: "));
  EXPECT_THAT(test.out.text(), HasSubstr("\n\nDG0402: "));
  EXPECT_EQ(run_explain({{"DG0401", "DG9999"}}, test.environment), ExitCode::WrongUsage);
}

TEST(Explain, ListsTheCodesThatBeginAsTyped) {
  TestEnvironment test;
  EXPECT_EQ(run_explain({{"dg082"}}, test.environment), ExitCode::Good);
  EXPECT_EQ(test.out.text(),
            "DG0821  no DynamoGraphDeployment in the file\n"
            "DG0822  version of a DynamoGraphDeployment unsupported\n"
            "DG0823  command that only the image knows\n"
            "DG0824  DynamoGraphDeployment without anything to start\n");
  TestEnvironment all;
  EXPECT_EQ(run_explain({}, all.environment), ExitCode::Good);
  const std::string text = all.out.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), static_cast<std::ptrdiff_t>(all_codes().size()));
  for (const char* typed : {"DG04", "04"}) {
    TestEnvironment some;
    EXPECT_EQ(run_explain({{typed}}, some.environment), ExitCode::Good);
    EXPECT_THAT(some.out.text(), StartsWith("DG0401  "));
  }
}

TEST(Explain, SaysWhichNumbersAreRetired) {
  TestEnvironment test;
  EXPECT_EQ(run_explain({{"DG0308"}}, test.environment), ExitCode::Good);
  EXPECT_EQ(test.out.text(), "DG0308 is retired: it was an endpoint without a signature. Signatures are optional.\n");
  for (const char* typed : {"DG0707", "DG0903", "904"}) {
    TestEnvironment other;
    EXPECT_EQ(run_explain({{typed}}, other.environment), ExitCode::Good);
    EXPECT_THAT(other.out.text(), HasSubstr(" is retired: "));
  }
}

TEST(Explain, OffersTheNearestCodeForOneThatIsNone) {
  TestEnvironment test;
  EXPECT_EQ(run_explain({{"DG0311"}}, test.environment), ExitCode::WrongUsage);
  EXPECT_EQ(test.out.text(), "");
  EXPECT_EQ(test.err.text(),
            "error: there is no code `DG0311`; the nearest is DG0310: two names give one environment variable\n");
}

TEST(Explain, SurvivesWordsThatAreNoCodeAtAll) {
  for (const char* typed : {"", "x", "[", "error[", "]", "DG99999999999999999999", "99999", "\x1b[31m"}) {
    TestEnvironment test;
    EXPECT_EQ(run_explain({{typed}}, test.environment), ExitCode::WrongUsage) << typed;
  }
}

}  // namespace
}  // namespace dynamo
