#include "cli/completion/shell_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dynamo {
namespace {

using testing::ElementsAre;

std::vector<std::string> words(std::string_view line) { return read_shell_line(line, 0).words; }

TEST(ShellLine, EndsWithTheWordThatIsBeingTyped) {
  EXPECT_THAT(words("dynamo"), ElementsAre("dynamo"));
  EXPECT_THAT(words("dynamo "), ElementsAre(""));
  EXPECT_THAT(words("dynamo serve gr"), ElementsAre("serve", "gr"));
  EXPECT_THAT(words("  dynamo\tserve  graph.yaml:a  "), ElementsAre("serve", "graph.yaml:a", ""));
  EXPECT_THAT(words(""), ElementsAre(""));
}

TEST(ShellLine, TakesQuotesAwayAsTheShellWould) {
  EXPECT_THAT(words(R"(dynamo serve my\ dir/x)"), ElementsAre("serve", "my dir/x"));
  EXPECT_THAT(words(R"(dynamo 'a b'"c d"e)"), ElementsAre("a bc de"));
  EXPECT_THAT(words(R"(dynamo 'a\b' "a\b" "a\"b\$c")"), ElementsAre(R"(a\b)", R"(a\b)", R"(a"b$c)"));
  EXPECT_THAT(words("dynamo a\\\nb"), ElementsAre("ab"));
  EXPECT_THAT(words(R"(dynamo "open and)"), ElementsAre("open and"));
  EXPECT_THAT(words("dynamo '"), ElementsAre(""));
  EXPECT_THAT(words("dynamo a\\"), ElementsAre("a\\"));
  EXPECT_THAT(words("dynamo '' x"), ElementsAre("", "x"));
}

TEST(ShellLine, LeavesRedirectionsAndAssignmentsToTheShell) {
  EXPECT_THAT(words("A=1 B= dynamo serve"), ElementsAre("serve"));
  EXPECT_THAT(words("dynamo serve 2>/dev/null x"), ElementsAre("serve", "x"));
  EXPECT_THAT(words("dynamo serve >out 2>&1 <in x"), ElementsAre("serve", "x"));
  EXPECT_THAT(words("dynamo serve &> out x"), ElementsAre("serve", "x"));
  EXPECT_THAT(words("dynamo '>' x"), ElementsAre(">", "x"));
  EXPECT_TRUE(read_shell_line("dynamo serve > ", 0).file_of_shell);
  EXPECT_TRUE(read_shell_line("dynamo serve >>ou", 2).file_of_shell);
  EXPECT_FALSE(read_shell_line("dynamo serve >out ", 0).file_of_shell);
  EXPECT_FALSE(read_shell_line("dynamo serve '>", 1).file_of_shell);
}

TEST(ShellLine, TellsHowMuchOfTheWordStays) {
  EXPECT_EQ(read_shell_line("dynamo serve graph.yaml:fa", 2).kept, 11U);
  EXPECT_EQ(read_shell_line("dynamo serve graph.yaml:", 0).kept, 11U);
  EXPECT_EQ(read_shell_line("dynamo serve graph.yaml:fa", 13).kept, 0U);
  EXPECT_EQ(read_shell_line(R"(dynamo serve my\ dir:fa)", 2).kept, 7U);
  EXPECT_EQ(read_shell_line(R"(dynamo serve "my dir:fa)", 9).kept, 0U);
  EXPECT_EQ(read_shell_line("dynamo x ", 0).kept, 0U);
  EXPECT_EQ(read_shell_line("dynamo x", 100).kept, 0U);
}

}  // namespace
}  // namespace dynamo
