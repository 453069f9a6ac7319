#include "cli/diagnostics/fixes.h"

#include "tests/support/temp_dir.h"
#include "tests/unit/cli/environment_for_tests.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dynamo {
namespace {

namespace fs = std::filesystem;

using Lines = std::vector<std::string>;

TEST(Edited, MakesReplacementsInsertionsAndDeletionsInOrder) {
  const SourceFile file("a.yaml", "one two three");
  const auto place = [&](std::uint32_t begin, std::uint32_t end) { return Span{&file, begin, end}; };
  EXPECT_EQ(edited(file.text(), {{place(8, 13), "3"}, {place(0, 0), "0 "}, {place(3, 7), ""}}), "0 one 3");
  EXPECT_EQ(edited(file.text(), {{place(0, 3), "1"}, {place(3, 4), "-"}}), "1-two three");
  EXPECT_EQ(edited(file.text(), {}), "one two three");
  EXPECT_EQ(edited("", {}), "");
}

struct Fixes : testing::Test {
  Fixing fix(std::vector<std::string> arguments = {"graph.yaml"}, std::vector<std::string> overlays = {}) {
    LoadRequest request;
    request.arguments = std::move(arguments);
    request.overlays = std::move(overlays);
    return fix_mistakes(request, files);
  }
  FilesInMemory files;
};

TEST_F(Fixes, GoOnAfterAMistakeThatHidTheOthers) {
  files.files["graph.yaml"] = "components:\n\tA: {comand: [a]}\n";
  const Fixing fixing = fix();
  EXPECT_TRUE(fixing.loading.diagnostics.empty());
  EXPECT_EQ(fixing.fixed, 3U);
  ASSERT_EQ(fixing.files.size(), 1U);
  const EditedFile& file = fixing.files.at("graph.yaml");
  EXPECT_EQ(file.before, files.files["graph.yaml"]);
  EXPECT_EQ(file.after, "apiVersion: dynamo/v1\ncomponents:\n  A: {command: [a]}\n");
  EXPECT_EQ(file.edits, (Lines{"graph.yaml:2:1: DG0002: write two spaces for each tab",
                               "graph.yaml:1:1: DG0105: add `apiVersion: dynamo/v1`",
                               "graph.yaml:2:7: DG0101: `comand` -> `command`"}));
}

TEST_F(Fixes, AreToldWhereTheirDiagnosticIs) {
  const SourceFile file("a.yaml", "a: [b, c]\n");
  Diagnostic diagnostic;
  diagnostic.code = codes::defined_twice;
  diagnostic.primary.where = {&file, 7, 8};
  const Edit edit{{&file, 5, 8}, ""};
  EXPECT_EQ(edit_in_words(diagnostic, {"leave out `c`", Applicability::Machine, {edit}}, edit),
            "a.yaml:1:8: DG0205: leave out `c`");
  const SourceFile other("b.yaml", "x");
  const Edit elsewhere{{&other, 0, 1}, "y"};
  EXPECT_EQ(edit_in_words(diagnostic, {"write `y`", Applicability::Machine, {elsewhere}}, elsewhere),
            "b.yaml:1:1: DG0205: `x` -> `y`");
}

TEST_F(Fixes, ReachImportsAndOverlays) {
  files.files["graph.yaml"] = "apiVersion: dynamo/v1\nimports: [parts/a.yaml]\ncomponents: {B: {command: [b]}}\n";
  files.files["parts/a.yaml"] = "apiVersion: dynamo/v1\ncomponents: {A: {comand: [a]}}\n";
  files.files["dev.yaml"] = "components: {B: {restart: allways}}\n";
  const Fixing fixing = fix({"graph.yaml"}, {"dev.yaml"});
  EXPECT_EQ(fixing.loading.count(Severity::Error), 0U);
  ASSERT_EQ(fixing.files.size(), 2U);
  EXPECT_EQ(fixing.files.at("parts/a.yaml").after, "apiVersion: dynamo/v1\ncomponents: {A: {command: [a]}}\n");
  EXPECT_EQ(fixing.files.at("dev.yaml").after, "apiVersion: dynamo/v1\ncomponents: {B: {restart: always}}\n");
}

TEST_F(Fixes, ReadAFileOnceThatIsImportedTwice) {
  files.files["graph.yaml"] = "apiVersion: dynamo/v1\nimports: [{file: a.yaml, as: one}, {file: a.yaml, as: two}]\n";
  files.files["a.yaml"] = "apiVersion: dynamo/v1\ncomponents: {A: {comand: [a]}}\n";
  const Fixing fixing = fix();
  EXPECT_EQ(fixing.loading.count(Severity::Error), 0U);
  EXPECT_EQ(fixing.files.at("a.yaml").after, "apiVersion: dynamo/v1\ncomponents: {A: {command: [a]}}\n");
  EXPECT_EQ(fixing.files.at("a.yaml").edits.size(), 1U);
}

TEST_F(Fixes, LeaveGuessesToPeople) {
  files.files["graph.yaml"] = "apiVersion: dynamo/v1\ncomponents: {A: {command: [a], replicas: 4..1}}\n";
  const Fixing fixing = fix();
  EXPECT_EQ(fixing.fixed, 0U);
  EXPECT_TRUE(fixing.files.empty());
  EXPECT_TRUE(fixing.left_out.empty());
  EXPECT_EQ(fixing.loading.count(Severity::Error), 1U);
}

TEST_F(Fixes, NeverMakeThingsWorse) {
  // `Basci` can only be `Basic`, but that extends this one. The other mistake is mended all the same.
  files.files["graph.yaml"] =
      "apiVersion: dynamo/v1\n"
      "components:\n"
      "  Basic: {extends: Derived, command: [b]}\n"
      "  Derived: {extends: Basci}\n"
      "  Web: {comand: [w]}\n";
  const Fixing fixing = fix();
  EXPECT_EQ(fixing.fixed, 1U);
  EXPECT_EQ(fixing.left_out, (Lines{"graph.yaml:4:22: DG0201: `Basci` -> `Basic`: would make it worse"}));
  EXPECT_NE(fixing.files.at("graph.yaml").after.find("{command: [w]}"), std::string::npos);
  EXPECT_NE(fixing.files.at("graph.yaml").after.find("Basci"), std::string::npos);
}

TEST_F(Fixes, CannotWriteStandardInputOrTheCommandLine) {
  files.files["-"] = "apiVersion: dynamo/v1\ncomponents: {A: {comand: [a]}}\n";
  const Fixing fixing = fix({"-"});
  EXPECT_EQ(fixing.fixed, 0U);
  EXPECT_TRUE(fixing.files.empty());
  EXPECT_EQ(fixing.left_out, (Lines{"-:2:18: DG0101: `comand` -> `command`: standard input cannot be written"}));
  EXPECT_EQ(fixing.loading.count(Severity::Error), 1U);
}

TEST_F(Fixes, SayWhenThereIsNothingToRead) {
  const Fixing fixing = fix({"nothing.yaml"});
  EXPECT_TRUE(fixing.loading.unreadable);
  EXPECT_EQ(fixing.fixed, 0U);
}

TEST_F(Fixes, EndAfterAsManyRoundsAsThereAreMistakes) {
  std::string text = "apiVersion: dynamo/v1\ncomponents:\n";
  for (int at = 0; at < 200; ++at) text += "  C" + std::to_string(at) + ": {comand: [c], runtimee: process}\n";
  files.files["graph.yaml"] = text;
  const Fixing fixing = fix();
  EXPECT_EQ(fixing.fixed, 400U);
  EXPECT_EQ(fixing.loading.count(Severity::Error), 0U);
}

TEST_F(Fixes, PutApiVersionAboveTheCommentOfTheFirstKey) {
  const auto fixed = [&](const std::string& text) {
    files.files["graph.yaml"] = text;
    return fix().files.at("graph.yaml").after;
  };
  const std::string key = "components: {A: {command: [a]}}\n";
  const std::string version = "apiVersion: dynamo/v1\n";
  EXPECT_EQ(fixed("# Copyright\n\n# The components\n# of the team.\n" + key),
            "# Copyright\n\n" + version + "# The components\n# of the team.\n" + key);
  EXPECT_EQ(fixed("# A chat service.\n" + key), "# A chat service.\n" + version + key);
  EXPECT_EQ(fixed("# A chat service.\n\n" + key), "# A chat service.\n\n" + version + key);
  EXPECT_EQ(fixed("\xEF\xBB\xBF# a\r\n\r\n  # b\r\n  " + key),
            "\xEF\xBB\xBF# a\r\n\r\n  apiVersion: dynamo/v1\r\n  # b\r\n  " + key);
}

TEST_F(Fixes, GoOnWhereAFileCannotBeWritten) {
  files.files["graph.yaml"] = "apiVersion: dynamo/v1\nimports: [a.yaml]\ncomponents: {B: {comand: [b]}}\n";
  files.files["a.yaml"] = "apiVersion: dynamo/v1\ncomponents: {A: {comand: [a]}}\n";
  LoadRequest request;
  request.arguments = {"graph.yaml"};
  Lines written;
  const Fixing fixing = fix_mistakes(request, files, [&](const std::string& path, const EditedFile&) {
    if (path == "a.yaml") return std::optional<std::string>("cannot write `a.yaml`: Permission denied");
    written.push_back(path);
    return std::optional<std::string>();
  });
  EXPECT_EQ(written, (Lines{"graph.yaml"}));
  EXPECT_EQ(fixing.fixed, 1U);
  EXPECT_EQ(fixing.files.size(), 1U);
  EXPECT_EQ(fixing.unwritten, (Lines{"cannot write `a.yaml`: Permission denied"}));
  ASSERT_EQ(fixing.loading.diagnostics.size(), 1U);
  EXPECT_EQ(fixing.loading.diagnostics.front().primary.where.file->name(), "a.yaml");
}

TEST(FixesOnDisk, WriteAFileOnceThatHasSeveralNames) {
  const test::TempDir folder;
  const auto path = [&](const char* name) { return (folder.path() / name).string(); };
  folder.write("a.yaml", "apiVersion: dynamo/v1\ncomponents: {A: {comand: [a]}}\n");
  fs::create_hard_link(path("a.yaml"), path("hard.yaml"));
  fs::create_symlink("a.yaml", path("link.yaml"));
  folder.write("graph.yaml",
               "apiVersion: dynamo/v1\n"
               "imports: [a.yaml, {file: hard.yaml, as: hard}, {file: link.yaml, as: link}]\n");
  LoadRequest request;
  request.arguments = {path("graph.yaml")};
  SystemFileReader disk;
  Lines written;
  const Fixing fixing = fix_mistakes(request, disk, [&](const std::string& name, const EditedFile&) {
    written.push_back(name);
    return std::optional<std::string>();
  });
  EXPECT_EQ(written, (Lines{path("a.yaml")}));
  EXPECT_EQ(fixing.fixed, 1U);
  EXPECT_EQ(fixing.loading.count(Severity::Error), 0U);
}

}  // namespace
}  // namespace dynamo
