// The forms of diagnostics for code scanning and for GitHub Actions.

#include "cli/diagnostics/github.h"
#include "cli/diagnostics/sarif.h"
#include "cli/text/json_text.h"

#include <gtest/gtest.h>
#include <boost/json/array.hpp>

#include <string>

namespace dynamo {
namespace {

Diagnostic mistake(const SourceFile& file, std::uint32_t begin, std::uint32_t end) {
  Diagnostic diagnostic;
  diagnostic.code = codes::binding_type;
  diagnostic.message = "this is wrong";
  diagnostic.primary.where = {&file, begin, end};
  return diagnostic;
}

boost::json::object run_of(const std::vector<Diagnostic>& diagnostics, const SarifRun& run = {}) {
  return diagnostics_sarif(diagnostics, run).at("runs").as_array().front().as_object();
}

boost::json::object result_of(const Diagnostic& diagnostic) {
  return run_of({diagnostic}).at("results").as_array().front().as_object();
}

std::string text(const boost::json::value& value) { return json_line(value); }

TEST(GithubForm, TellsTheWholeDiagnosticInOneCommand) {
  const SourceFile file("dir/a,b:c%.yaml", "x: 1\ny: 2\n");
  Diagnostic diagnostic = mistake(file, 5, 9);
  diagnostic.message = "100% wrong: a, b";
  diagnostic.primary.text = "here";
  diagnostic.others = {{{&file, 0, 1}, "the other half"}, {{&file, 1, 2}, ""}};
  diagnostic.notes = {"a rule\nin two lines"};
  diagnostic.helps = {"do this"};
  EXPECT_EQ(render_github(diagnostic),
            "::error file=dir/a%2Cb%3Ac%25.yaml,line=2,col=1,endLine=2,endColumn=5,title=DG0401::"
            "100%25 wrong: a, b%0Ahere%0Anote: a rule%0Ain two lines%0Ahelp: do this%0A"
            "dir/a,b:c%25.yaml:1:1: the other half\n");
}

TEST(GithubForm, NeverLetsAFileWriteACommand) {
  const SourceFile file("a\n::error::x.yaml", "x");
  Diagnostic diagnostic = mistake(file, 0, 1);
  diagnostic.message = "`a\r\n::stop-commands::x\x1b[0m` is wrong";
  const std::string line = render_github(diagnostic);
  EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
  EXPECT_EQ(line.find('\r'), std::string::npos) << line;
  EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
}

TEST(GithubForm, NamesAFileOnlyIfThereIsOne) {
  const SourceFile argument("command line", "backend=X", 2);
  EXPECT_EQ(render_github(mistake(argument, 8, 9)), "::error title=DG0401::command line:2:9: this is wrong\n");
  const SourceFile input("-", "x: 1\n");
  Diagnostic warning = mistake(input, 0, 1);
  warning.severity = Severity::Warning;
  EXPECT_EQ(render_github(warning), "::warning title=DG0401::-:1:1: this is wrong\n");
}

TEST(GithubForm, TellsTheGraphBehindTheMessage) {
  const SourceFile file("a.yaml", "x");
  Diagnostic diagnostic = mistake(file, 0, 1);
  diagnostic.graph_words = "graph `mock`";
  diagnostic.helps = {"do this"};
  EXPECT_EQ(render_github(diagnostic),
            "::error file=a.yaml,line=1,col=1,endLine=1,endColumn=2,title=DG0401::"
            "this is wrong (graph `mock`)%0Ahelp: do this\n");
  EXPECT_NE(text(result_of(diagnostic)).find("this is wrong (graph `mock`)\\nhelp: do this"), std::string::npos);
}

TEST(GithubForm, TellsWhatIsLeftOut) {
  const SourceFile file("a.yaml", "x");
  EXPECT_EQ(render_all_github({}, 3), "::notice title=dynamo::and 3 more; --max-errors 0 shows all\n");
  EXPECT_EQ(render_all_github({}, 0), "");
  EXPECT_EQ(github_failure("cannot read `a%`"), "::error title=dynamo::cannot read `a%25`\n");
}

TEST(SarifForm, IsADocumentEvenForNothing) {
  const auto run = run_of({});
  EXPECT_EQ(text(run.at("results")), "[]");
  EXPECT_EQ(text(run.at("tool").at("driver").at("rules")), "[]");
  EXPECT_EQ(text(run.at("invocations")), R"([{"executionSuccessful":true,"exitCode":0}])");
}

TEST(SarifForm, SaysWhyNothingWasCheckedAndWhatIsLeftOut) {
  EXPECT_EQ(
      text(run_of({}, {.exit_code = ExitCode::CouldNot, .failure = "cannot read", .hidden = 0}).at("invocations")),
      R"([{"executionSuccessful":false,"exitCode":3,"toolExecutionNotifications":)"
      R"([{"level":"error","message":{"text":"cannot read"}}]}])");
  EXPECT_EQ(text(run_of({}, {.exit_code = ExitCode::SpecHasErrors, .failure = {}, .hidden = 4}).at("invocations")),
            R"([{"executionSuccessful":true,"exitCode":1,"toolExecutionNotifications":)"
            R"([{"level":"note","message":{"text":"4 more results are left out; --max-errors 0 shows all"}}]}])");
}

TEST(SarifForm, DescribesEachRuleOnce) {
  const SourceFile file("a.yaml", "x: y\n");
  Diagnostic other = mistake(file, 3, 4);
  other.code = codes::unused_component;
  other.severity = Severity::Warning;
  const auto run = run_of({mistake(file, 0, 1), mistake(file, 3, 4), other});
  const auto& rules = run.at("tool").at("driver").at("rules").as_array();
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(rules[0].at("id"), "DG0401");
  EXPECT_EQ(rules[0].at("name"), "BindingType");
  EXPECT_EQ(rules[1].at("defaultConfiguration").at("level"), "warning");
  EXPECT_TRUE(std::string(rules[0].at("help").at("markdown").as_string()).starts_with("# DG0401: "));
  const auto& results = run.at("results").as_array();
  EXPECT_EQ(results[1].at("ruleIndex"), 0);
  EXPECT_EQ(results[2].at("ruleIndex"), 1);
  EXPECT_NE(results[0].at("partialFingerprints"), results[1].at("partialFingerprints"));
}

TEST(SarifForm, MarksPlacesInCodePointsAndBytes) {
  const SourceFile file("dir/ä b.yaml", "\xEF\xBB\xBF日: x\n");
  EXPECT_EQ(text(result_of(mistake(file, 8, 9)).at("locations")),
            R"([{"physicalLocation":{"artifactLocation":{"uri":"dir/%C3%A4%20b.yaml"},)"
            R"("region":{"startLine":1,"startColumn":4,"endLine":1,"endColumn":5,"byteOffset":8,"byteLength":1}}}])");
  EXPECT_EQ(text(result_of(mistake(SourceFile("/tmp/a.yaml", "x"), 0, 1))
                     .at("locations")
                     .at(0)
                     .at("physicalLocation")
                     .at("artifactLocation")),
            R"({"uri":"file:///tmp/a.yaml"})");
  EXPECT_EQ(text(result_of(mistake(SourceFile("a:b.yaml", "x"), 0, 1))
                     .at("locations")
                     .at(0)
                     .at("physicalLocation")
                     .at("artifactLocation")),
            R"({"uri":"a%3Ab.yaml"})");
}

TEST(SarifForm, DescribesWhatHasNoUri) {
  const SourceFile input("-", "x: y\n");
  const SourceFile first("command line", "-:chat", 1);
  const SourceFile second("command line", "a=b", 2);
  const auto run = run_of({mistake(input, 0, 1), mistake(first, 2, 6), mistake(second, 0, 1)});
  EXPECT_EQ(text(run.at("artifacts")), R"([{"description":{"text":"standard input"},"roles":["standardStream"]},)"
                                       R"({"description":{"text":"command line"}}])");
  EXPECT_EQ(text(run.at("results").at(2).at("locations")),
            R"([{"physicalLocation":{"artifactLocation":{"index":1},)"
            R"("region":{"startLine":2,"startColumn":1,"endLine":2,"endColumn":2}}}])");
}

TEST(SarifForm, LinksTheOtherHalvesAndKeepsTextFromBecomingLinksOrPlaceholders) {
  const SourceFile file("a[1].yaml", "x: y\n");
  Diagnostic diagnostic = mistake(file, 3, 4);
  diagnostic.message = "`${params.x}` and `{0}`";
  diagnostic.others = {{{&file, 0, 1}, "declared here"}};
  diagnostic.fixes = {{"write `z`", Applicability::Maybe, {{{&file, 3, 4}, "z"}}}};
  const auto result = result_of(diagnostic);
  EXPECT_EQ(text(result.at("message").at("text")),
            R"("`${params.x}` and `{{0}}`\n[a\\[1\\].yaml:1:1](1): declared here")");
  EXPECT_EQ(result.at("relatedLocations").at(0).at("id"), 1);
  EXPECT_EQ(text(result.at("fixes")),
            R"([{"description":{"text":"write `z`"},"artifactChanges":[{"artifactLocation":{"uri":"a%5B1%5D.yaml"},)"
            R"("replacements":[{"deletedRegion":{"startLine":1,"startColumn":4,"endLine":1,"endColumn":5,)"
            R"("byteOffset":3,"byteLength":1},"insertedContent":{"text":"z"}}]}],)"
            R"("properties":{"applicability":"maybe"}}])");
}

TEST(SarifForm, KeepsItsFingerprintWhenLinesAreAddedAbove) {
  const SourceFile before("a.yaml", "x: y\n");
  const SourceFile after("a.yaml", "# a comment\nx: y\n");
  EXPECT_EQ(result_of(mistake(before, 3, 4)).at("partialFingerprints"),
            result_of(mistake(after, 15, 16)).at("partialFingerprints"));
}

}  // namespace
}  // namespace dynamo
