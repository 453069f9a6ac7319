// Whole commands over graph files in memory: what they print where, and their exit codes.

#include "cli/app.h"

#include "cli/help/help_text.h"
#include "tests/unit/cli/environment_for_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace dynamo {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view good_graph = R"(apiVersion: dynamo/v1
interfaces:
  Backend: {endpoints: [generate]}
components:
  Mock: {implements: [Backend], command: [mock, --tp, "${params.tp}"], endpoints: {generate: {port: 8000, path: /v1}}, params: {tp: int = 1}}
  Big: {extends: Mock, resources: {gpus: 2}}
specs:
  Agg: {entry: backend, slots: {backend: Backend = Mock}}
graphs:
  small: {spec: Agg}
  big: {spec: Agg, bind: {backend: Big}}
)";

class App : public testing::Test {
 protected:
  App() {
    world.files.files["graph.yaml"] = good_graph;
    world.files.files["wrong.yaml"] = std::string(good_graph) + "  bad: {spec: Agg, bind: {backnd: Mock}}\n";
    world.files.files["warn.yaml"] = std::string(good_graph) + "  # nothing uses Big twice\n";
    world.environment.variables["XDG_STATE_HOME"] = "/nowhere/state";
    world.environment.make_run_id = [](const std::filesystem::path&) { return std::string("7f3a"); };
    world.environment.run = [this](const Plan& plan, const RunOptions& options, RunObserver&) {
      ran = plan;
      ran_with = options;
      return outcome;
    };
    world.environment.variables["XDG_RUNTIME_DIR"] = "";
    world.environment.user_id = ::getuid();
  }
  int dynamo(const std::vector<std::string>& arguments) {
    return static_cast<int>(run_cli(arguments, world.environment));
  }
  [[nodiscard]] std::string out() const { return world.out.text(); }
  [[nodiscard]] std::string err() const { return world.err.text(); }

  TestEnvironment world;
  RunOutcome outcome;
  std::optional<Plan> ran;
  RunOptions ran_with;
};

TEST_F(App, ShowsTheFirstScreenWithoutArguments) {
  EXPECT_EQ(dynamo({}), 0);
  EXPECT_EQ(out(), first_screen());
  EXPECT_EQ(err(), "");
}

TEST_F(App, TeachesByExampleOnTheFirstScreen) {
  EXPECT_EQ(dynamo({"--help"}), 0);
  EXPECT_EQ(out(),
            "dynamo serves graphs of processes: it starts them in order, connects them, watches\n"
            "and restarts them, and stops them without leaving anything behind.\n"
            "\n"
            "  dynamo serve graph.yaml:fast_agg       start a graph; Ctrl-C stops it\n"
            "  dynamo graph validate graph.yaml       find every mistake in a file\n"
            "  dynamo graph plan graph.yaml:fast_agg  what would start, where and in which order\n"
            "\n"
            "Commands\n"
            "  serve           start a graph, show what happens, stop it on Ctrl-C\n"
            "  ps              what runs: graphs, their replicas, addresses and restarts\n"
            "  import          a DynamoGraphDeployment of Kubernetes as a graph file\n"
            "  completion      a script that lets a shell complete commands, files, graphs and overrides\n"
            "  graph validate  find every mistake in a file; needs no GPU, network or variables\n"
            "  graph list      the graphs and specs of a file\n"
            "  graph show      one graph resolved: slots, params, and who talks to whom, and why\n"
            "  graph plan      what `serve` would start: processes, order, GPUs, ports\n"
            "  graph plot      a picture of a graph: Mermaid for GitHub, DOT, or SVG\n"
            "  graph diff      what would change for a running graph that becomes another one\n"
            "  graph fmt       rewrite graph files in their one canonical form\n"
            "  graph explain   what a diagnostic means, with a wrong and a right example\n"
            "  graph schema    the graph language as a JSON Schema, for editors\n"
            "  graph lsp       the language server for editors: mistakes, hints and names as you type\n"
            "\n"
            "`dynamo COMMAND --help` shows examples and options. `dynamo --version` tells the version.\n");
}

TEST_F(App, ImportsToStdoutAndTellsBesideIt) {
  world.files.files["deploy.yaml"] =
      "apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeployment\nmetadata: {name: small, namespace: n}\n"
      "spec: {components: [{name: Frontend, type: frontend}]}\n";
  EXPECT_EQ(dynamo({"import", "deploy.yaml", "--format", "json"}), 0);
  EXPECT_THAT(out(), HasSubstr("apiVersion: dynamo/v1\n"));
  EXPECT_THAT(err(), StartsWith("{"));
  world.files.files["graph.yaml"] = out();
  EXPECT_EQ(dynamo({"graph", "validate", "graph.yaml:small", "--strict"}), 0);
}

