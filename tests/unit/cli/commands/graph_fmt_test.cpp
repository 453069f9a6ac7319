// `dynamo graph fmt` over files in memory: what it writes where, what it says, and its exit codes.

#include "cli/app.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/cli/environment_for_tests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace dynamo {
namespace {

using testing::HasSubstr;

constexpr auto untidy = "apiVersion: dynamo/v1\ngraphs: {g: {bind: {a: B}, spec: S}}   # one\n";
constexpr auto tidy = "apiVersion: dynamo/v1\ngraphs:  # one\n  g: {spec: S, bind: {a: B}}\n";

class GraphFmt : public testing::Test {
 protected:
  int fmt(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"graph", "fmt"});
    return static_cast<int>(run_cli(arguments, world.environment));
  }
  std::string& file(const std::string& name) { return world.files.files[name]; }
  [[nodiscard]] std::string out() const { return world.out.text(); }
  [[nodiscard]] std::string err() const { return world.err.text(); }

  TestEnvironment world;
};

TEST_F(GraphFmt, RewritesFilesAndNamesThoseThatItChanged) {
  file("a.yaml") = untidy;
  file("b.yaml") = tidy;
  EXPECT_EQ(fmt({"a.yaml", "b.yaml"}), 0);
  EXPECT_EQ(file("a.yaml"), tidy);
  EXPECT_EQ(file("b.yaml"), tidy);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(err(), "a.yaml: formatted\n");
}

TEST_F(GraphFmt, TakesGraphYamlWhereNoFileIsNamed) {
  file("graph.yaml") = untidy;
  EXPECT_EQ(fmt({"-q"}), 0);
  EXPECT_EQ(file("graph.yaml"), tidy);
  EXPECT_EQ(err(), "");
}

TEST_F(GraphFmt, WritesStandardInputToStandardOutput) {
  file("-") = untidy;
  EXPECT_EQ(fmt({"-"}), 0);
  EXPECT_EQ(out(), tidy);
  EXPECT_EQ(err(), "");
  EXPECT_EQ(file("-"), untidy);
}

TEST_F(GraphFmt, ChecksWithoutWriting) {
  file("a.yaml") = untidy;
  file("b.yaml") = tidy;
  EXPECT_EQ(fmt({"--check", "a.yaml", "b.yaml"}), 1);
  EXPECT_EQ(file("a.yaml"), untidy);
  EXPECT_EQ(out(), "a.yaml\n");
  EXPECT_EQ(err(), "1 file is not in canonical form; `dynamo graph fmt FILE` changes it\n");
}

TEST_F(GraphFmt, ChecksSilentlyWhatIsInForm) {
  file("b.yaml") = tidy;
  EXPECT_EQ(fmt({"--check", "b.yaml"}), 0);
  EXPECT_EQ(out() + err(), "");
}

TEST_F(GraphFmt, ShowsWhatWouldChange) {
  file("a.yaml") = untidy;
  const std::string diff =
      "--- a.yaml\n+++ a.yaml\tformatted\n@@ -1,2 +1,3 @@\n apiVersion: dynamo/v1\n"
      "-graphs: {g: {bind: {a: B}, spec: S}}   # one\n+graphs:  # one\n+  g: {spec: S, bind: {a: B}}\n";
  EXPECT_EQ(fmt({"--diff", "a.yaml"}), 0);
  EXPECT_EQ(out(), diff);
  EXPECT_EQ(file("a.yaml"), untidy);
  EXPECT_EQ(fmt({"--diff", "--check", "-q", "a.yaml"}), 1);
  EXPECT_EQ(out(), diff + diff);
  EXPECT_EQ(err(), "");
}

TEST_F(GraphFmt, ReportsWhatCannotBeReadAndGoesOn) {
  file("a.yaml") = "a: [b\n";
  file("b.yaml") = untidy;
  EXPECT_EQ(fmt({"a.yaml", "b.yaml"}), 1);
  EXPECT_EQ(file("a.yaml"), "a: [b\n");
  EXPECT_EQ(file("b.yaml"), tidy);
  EXPECT_THAT(err(), HasSubstr("error[DG0001]"));
  EXPECT_THAT(err(), HasSubstr("b.yaml: formatted\n"));
}

TEST_F(GraphFmt, FailsForFilesThatAreNotThere) {
  file("b.yaml") = untidy;
  EXPECT_EQ(fmt({"--check", "nowhere.yaml", "b.yaml"}), 3);
  EXPECT_THAT(err(), HasSubstr("error: cannot read `nowhere.yaml`: No such file or directory\n"));
  EXPECT_EQ(out(), "b.yaml\n");
}

TEST_F(GraphFmt, SaysThatNothingIsLostWhereItCannotWrite) {
  file("a.yaml") = untidy;
  world.environment.replace_file = [](const auto&...) { return "cannot write `a.yaml`: Permission denied"; };
  EXPECT_EQ(fmt({"a.yaml"}), 3);
  EXPECT_EQ(err(), "error: cannot write `a.yaml`: Permission denied; the file is as it was\n");
}

TEST_F(GraphFmt, TakesFoldersForTheGraphFilesBelowThem) {
  const test::TempDir folder;
  const auto write = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder.path() / name).parent_path());
    file((folder.path() / name).string()) = text;
    folder.write(name, text);
  };
  write("b.yaml", untidy);
  write("parts/a.yml", untidy);
  write("parts/broken.yaml", "\"apiVersion\": dynamo/v1\na: [b\n");
  write("kubernetes.yaml", "apiVersion: v1\nkind:   Pod\n");
  write("notes.yaml", "doc:   |\n  apiVersion: dynamo/v1\n");
  write("c.txt", untidy);
  write(".hidden/a.yaml", untidy);
  write("build/a.yaml", untidy);
  const std::string root = folder.path().string();
  EXPECT_EQ(fmt({"--check", root}), 1);
  EXPECT_EQ(out(), root + "/b.yaml\n" + root + "/parts/a.yml\n");
  EXPECT_EQ(fmt({root}), 1);
  EXPECT_THAT(err(), HasSubstr(root + "/b.yaml: formatted\n" + root + "/parts/a.yml: formatted\n"));
  EXPECT_THAT(err(), HasSubstr("broken.yaml:2:4"));
  EXPECT_EQ(file(root + "/parts/a.yml"), tidy);
  EXPECT_EQ(file(root + "/build/a.yaml"), untidy);
}

TEST_F(GraphFmt, SaysWhereAFolderHoldsNoGraphFile) {
  const test::TempDir folder;
  EXPECT_EQ(fmt({folder.path().string()}), 0);
  EXPECT_EQ(err(), folder.path().string() + ": no graph file below this folder\n");
}

}  // namespace
}  // namespace dynamo
