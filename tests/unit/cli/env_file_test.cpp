#include "cli/env_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dynamo {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(EnvFile, ReadsNamesAndValues) {
  const EnvFile file = parse_env_file(
      "# a comment\n"
      "\n"
      "TOKEN=abc=def\n"
      "export HOME_OF_MODELS = /models \r\n"
      "EMPTY=\n"
      "QUOTED=\"two words # no comment\\n\"\n"
      "LITERAL='a\\nb'\n"
      "TOKEN=later");
  EXPECT_EQ(file.bad_line, 0);
  EXPECT_THAT(file.variables,
              ElementsAre(Pair("EMPTY", ""), Pair("HOME_OF_MODELS", "/models"), Pair("LITERAL", "a\\nb"),
                          Pair("QUOTED", "two words # no comment\n"), Pair("TOKEN", "later")));
}

TEST(EnvFile, TellsTheFirstLineThatIsNone) {
  EXPECT_EQ(parse_env_file("A=1\nnonsense\n").bad_line, 2);
  EXPECT_EQ(parse_env_file("1A=1\n").bad_line, 1);
  EXPECT_EQ(parse_env_file("A=\"open\n").bad_line, 1);
  EXPECT_EQ(parse_env_file("A='b'c\n").bad_line, 1);
  EXPECT_EQ(parse_env_file("=x\n").bad_line, 1);
}

}  // namespace
}  // namespace dynamo