TEST_F(App, ImportsNothingWhereSomethingIsWrong) {
  world.files.files["deploy.yaml"] = "kind: DynamoGraphDeployment\n";
  EXPECT_EQ(dynamo({"import", "deploy.yaml"}), 1);
  EXPECT_EQ(dynamo({"import", "missing.yaml"}), 3);
  EXPECT_EQ(dynamo({"import"}), 2);
  EXPECT_EQ(out(), "");
}

TEST_F(App, ShowsExamplesAndEveryOptionOfACommand) {
  EXPECT_EQ(dynamo({"serve", "--help"}), 0);
  EXPECT_EQ(out(),
            "dynamo serve: start a graph, show what happens, stop it on Ctrl-C\n"
            "\n"
            "  dynamo serve TARGET [OVERRIDE...] [options]\n"
            "\n"
            "TARGET is FILE:NAME, FILE (its only graph), or NAME (in ./graph.yaml); FILE may be -.\n"
            "OVERRIDE changes the graph for this call: SLOT=COMPONENT, SLOT=none or ~SLOT,\n"
            "SLOT.KEY=VALUE, PARAM=VALUE.\n"
            "\n"
            "Examples\n"
            "  dynamo serve graph.yaml:fast_agg\n"
            "      serves the graph `fast_agg` until Ctrl-C\n"
            "  dynamo serve graph.yaml:fast_agg backend.replicas=2 --port 9000\n"
            "      the same with two replicas in the slot `backend`, and the entry on port 9000\n"
            "\n"
            "Options\n"
            "  -h, --help               this screen\n"
            "      --gpus LIST          the pool of GPUs, as in 0,2-3 (default: CUDA_VISIBLE_DEVICES, else all)\n"
            "      --env-file FILE      lines NAME=VALUE for variables that are not set\n"
            "      --host HOST          address that the entry listens on (default 127.0.0.1)\n"
            "      --port N             port of the entry\n"
            "      --dry-run            print the plan and start nothing (as `graph plan`)\n"
            "      --log-format FORMAT  pretty (default), or json: one object per line\n"
            "      --log-size SIZE      turn a replica's log file over at this size (default 64Mi, 0: never)\n"
            "      --log-age TIME       and when it is that old (default 0: never)\n"
            "      --log-total SIZE     remove the oldest logs of the run beyond this (default 4Gi, 0: never)\n"
            "  -q, --quiet              only problems of the run and what the replicas write\n"
            "  -v, --verbose            also which files were read, what is waited for, and process ids\n"
            "  -o, --output FORMAT      with --dry-run: table (default), json or yaml\n"
            "  -f, --file FILE          an overlay: changes definitions of the file (again for more)\n"
            "      --format FORMAT      diagnostics as human, short, json, sarif or github; the last three on stdout\n"
            "      --strict             warnings fail like errors\n"
            "      --max-errors N       print at most N diagnostics (default 50; 0: all)\n"
            "      --color WHEN         auto (default: on a terminal), always or never\n");
}

TEST_F(App, HasAScreenWithTwoExamplesForEveryCommand) {
  for (const CommandHelp& command : command_helps()) {
    EXPECT_GE(command.examples.size(), 2U) << command.name;
    TestEnvironment fresh;
    std::vector<std::string> words;
    const std::size_t space = command.name.find(' ');
    words.emplace_back(command.name.substr(0, space));
    if (space != std::string_view::npos) words.emplace_back(command.name.substr(space + 1));
    words.emplace_back("--help");
    EXPECT_EQ(run_cli(words, fresh.environment), ExitCode::Good) << command.name;
    EXPECT_THAT(fresh.out.text(), StartsWith("dynamo " + std::string(command.name) + ": ")) << command.name;
    EXPECT_EQ(fresh.err.text(), "") << command.name;
    for (std::size_t at = 0; at < fresh.out.text().size();) {
      const std::size_t end = fresh.out.text().find('\n', at);
      EXPECT_LE(end - at, 105U) << fresh.out.text().substr(at, end - at);
      at = end + 1;
    }
  }
}

TEST_F(App, TellsItsVersion) {
  EXPECT_EQ(dynamo({"--version"}), 0);
  EXPECT_THAT(out(), StartsWith("dynamo 0."));
}

