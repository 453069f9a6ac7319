// `dynamo graph diff` as a command: which words mean what, exit codes, and what is said when a file is wrong.

#include "cli/app.h"

#include "tests/unit/cli/environment_for_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

namespace dynamo {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view good = R"(apiVersion: dynamo/v1
interfaces: {Backend: {endpoints: [generate]}}
components:
  Mock: {implements: [Backend], command: [mock], endpoints: [generate], env: {LOG: info}}
  Big:  {extends: Mock, command: [big]}
specs:
  Agg: {entry: backend, params: {size: int = 1}, slots: {backend: Backend = Mock}}
graphs:
  small: {spec: Agg}
  big: {spec: Agg, bind: {backend: Big}}
)";

/// Standard input: whoever reads it a second time finds nothing.
class OnceReadable final : public FileReader {
 public:
  explicit OnceReadable(std::string_view text) : text_(text) {}
  Result<std::string> read(const std::string& path) override {
    EXPECT_EQ(path, "-");
    return std::exchange(text_, std::string());
  }

 private:
  std::string text_;
};

class GraphDiffCommand : public testing::Test {
 protected:
  GraphDiffCommand() {
    world.files.files["graph.yaml"] = good;
    world.files.files["other.yaml"] = good;
    world.files.files["wrong.yaml"] =
        std::string(good) + "  bad: {spec: Agg, bind: {backend: Nope}}\n  worse: {spec: Agg, bind: {nope: Mock}}\n";
    world.files.files["quiet.yaml"] = "apiVersion: dynamo/v1\ncomponents: {Mock: {env: {LOG: none}}}\n";
  }
  /// The exit code of `graph diff`.
  int diff(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"graph", "diff"});
    return static_cast<int>(run_cli(arguments, world.environment));
  }
  [[nodiscard]] std::string out() const { return world.out.text(); }
  [[nodiscard]] std::string err() const { return world.err.text(); }

  TestEnvironment world;
};

TEST_F(GraphDiffCommand, TellsEqualFromDifferentByItsExitCode) {
  EXPECT_EQ(diff({"small", "graph.yaml:small"}), 0);
  EXPECT_EQ(diff({"small", "other.yaml:small"}), 0);
  EXPECT_EQ(diff({"small", "big"}), 1);
  EXPECT_EQ(err(), "");
}

TEST_F(GraphDiffCommand, HasExitCodesOfItsOwnForTrouble) {
  EXPECT_EQ(diff({}), 2);
  EXPECT_EQ(diff({"small"}), 2);
  EXPECT_EQ(diff({"small", "big", "small"}), 2);
  EXPECT_EQ(diff({"small", "big", "backend=Mock"}), 2);
  EXPECT_EQ(diff({"small", "backend=Mock", "big"}), 2);
  EXPECT_EQ(diff({"graph.yaml", "big"}), 2);  // there are two graphs
  EXPECT_EQ(diff({"small", "nope"}), 3);
  EXPECT_EQ(diff({"small", "wrong.yaml:bad"}), 3);
  EXPECT_EQ(diff({"wrong.yaml:bad", "small"}), 3);
  EXPECT_EQ(diff({"small", "missing.yaml:small"}), 3);
  EXPECT_EQ(diff({"small", "backend=Nope"}), 3);
  EXPECT_EQ(diff({"small", "-f", "missing.yaml"}), 3);
  EXPECT_EQ(out(), "");
}

TEST_F(GraphDiffCommand, ComparesAGraphWithoutAndWithOverrides) {
  EXPECT_EQ(diff({"small", "backend=Big", "backend.replicas=2", "size=3"}), 1);
  EXPECT_THAT(out(), AllOf(StartsWith("small → small backend=Big backend.replicas=2 size=3 · graph.yaml\n"),
                           HasSubstr("params.size: 1 → 3\n"), HasSubstr("~ backend  Mock → Big ×2\n")));
  EXPECT_EQ(diff({"small", "backend.replicas=1"}), 0);
}

TEST_F(GraphDiffCommand, ComparesAGraphWithoutAndWithOverlays) {
  EXPECT_EQ(diff({"small", "-f", "quiet.yaml"}), 1);
  EXPECT_THAT(out(), AllOf(StartsWith("small → small -f quiet.yaml · graph.yaml\n"),
                           HasSubstr("    env.LOG: info → none\n    restarts 1 replica (env.LOG)\n")));
}

TEST_F(GraphDiffCommand, LaysOverlaysOverBothOfTwoGraphs) {
  EXPECT_EQ(diff({"small", "graph.yaml:small", "-f", "quiet.yaml"}), 0);
  EXPECT_EQ(diff({"small", "big", "-f", "quiet.yaml"}), 1);
  EXPECT_THAT(out(), AllOf(HasSubstr("small -f quiet.yaml → big -f quiet.yaml"), Not(HasSubstr("env.LOG"))));
}

TEST_F(GraphDiffCommand, ReadsStandardInputOnceForBoth) {
  OnceReadable input(good);
  world.environment.files = &input;
  EXPECT_EQ(diff({"--", "-:small", "-:big"}), 1);
  EXPECT_THAT(out(), StartsWith("small → big · -\n"));
  EXPECT_EQ(err(), "");
}

