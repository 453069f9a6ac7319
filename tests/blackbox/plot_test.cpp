// `graph plot -o svg` and the program that it starts: one that draws, and every way in which one may not.

#include "tests/support/run_dynamo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace dynamo::test {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

class PlotSvg : public testing::Test {
 protected:
  PlotSvg() {
    folder.write("graph.yaml",
                 "apiVersion: dynamo/v1\n"
                 "components: {Main: {command: [main], endpoints: [serve], clients: {far: Any}}}\n"
                 "specs: {Small: {entry: main, slots: {main: Main = Main}}}\n"
                 "graphs: {small: {spec: Small, wire: {main.far: 'http://a.example/<b>&\"'}}}\n");
  }

  /// Puts a program named `dot` into the folder `bin`.
  void dot(const std::string& script) const {
    const auto file = folder.write("bin/dot", "#!/bin/sh\n" + script);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

  [[nodiscard]] Finished plot() const {
    return run_dynamo(folder, {"graph", "plot", "graph.yaml", "-o", "svg"},
                      {{"PATH", (folder.path() / "bin").string() + ":/usr/bin:/bin"}});
  }

  const TempDir folder;
};

}  // namespace

TEST_F(PlotSvg, GivesTheSourceToDotAndPrintsWhatItDraws) {
  dot("echo \"<svg $*>\"; cat; echo '</svg>'");
  const Finished done = plot();
  EXPECT_EQ(done.ended.status, 0) << done.err;
  EXPECT_EQ(done.err, "");
  EXPECT_THAT(done.out, StartsWith("<svg -Tsvg>\n<style>\n"));
  const Finished source = run_dynamo(folder, {"graph", "plot", "graph.yaml", "-o", "dot"});
  EXPECT_THAT(source.out, StartsWith("digraph \"small\" {\n"));
  EXPECT_THAT(done.out, HasSubstr(source.out));
}

TEST_F(PlotSvg, SaysWhatToInstallWhereThereIsNoDot) {
  const Finished done = run_dynamo(folder, {"graph", "plot", "graph.yaml", "-o", "svg"}, {{"PATH", "/nowhere"}});
  EXPECT_EQ(done.ended.status, 3);
  EXPECT_EQ(done.out, "");
  EXPECT_EQ(done.err,
            "error: `-o svg` needs Graphviz's program `dot`, which is not in PATH: install the package `graphviz`; "
            "`-o dot` prints what it would draw\n");
}

TEST_F(PlotSvg, TellsTheMistakesOfAFileBeforeItLooksForDot) {
  folder.write("graph.yaml", "apiVersion: dynamo/v1\ngraphs: {small: {spec: Nope}}\n");
  const Finished done = run_dynamo(folder, {"graph", "plot", "graph.yaml", "-o", "svg"}, {{"PATH", "/nowhere"}});
  EXPECT_EQ(done.ended.status, 1);
  EXPECT_THAT(done.err, HasSubstr("DG0201"));
}

TEST_F(PlotSvg, ShowsWhatADotThatFailsHasToSay) {
  dot("cat > /dev/null; echo 'syntax error'; printf 'in \\033[1mline 3\\n' >&2; exit 7");
  const Finished done = plot();
  EXPECT_EQ(done.ended.status, 3);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, AllOf(HasSubstr("/bin/dot` ended with exit status 7; `-o dot` prints what it would draw\n"),
                              HasSubstr("\n  | in \\x1b[1mline 3\n")));
}

TEST_F(PlotSvg, TellsADotThatWasKilled) {
  dot("kill -KILL $$");
  const Finished done = plot();
  EXPECT_EQ(done.ended.status, 3);
  EXPECT_THAT(done.err, HasSubstr("/bin/dot` was killed by signal 9;"));
}

TEST_F(PlotSvg, TellsADotThatDrawsNothing) {
  dot("cat > /dev/null");
  const Finished done = plot();
  EXPECT_EQ(done.ended.status, 3);
  EXPECT_THAT(done.err, HasSubstr("/bin/dot` drew nothing;"));
}