TEST_F(App, RefusesUnknownCommandsWithTheNearestOne) {
  EXPECT_EQ(dynamo({"serv", "graph.yaml"}), 2);
  EXPECT_EQ(err(),
            "error: there is no command `dynamo serv`; did you mean `dynamo serve`?\n"
            "`dynamo --help` lists the commands\n");
  EXPECT_EQ(out(), "");
  EXPECT_EQ(dynamo({"graph", "validat"}), 2);
  EXPECT_THAT(err(), HasSubstr("did you mean `dynamo graph validate`?"));
}

TEST_F(App, ReservesDeployInOneLine) {
  EXPECT_EQ(dynamo({"deploy", "graph.yaml"}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("reserved"), testing::EndsWith("\n")));
  const std::string said = err();
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1);
}

TEST_F(App, RefusesWrongUsageOnStderrWithExitTwo) {
  const std::vector<std::vector<std::string>> wrong = {
      {"serve"},
      {"graph", "validate", "--nonsense"},
      {"graph", "validate", "graph.yaml", "--format", "xml"},
      {"graph", "validate", "graph.yaml", "--max-errors", "many"},
      {"graph", "validate", "graph.yaml", "--max-errors", "-1"},
      {"graph", "plan", "graph.yaml:small", "--gpus", "a-b"},
      {"graph", "plan", "graph.yaml:small", "-o", "xml"},
      {"graph", "list", "graph.yaml", "other.yaml"},
      {"graph", "explain", "DG9999"},
      {"serve", "graph.yaml:small", "--port", "0"},
      {"serve", "graph.yaml:small", "-o", "json"},
      {"--nonsense"},
  };
  for (const auto& arguments : wrong) {
    TestEnvironment fresh;
    fresh.files.files = world.files.files;
    EXPECT_EQ(run_cli(arguments, fresh.environment), ExitCode::WrongUsage) << testing::PrintToString(arguments);
    EXPECT_THAT(fresh.err.text(), StartsWith("error: ")) << testing::PrintToString(arguments);
    EXPECT_EQ(fresh.out.text(), "") << testing::PrintToString(arguments);
  }
}

TEST_F(App, TellsDiagnosticsInTheFormsForPrograms) {
  const std::vector<std::pair<std::string, std::string>> forms = {
      {"github", "::error file=wrong.yaml,line="}, {"sarif", R"("version": "2.1.0")"}, {"json", R"("valid": false)"}};
  for (const auto& [form, text] : forms) {
    TestEnvironment fresh;
    fresh.files.files = world.files.files;
    EXPECT_EQ(run_cli({"graph", "validate", "wrong.yaml", "--format", form}, fresh.environment),
              ExitCode::SpecHasErrors);
    EXPECT_THAT(fresh.out.text(), HasSubstr(text));
    EXPECT_EQ(fresh.err.text(), "");
  }
}

TEST_F(App, TellsInTheFormsForProgramsWhyNothingWasChecked) {
  const std::vector<std::pair<std::string, std::string>> forms = {{"github", "::error title=dynamo::"},
                                                                  {"sarif", R"("executionSuccessful": false)"},
                                                                  {"json", R"("valid": false)"}};
  const std::vector<std::vector<std::string>> failing = {
      {"none.yaml"}, {"graph.yaml", "--gpus", "x"}, {"graph.yaml", "--env-file", "none"}};
  for (const auto& [form, text] : forms) {
    for (const std::vector<std::string>& words : failing) {
      TestEnvironment fresh;
      fresh.files.files = world.files.files;
      std::vector<std::string> arguments = {"graph", "validate", "--format", form};
      arguments.insert(arguments.end(), words.begin(), words.end());
      EXPECT_EQ(run_cli(arguments, fresh.environment),
                words.size() > 1 && words[1] == "--gpus" ? ExitCode::WrongUsage : ExitCode::CouldNot);
      EXPECT_THAT(fresh.out.text(), HasSubstr(text));
      EXPECT_THAT(fresh.err.text(), StartsWith("error: "));
    }
  }
}

TEST_F(App, ValidatesInSilenceOnStdout) {
  EXPECT_EQ(dynamo({"graph", "validate", "graph.yaml"}), 0);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(err(), "graph.yaml: valid · 2 graphs\n");
}