TEST_F(GraphDiffCommand, TellsTheMistakesOfBothGraphsOfAFileOnce) {
  // Mistakes that are in both, and one in each.
  world.files.files["wrong.yaml"] += "components2: {}\n";
  EXPECT_EQ(diff({"wrong.yaml:bad", "wrong.yaml:worse", "--format", "short"}), 3);
  EXPECT_EQ(err(),
            "wrong.yaml:11:36: error[DG0201]: no component is called `Nope`\n"
            "wrong.yaml:12:29: error[DG0404]: spec `Agg` has no slot `nope`\n"
            "wrong.yaml:13:1: error[DG0101]: unknown key `components2` in a file\n");
}

TEST_F(GraphDiffCommand, TellsTheMistakesOfBothFiles) {
  world.files.files["other.yaml"] = world.files.files["wrong.yaml"];
  EXPECT_EQ(diff({"wrong.yaml:bad", "other.yaml:bad", "--format", "json"}), 3);
  const auto json = boost::json::parse(out()).as_object();
  EXPECT_EQ(json.at("errors").as_int64(), 2);
  EXPECT_FALSE(json.at("valid").as_bool());
  EXPECT_EQ(diff({"wrong.yaml:bad", "other.yaml:bad"}), 3);
  EXPECT_THAT(err(), HasSubstr("wrong.yaml, other.yaml: 2 errors"));
}

TEST_F(GraphDiffCommand, TellsAFileThatBothNeedAndNobodyHasOnce) {
  EXPECT_EQ(diff({"missing.yaml:small", "missing.yaml:big"}), 3);
  EXPECT_EQ(err(), "error: cannot read `missing.yaml`: No such file or directory\n");
  EXPECT_EQ(diff({"missing.yaml:small", "lost.yaml:big"}), 3);
  EXPECT_THAT(err(), HasSubstr("cannot read `lost.yaml`"));
}

TEST_F(GraphDiffCommand, PointsAtTheArgumentThatNamesNoGraph) {
  EXPECT_EQ(diff({"nope", "graph.yaml:neither", "--format", "short"}), 3);
  EXPECT_EQ(err(),
            "command line:1:1: error[DG0412]: `graph.yaml` has no graph `nope`\n"
            "command line:2:12: error[DG0412]: `graph.yaml` has no graph `neither`\n");
}

TEST_F(GraphDiffCommand, ExplainsThatANameAloneIsLookedForInGraphYaml) {
  world.files.files["other.yaml"] += "  extra: {spec: Agg}\n";
  EXPECT_EQ(diff({"other.yaml:small", "extra"}), 3);
  EXPECT_THAT(err(), HasSubstr("\nhelp: `extra` is looked for in `./graph.yaml`; a graph of the first file is "
                               "`other.yaml:extra`\n"));
  EXPECT_EQ(diff({"other.yaml:small", "big"}), 1);
}

TEST_F(GraphDiffCommand, TakesWarningsForTroubleOnlyIfAsked) {
  world.files.files["warn.yaml"] =
      std::string(good) + "  leak: {spec: Agg, bind: {backend: {env: {API_TOKEN: abcdefghijk}}}}\n";
  EXPECT_EQ(diff({"warn.yaml:leak", "warn.yaml:small", "--format", "short"}), 1);
  EXPECT_EQ(err(), "warn.yaml:11:55: warning[DG0905]: `API_TOKEN` looks like a secret in clear text\n");
  EXPECT_EQ(diff({"warn.yaml:leak", "warn.yaml:small", "--strict"}), 3);
}

TEST_F(GraphDiffCommand, WritesDataForPrograms) {
  EXPECT_EQ(diff({"small", "big", "-o", "json"}), 1);
  const auto json = boost::json::parse(out()).as_object();
  EXPECT_EQ(json.at("format_version").as_string(), "1.0");
  EXPECT_FALSE(json.at("same").as_bool());
  EXPECT_EQ(json.at("after").as_object().at("graph").as_string(), "big");
  EXPECT_EQ(json.at("slots").as_array().at(0).as_object().at("change").as_string(), "rebound");
  EXPECT_EQ(diff({"small", "big", "-o", "yaml"}), 1);
  EXPECT_THAT(out(), HasSubstr("\nformat_version: \"1.0\"\nsame: false\n"));
  EXPECT_EQ(diff({"small", "big", "-o", "table"}), 2);
}

TEST_F(GraphDiffCommand, WritesLongValuesBelowEachOther) {
  world.files.files["graph.yaml"] = std::string(good) +
                                    "  long: {spec: Agg, bind: {backend: {env: {LOG: " + std::string(70, 'x') +
                                    ", EMPTY: \"\"}}}}\n";
  world.environment.out.width = 60;
  EXPECT_EQ(diff({"small", "long"}), 1);
  EXPECT_THAT(out(), HasSubstr("    env.LOG:\n      - info\n      + " + std::string(70, 'x') +
                               "\n    env.EMPTY: not set → \"\"\n"));
}

}  // namespace
}  // namespace dynamo