TEST_F(PlotSvg, TellsADotThatCannotBeStarted) {
  const auto file = folder.write("bin/dot", "#!/nowhere/sh\n");
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  const Finished done = plot();
  EXPECT_EQ(done.ended.status, 3);
  EXPECT_THAT(done.err, AllOf(StartsWith("error: cannot start `"), HasSubstr("No such file or directory")));
}

TEST_F(PlotSvg, PassesOnWhatADotThatDrawsHasToSay) {
  dot("cat > /dev/null; echo 'no fonts here' >&2; echo '<svg></svg>'");
  const Finished done = plot();
  EXPECT_EQ(done.ended.status, 0);
  EXPECT_THAT(done.err, HasSubstr("/bin/dot` says\n  | no fonts here\n"));
  EXPECT_THAT(done.out, HasSubstr("</svg>"));
}

TEST_F(PlotSvg, SaysThatItDrawsWhereThatTakesLongerThanASecond) {
  dot("cat > /dev/null; while [ ! -e go ]; do sleep 0.05; done; echo '<svg></svg>'");
  const std::map<std::string, std::string> path = {{"PATH", (folder.path() / "bin").string() + ":/usr/bin:/bin"}};
  RunDynamo run(folder,
                {.arguments = {"graph", "plot", "graph.yaml", "-o", "svg"}, .environment = path, .terminal = true});
  EXPECT_TRUE(run.wait_for_text("drawing with `dot`...")) << run.story();
  folder.write("go", "");
  EXPECT_EQ(run.wait().status, 0) << run.story();
}

// Much more than a pipe holds, in both directions and on stderr at once.
TEST_F(PlotSvg, NeverWaitsForADotThatWaitsForIt) {
  std::string slots;
  std::string bindings;
  for (int number = 0; number < 1500; ++number) slots += "      s" + std::to_string(number) + ": Any = Main\n";
  folder.write(
      "graph.yaml",
      "apiVersion: dynamo/v1\ncomponents: {Main: {command: [main]}}\nspecs:\n  Big:\n    entry: s0\n    slots:\n" +
          slots + "graphs: {big: {spec: Big}}\n");
  dot("printf '<svg>'; head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero | tr '\\0' e >&2; cat");
  const Finished done = plot();
  EXPECT_EQ(done.ended.status, 0);
  EXPECT_GT(done.out.size(), 500000U);
  EXPECT_THAT(done.out, HasSubstr("slot_s1499"));
  EXPECT_GT(done.err.size(), 300000U);
}

TEST_F(PlotSvg, DoesNotMindADotThatReadsNothing) {
  dot("exec <&-; echo '<svg></svg>'");
  EXPECT_EQ(plot().ended.status, 0);
}

TEST_F(PlotSvg, WorksWhateverSignalsItInherits) {
  dot("trap 'exit 9' PIPE; cat > /dev/null; echo '<svg></svg>'");
  RunDynamo run(folder, {.arguments = {"graph", "plot", "graph.yaml", "-o", "svg"},
                         .environment = {{"PATH", (folder.path() / "bin").string() + ":/usr/bin:/bin"}},
                         .before_exec = [] { std::signal(SIGCHLD, SIG_IGN); }});
  EXPECT_EQ(run.wait().status, 0) << run.story();
}

// With the real one, where it is installed.
TEST_F(PlotSvg, IsDrawnByGraphviz) {
  const Finished done = run_dynamo(folder, {"graph", "plot", "graph.yaml", "-o", "svg"});
  if (done.err.find("needs Graphviz") != std::string::npos) GTEST_SKIP() << "Graphviz is not installed";
  EXPECT_EQ(done.ended.status, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("<svg "), HasSubstr(">http://a.example/&lt;b&gt;&amp;&quot;</text>"),
                              HasSubstr("prefers-color-scheme: dark"), HasSubstr("</svg>")));
}

}  // namespace dynamo::test