TEST_F(App, SaysNothingAboutAGoodFileWhenQuiet) {
  EXPECT_EQ(dynamo({"graph", "validate", "graph.yaml", "-q"}), 0);
  EXPECT_EQ(out() + err(), "");
}

TEST_F(App, PrintsDiagnosticsOnStderrAndEndsWithOne) {
  EXPECT_EQ(dynamo({"graph", "validate", "wrong.yaml", "--format", "short"}), 1);
  EXPECT_EQ(out(), "");
  EXPECT_THAT(err(), AllOf(StartsWith("wrong.yaml:12:27: error[DG0404]: "), HasSubstr("backnd")));
  EXPECT_EQ(dynamo({"graph", "validate", "wrong.yaml"}), 1);
  EXPECT_THAT(err(), HasSubstr("\n  --> wrong.yaml:12:27\n"));
  EXPECT_THAT(err(), testing::EndsWith("wrong.yaml: 1 error in 1 graph\n"));
}

TEST_F(App, PrintsOneJsonObjectOnStdoutWhateverHappens) {
  for (const auto& [file, exit] : std::map<std::string, int>{{"graph.yaml", 0}, {"wrong.yaml", 1}, {"none.yaml", 3}}) {
    TestEnvironment fresh;
    fresh.files.files = world.files.files;
    EXPECT_EQ(static_cast<int>(run_cli({"graph", "validate", file, "--format", "json"}, fresh.environment)), exit);
    const auto answer = boost::json::parse(fresh.out.text());
    EXPECT_EQ(answer.at("valid").as_bool(), exit == 0) << file;
    EXPECT_EQ(fresh.err.text().empty(), exit != 3) << file;
  }
}

TEST_F(App, PrintsThatObjectForWrongWordsToo) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--format", "json", "--bogus"},           {"--bogus", "--format=json"},
      {"--format", "json", "--max-errors", "x"}, {"graph.yaml", "--format", "json", "--gpus"},
      {"--format", "json", "--format", "json"},  {"--format", "short", "--format", "json", "-o", "yaml"}};
  for (std::vector<std::string> words : wrong) {
    TestEnvironment fresh;
    words.insert(words.begin(), {"graph", "validate"});
    EXPECT_EQ(run_cli(words, fresh.environment), ExitCode::WrongUsage) << testing::PrintToString(words);
    EXPECT_FALSE(boost::json::parse(fresh.out.text()).at("valid").as_bool()) << testing::PrintToString(words);
    EXPECT_THAT(fresh.err.text(), StartsWith("error: ")) << testing::PrintToString(words);
  }
}

TEST_F(App, PrintsNoObjectWhereNoneIsAskedFor) {
  EXPECT_EQ(dynamo({"graph", "validate", "--bogus"}), 2);
  EXPECT_EQ(dynamo({"graph", "validate", "--bogus", "--", "--format", "json"}), 2);
  EXPECT_EQ(dynamo({"graph", "list", "--bogus", "--format", "json"}), 2);
  EXPECT_EQ(out(), "");
}

TEST_F(App, TellsWhatCouldNotBeWritten) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  DescriptorOutput nowhere(full);
  world.environment.out.output = &nowhere;
  EXPECT_EQ(dynamo({"graph", "list", "graph.yaml"}), 3);
  EXPECT_EQ(err(), "error: cannot write to standard output: No space left on device\n");
  ::close(full);
}

TEST_F(App, LeavesWarningsAndSummariesOutWhenQuiet) {
  world.files.files["warn.yaml"] = std::string(good_graph.substr(0, good_graph.find("  big:")));
  const std::vector<std::vector<std::string>> commands = {
      {"graph", "validate", "warn.yaml"},          {"graph", "validate", "warn.yaml", "--format", "short"},
      {"graph", "validate", "warn.yaml", "--fix"}, {"graph", "list", "warn.yaml"},
      {"graph", "show", "warn.yaml:small"},        {"graph", "plan", "warn.yaml:small"},
      {"graph", "plot", "warn.yaml:small"},        {"graph", "diff", "warn.yaml:small", "graph.yaml:small"},
      {"serve", "warn.yaml:small", "--dry-run"}};
  for (std::vector<std::string> words : commands) {
    TestEnvironment fresh;
    fresh.files.files = world.files.files;
    words.emplace_back("-q");
    EXPECT_EQ(run_cli(words, fresh.environment), ExitCode::Good) << testing::PrintToString(words);
    EXPECT_EQ(fresh.err.text(), "") << testing::PrintToString(words);
    EXPECT_EQ(fresh.out.text().empty(), words[1] == "validate") << testing::PrintToString(words);
  }
  EXPECT_EQ(dynamo({"graph", "validate", "warn.yaml", "-q", "--strict"}), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("warning[DG0901]"), Not(HasSubstr("1 warning in"))));
}

