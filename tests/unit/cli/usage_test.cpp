// What is said about words that make no command line.

#include "cli/usage.h"

#include "cli/app.h"
#include "tests/unit/cli/environment_for_tests.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dynamo {
namespace {

using Words = std::vector<std::string>;

/// Everything on stderr, of a command line that has to be wrong usage.
std::string said(const Words& words) {
  TestEnvironment world;
  EXPECT_EQ(run_cli(words, world.environment), ExitCode::WrongUsage) << testing::PrintToString(words);
  EXPECT_EQ(world.out.text(), "");
  return world.err.text();
}

/// The sentence, of a command line with one mistake.
std::string sentence(const Words& words) {
  const std::string text = said(words);
  EXPECT_TRUE(text.starts_with("error: ")) << text;
  const std::size_t end = text.find('\n');
  EXPECT_EQ(text.find("error: ", end), std::string::npos) << text;
  return text.substr(7, end - 7);
}

Words validate(Words more) {
  Words result = {"graph", "validate", "g.yaml:agg"};
  result.insert(result.end(), more.begin(), more.end());
  return result;
}

TEST(Usage, KnowsWhereACommandStands) {
  EXPECT_EQ(sentence({"validate", "g.yaml"}),
            "there is no command `dynamo validate`; did you mean `dynamo graph validate`?");
  for (const char* word : {"list", "show", "plan", "plot", "diff", "fmt", "explain", "schema", "lsp"}) {
    EXPECT_EQ(sentence({word}), "there is no command `dynamo " + std::string(word) + "`; did you mean `dynamo graph " +
                                    std::string(word) + "`?");
  }
  EXPECT_EQ(sentence({"graph", "serve", "g.yaml"}),
            "there is no command `dynamo graph serve`; did you mean `dynamo serve`?");
}

TEST(Usage, KnowsTheNearestCommandAndThoseOfOtherPrograms) {
  EXPECT_EQ(sentence({"serv"}), "there is no command `dynamo serv`; did you mean `dynamo serve`?");
  EXPECT_EQ(sentence({"validat"}), "there is no command `dynamo validat`; did you mean `dynamo graph validate`?");
  EXPECT_EQ(sentence({"graph", "sevre"}), "there is no command `dynamo graph sevre`; did you mean `dynamo serve`?");
  EXPECT_EQ(sentence({"run", "g.yaml"}), "there is no command `dynamo run`; did you mean `dynamo serve`?");
  EXPECT_EQ(sentence({"help"}), "there is no command `dynamo help`; did you mean `dynamo --help`?");
  EXPECT_EQ(sentence({"g.yaml:agg"}),
            "there is no command `dynamo g.yaml:agg`; did you mean `dynamo serve g.yaml:agg`?");
  EXPECT_EQ(sentence({"graph", "g.yaml"}),
            "there is no command `dynamo graph g.yaml`; did you mean `dynamo graph validate g.yaml`?");
  EXPECT_EQ(sentence({"nonsense"}), "there is no command `dynamo nonsense`");
}

TEST(Usage, TakesTheDashesFromOverrides) {
  EXPECT_EQ(sentence(validate({"--backend.replicas=2"})), "overrides have no dashes: write `backend.replicas=2`");
  EXPECT_EQ(sentence(validate({"--backend=Mock"})), "overrides have no dashes: write `backend=Mock`");
  EXPECT_EQ(sentence(validate({"-backend=Mock"})), "overrides have no dashes: write `backend=Mock`");
  EXPECT_EQ(sentence(validate({"--backend", "Mock"})),
            "there is no option `--backend`; an override has no dashes, and a `=`: `backend=Mock`");
  EXPECT_EQ(sentence(validate({"--backend.replicas", "2"})),
            "there is no option `--backend.replicas`; an override has no dashes, and a `=`: `backend.replicas=2`");
}

TEST(Usage, KnowsTheNearestOption) {
  EXPECT_EQ(sentence(validate({"--fromat", "json"})), "there is no option `--fromat`; did you mean `--format`?");
  EXPECT_EQ(sentence(validate({"--fromat=json"})), "there is no option `--fromat`; did you mean `--format`?");
  EXPECT_EQ(sentence(validate({"--fmt", "json"})), "there is no option `--fmt`; did you mean `--format`?");
  EXPECT_EQ(sentence(validate({"--max", "3"})), "there is no option `--max`; did you mean `--max-errors`?");
  EXPECT_EQ(sentence({"serve", "g.yaml", "--log", "json"}),
            "there is no option `--log`; did you mean `--log-format`, `--log-size`, `--log-age` or `--log-total`?");
  EXPECT_EQ(sentence(validate({"--json"})), "there is no option `--json`; write `--format json`");
  EXPECT_EQ(sentence(validate({"--no-color"})), "there is no option `--no-color`; write `--color never`");
  EXPECT_EQ(sentence(validate({"--nonsense"})), "there is no option `--nonsense`");
  EXPECT_EQ(sentence(validate({"-x"})), "there is no option `-x`");
}

TEST(Usage, KnowsWhoseOptionItIs) {
  EXPECT_EQ(sentence({"graph", "plan", "g.yaml", "--port", "80"}),
            "`dynamo graph plan` has no option `--port`; it belongs to `dynamo serve`");
  EXPECT_EQ(sentence({"graph", "plan", "g.yaml", "--env"}),
            "`dynamo graph plan` has no option `--env`; it belongs to `dynamo graph validate`");
  EXPECT_EQ(sentence(validate({"--version"})),
            "`dynamo graph validate` has no option `--version`; write `dynamo --version`");
  EXPECT_EQ(sentence({"--format", "json", "graph", "validate", "g.yaml"}),
            "`--format` stands in front of the command: write it behind `dynamo graph validate`");
  EXPECT_EQ(sentence({"graph", "--fix", "validate", "g.yaml"}),
            "`--fix` stands in front of the command: write it behind `dynamo graph validate`");
}

TEST(Usage, TellsSeveralMistakesInTheOrderOfTheLineAndEachOnce) {
  EXPECT_EQ(said(validate({"--fmt", "json", "--backend=A", "--fmt", "json"})),
            "error: there is no option `--fmt`; did you mean `--format`?\n"
            "error: overrides have no dashes: write `backend=A`\n"
            "`dynamo graph validate --help` shows how it is used\n");
}

TEST(Usage, CutsALongList) {
  EXPECT_EQ(said(validate({"--aa=1", "--bb=1", "--cc=1", "--dd=1", "--ee=1", "--gg=1"})),
            "error: overrides have no dashes: write `aa=1`\n"
            "error: overrides have no dashes: write `bb=1`\n"
            "error: overrides have no dashes: write `cc=1`\n"
            "error: overrides have no dashes: write `dd=1`\n"
            "… and 2 more\n"
            "`dynamo graph validate --help` shows how it is used\n");
}

TEST(Usage, SaysWhatAnOptionTakes) {
  EXPECT_EQ(sentence(validate({"--max-errors", "x"})), "`--max-errors` takes a number, not `x`");
  EXPECT_EQ(sentence(validate({"--max-errors", "3x"})), "`--max-errors` takes a number, not `3x`");
  EXPECT_EQ(sentence(validate({"--max-errors", "-1"})), "`--max-errors` takes a number from 0 to 1000000, not `-1`");
  EXPECT_EQ(sentence(validate({"--max-errors", "99999999999999999999"})),
            "`--max-errors` takes a number from 0 to 1000000, not `99999999999999999999`");
  EXPECT_EQ(sentence(validate({"--format", "jsn"})),
            "`--format` takes `human`, `short`, `json`, `sarif` or `github`, not `jsn`; did you mean `json`?");
  EXPECT_EQ(sentence(validate({"--format", "yaml"})),
            "`--format` takes `human`, `short`, `json`, `sarif` or `github`, not `yaml`");
  EXPECT_EQ(sentence({"graph", "show", "g.yaml", "--format", "yaml"}),
            "`--format` takes `human`, `short`, `json`, `sarif` or `github`, not `yaml`; there is `-o yaml`");
  EXPECT_EQ(sentence({"graph", "show", "g.yaml", "-o", "sarif"}),
            "`--output` takes `table`, `json` or `yaml`, not `sarif`; there is `--format sarif`");
  EXPECT_EQ(sentence(validate({"--strict=maybe"})), "`--strict` takes no value");
  EXPECT_EQ(sentence(validate({"--gpus", "a-b"})), "`--gpus` takes different GPU numbers such as 0,2-3, not `a-b`");
}

TEST(Usage, SaysWhatIsMissing) {
  EXPECT_EQ(sentence({"serve"}),
            "`dynamo serve` needs a TARGET: `FILE:NAME`, `FILE` with one graph, or `NAME` in `./graph.yaml`");
  EXPECT_EQ(sentence({"completion"}), "`dynamo completion` needs a shell: `bash`, `zsh` or `fish`");
  EXPECT_EQ(sentence({"import"}), "`dynamo import` needs a FILE; `-` is standard input");
  EXPECT_EQ(sentence(validate({"-f"})), "`-f` needs a value: `-f FILE`");
  EXPECT_EQ(sentence(validate({"--max-errors"})), "`--max-errors` needs a value: `--max-errors N`");
  EXPECT_EQ(sentence(validate({"--format"})),
            "`--format` needs a word behind it: `human`, `short`, `json`, `sarif` or `github`");
  EXPECT_EQ(sentence({"serve", "g.yaml", "-o", "json"}), "`-o` goes only with `--dry-run`");
}

TEST(Usage, SaysWhatIsTooMuch) {
  EXPECT_EQ(sentence({"ps", "x"}), "`dynamo ps` takes no arguments: leave out `x`");
  EXPECT_EQ(sentence({"graph", "list", "a.yaml", "b.yaml"}),
            "`dynamo graph list` takes one TARGET, and `b.yaml` is a second one");
  EXPECT_EQ(sentence(validate({"--format", "json", "--format", "short"})), "`--format` is given more than once");
}

}  // namespace
}  // namespace dynamo
