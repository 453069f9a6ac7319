#include "cli/folder_words.h"

#include "cli/app.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/cli/environment_for_tests.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace dynamo {
namespace {

struct FolderWords : testing::Test {
  FolderWords() {
    world.environment.current_dir = dir.path();
    world.environment.files = &disk;
  }
  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((dir.path() / path).parent_path());
    std::ofstream(dir.path() / path) << text;
  }
  std::optional<std::string> words(const std::string& path) { return folder_words(path, world.environment); }

  test::TempDir dir;
  SystemFileReader disk;
  TestEnvironment world;
};

TEST_F(FolderWords, NameTheGraphFilesIfTheyAreFew) {
  write("one/graph.yaml", "apiVersion: dynamo/v1\n");
  write("one/compose.yaml", "services: {}\n");
  write("one/notes.txt", "dynamo/v1\n");
  EXPECT_EQ(words("one"), "`one` is a folder; the graph file in it is `one/graph.yaml`");
  write("one/b.yml", "apiVersion: dynamo/v1\n");
  EXPECT_EQ(words("one/"), "`one/` is a folder; the graph files in it are `one/b.yml`, `one/graph.yaml`");
  for (const char name : {'1', '2', '3', '4', '5'})
    write(std::string("one/") + name + ".yaml", "apiVersion: dynamo/v1\n");
  EXPECT_EQ(words("one"), "`one` is a folder; name one of the 7 graph files in it");
}

TEST_F(FolderWords, SayWhereThereIsNone) {
  std::filesystem::create_directories(dir.path() / "empty");
  EXPECT_EQ(words("empty"), "`empty` is a folder, and no graph file is in it");
  write("file.yaml", "");
  EXPECT_EQ(words("file.yaml"), std::nullopt);
  EXPECT_EQ(words("missing"), std::nullopt);
  EXPECT_EQ(words(""), std::nullopt);
}

TEST_F(FolderWords, AreToldOfATargetAndAnOverlay) {
  write("one/graph.yaml", "apiVersion: dynamo/v1\n");
  EXPECT_EQ(run_cli({"graph", "validate", "one"}, world.environment), ExitCode::CouldNot);
  EXPECT_EQ(world.err.text(), "error: `one` is a folder; the graph file in it is `one/graph.yaml`\n");
  TestEnvironment other;
  other.environment.current_dir = dir.path();
  EXPECT_EQ(run_cli({"graph", "validate", "g.yaml", "-f", "one"}, other.environment), ExitCode::CouldNot);
  EXPECT_EQ(other.err.text(), "error: `one` is a folder, and no graph file is in it\n");
}

TEST_F(FolderWords, AreToldOfTheCurrentFolder) {
  write("graph.yaml", "apiVersion: dynamo/v1\n");
  const std::vector<std::vector<std::string>> commands = {{"graph", "validate", "."}, {"graph", "list", "."}};
  for (const std::vector<std::string>& command : commands) {
    TestEnvironment other;
    other.environment.current_dir = dir.path();
    other.environment.files = &disk;
    EXPECT_EQ(run_cli(command, other.environment), ExitCode::CouldNot);
    EXPECT_EQ(other.err.text(), "error: `.` is a folder; the graph file in it is `./graph.yaml`\n");
  }
}

TEST_F(FolderWords, DoNotHideAGraphOfThatName) {
  write("one/graph.yaml", "apiVersion: dynamo/v1\n");
  TestEnvironment other;
  other.environment.current_dir = dir.path();
  other.files.files["graph.yaml"] =
      "apiVersion: dynamo/v1\ncomponents: {A: {command: [a]}}\nspecs: {S: {entry: a, slots: {a: A = A}}}\n"
      "graphs: {one: {spec: S}}\n";
  EXPECT_EQ(run_cli({"graph", "validate", "one"}, other.environment), ExitCode::Good);
}

}  // namespace
}  // namespace dynamo