TEST_F(App, TellsErrorsWhenQuiet) {
  EXPECT_EQ(dynamo({"graph", "list", "wrong.yaml", "-q"}), 1);
  EXPECT_THAT(err(), AllOf(StartsWith("error[DG0404]"), Not(HasSubstr("1 error in"))));
}

TEST_F(App, SaysWhichFilesItReadWhenVerbose) {
  world.files.files["over.yaml"] = "apiVersion: dynamo/v1\ngraphs: {small: {doc: x}}\n";
  EXPECT_EQ(dynamo({"graph", "show", "graph.yaml:small", "-f", "over.yaml", "-v"}), 0);
  EXPECT_EQ(err(), "read graph.yaml, over.yaml\n");
  TestEnvironment fresh;
  fresh.files.files = world.files.files;
  run_cli({"graph", "diff", "graph.yaml:small", "graph.yaml:big", "-v"}, fresh.environment);
  EXPECT_EQ(fresh.err.text(), "read graph.yaml\n");
}

TEST_F(App, TakesAGraphOfStandardInput) {
  world.files.files["-"] = good_graph;
  const std::vector<std::vector<std::string>> commands = {{"graph", "validate", "-:small"},
                                                          {"graph", "list", "-:small"},
                                                          {"graph", "show", "-q", "-:small", "-o", "json"},
                                                          {"graph", "plan", "-:small", "backend.params.tp=7"},
                                                          {"graph", "plot", "-:small"},
                                                          {"serve", "--dry-run", "-:small"}};
  for (const std::vector<std::string>& words : commands) {
    EXPECT_EQ(dynamo(words), 0) << testing::PrintToString(words) << err();
  }
  EXPECT_EQ(dynamo({"graph", "diff", "-:small", "-:big"}), 1) << err();
  EXPECT_THAT(out(), HasSubstr("small → big · -\n"));
  EXPECT_EQ(dynamo({"graph", "show", "-:other"}), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("DG0412"), HasSubstr("`-` has no graph `other`"), HasSubstr("command line:1:3")));
  EXPECT_EQ(dynamo({"graph", "explain", "-:x"}), 2) << "not a target";
}

TEST_F(App, ListsOneGraphWhereItIsNamed) {
  EXPECT_EQ(dynamo({"graph", "list", "graph.yaml:small"}), 0);
  EXPECT_EQ(out(),
            "GRAPH  SPEC  SLOTS         SIDECARS  GPUS\n"
            "small  Agg   backend=Mock  -         0\n");
  EXPECT_EQ(dynamo({"graph", "list", "wrong.yaml:small"}), 0) << "another graph is not looked at" << err();
  EXPECT_EQ(dynamo({"graph", "list", "graph.yaml:Agg"}), 0);
  EXPECT_THAT(out(), testing::EndsWith("SPEC  ENTRY    RUNS AS IT STANDS\nAgg   backend  yes\n"));
  EXPECT_EQ(dynamo({"graph", "list", "graph.yaml:smal"}), 1);
  EXPECT_THAT(err(), HasSubstr("error[DG0412]: `graph.yaml` has no graph `smal`"));
  EXPECT_EQ(dynamo({"graph", "list", "graph.yaml:small", "--components"}), 2);
  EXPECT_THAT(err(), HasSubstr("`--components` lists what a whole file defines: `dynamo graph list graph.yaml"));
}

TEST_F(App, EndsWithThreeForAFileThatCannotBeRead) {
  EXPECT_EQ(dynamo({"graph", "list", "none.yaml"}), 3);
  EXPECT_THAT(err(), AllOf(StartsWith("error: "), HasSubstr("none.yaml"), HasSubstr("No such file")));
}

TEST_F(App, FailsOnWarningsOnlyWhenStrict) {
  world.files.files["warn.yaml"] = std::string(good_graph.substr(0, good_graph.find("  big:")));
  EXPECT_EQ(dynamo({"graph", "validate", "warn.yaml"}), 0);
  EXPECT_THAT(err(), HasSubstr("warning[DG0901]"));
  EXPECT_EQ(dynamo({"graph", "validate", "warn.yaml", "--strict"}), 1);
}

TEST_F(App, ListsShowsAndPlans) {
  EXPECT_EQ(dynamo({"graph", "list", "graph.yaml"}), 0);
  EXPECT_THAT(out(), HasSubstr("small  Agg   backend=Mock"));
  EXPECT_EQ(dynamo({"graph", "show", "graph.yaml:small", "-o", "json"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"command\": [\"mock\", \"--tp\", \"1\"]"));
  EXPECT_EQ(dynamo({"graph", "plan", "graph.yaml:small", "backend.params.tp=7", "-o", "yaml"}), 0);
  EXPECT_THAT(out(), HasSubstr("      - \"7\"\n"));
  EXPECT_EQ(err(), "");
}

TEST_F(App, PlansOnTheGivenGpusAndSaysWhenTheyAreTooFew) {
  EXPECT_EQ(dynamo({"graph", "plan", "graph.yaml:big", "--gpus", "4-7"}), 0);
  EXPECT_THAT(out(), HasSubstr("4,5"));
  EXPECT_EQ(dynamo({"graph", "plan", "graph.yaml:big"}), 1);
  EXPECT_THAT(err(), AllOf(HasSubstr("DG0701"), HasSubstr("help: this machine has no NVIDIA driver")));
}

TEST_F(App, TakesVariablesFromAFileUnlessTheCallerHasThem) {
  world.files.files["env.yaml"] =
      std::string(good_graph.substr(0, good_graph.find("graphs:"))) +
      "graphs:\n  e: {spec: Agg, bind: {backend: {env: {A: \"${env.A}\", B: \"${env.B}\"}}}}\n";
  world.files.files["vars"] = "A=file\nB=file\n";
  world.environment.variables["B"] = "caller";
  EXPECT_EQ(dynamo({"graph", "plan", "env.yaml:e", "--env-file", "vars", "-o", "json"}), 0);
  EXPECT_THAT(out(), HasSubstr("{\"A\": \"file\", \"B\": \"caller\"}"));
  EXPECT_EQ(dynamo({"graph", "plan", "env.yaml:e", "--env-file", "none"}), 3);
  world.files.files["vars"] = "nonsense\n";
  EXPECT_EQ(dynamo({"graph", "plan", "env.yaml:e", "--env-file", "vars"}), 2);
}

TEST_F(App, ServesThePlanAndEndsAsTheRunDid) {
  outcome.reason = EndReason::Signalled;
  outcome.signal = SIGINT;
  EXPECT_EQ(dynamo({"serve", "graph.yaml:small", "--host", "0.0.0.0", "--port", "9000"}), 130);
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->graph, "small");
  EXPECT_EQ(ran->processes.at(0).endpoints.at(0).port, PortWish{9000});
  EXPECT_EQ(ran_with.entry_host, "0.0.0.0");
  EXPECT_EQ(ran_with.run_dir, "/nowhere/state/dynamo/runs/7f3a");
}

TEST_F(App, ServesNothingWhenTheFileIsWrongOrTheHostLacksGpus) {
  EXPECT_EQ(dynamo({"serve", "wrong.yaml:bad"}), 1);
  EXPECT_EQ(dynamo({"serve", "graph.yaml:big"}), 4) << "the file is right, the machine is too small";
  EXPECT_EQ(dynamo({"serve", "graph.yaml:small", "--dry-run"}), 0);
  EXPECT_FALSE(ran);
}

TEST_F(App, TurnsAnExceptionIntoASentenceAndExitThree) {
  world.environment.run = [](const Plan&, const RunOptions&, RunObserver&) -> RunOutcome {
    throw std::runtime_error("the loop broke");
  };
  EXPECT_EQ(dynamo({"serve", "graph.yaml:small"}), 3);
  EXPECT_EQ(err(), "error: internal error: the loop broke; please report it\n");
}

TEST(Guardian, StandsBeforeServeAloneAndOnlyWhenItStartsSomething) {
  const auto needs = [](std::vector<const char*> words) {
    words.insert(words.begin(), "dynamo");
    return needs_guardian(static_cast<int>(words.size()), words.data());
  };
  EXPECT_TRUE(needs({"serve", "graph.yaml"}));
  EXPECT_FALSE(needs({"serve", "graph.yaml", "--dry-run"}));
  EXPECT_FALSE(needs({"serve", "--help"}));
  EXPECT_FALSE(needs({"serve", "-h"}));
  EXPECT_FALSE(needs({"graph", "validate"}));
  EXPECT_FALSE(needs({}));
}

}  // namespace
}  // namespace dynamo
