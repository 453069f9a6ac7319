// The search for graph files in a folder: what it leaves out, where it ends, and what it says then.

#include "cli/lsp/workspace_files.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dynamo::lsp {
namespace {

constexpr std::string_view graph = "apiVersion: dynamo/v1\nimports: [lib.yaml]\n";

class GraphFilesTest : public testing::Test {
 protected:
  std::vector<std::string> search(GraphFiles& files) const {
    files.search({folder()});
    std::vector<std::string> result;
    for (const auto& [path, file] : files.found()) result.push_back(path.substr(folder().size() + 1));
    return result;
  }
  [[nodiscard]] std::string folder() const { return std::filesystem::canonical(dir_.path()).string(); }

  test::TempDir dir_;
};

TEST_F(GraphFilesTest, AreFoundAndNoOthers) {
  for (const char* name : {"a.yaml", "b/c.yml", ".git/d.yaml", "venv/e.yaml", "x/target/f.yaml", "g.txt"}) {
    dir_.write(name, graph);
  }
  dir_.write("pod.yaml", "apiVersion: v1\nkind: Pod\n");
  dir_.write("words.yaml", "name: dynamo\n");
  GraphFiles files;
  EXPECT_EQ(search(files), (std::vector<std::string>{"a.yaml", "b/c.yml"}));
  EXPECT_EQ(files.ended_early(), std::nullopt);
  EXPECT_EQ(files.found().begin()->second->facts.imports, (std::vector<std::string>{folder() + "/lib.yaml"}));
  EXPECT_FALSE(files.found().begin()->second->broken);
}

TEST_F(GraphFilesTest, AreReadAgainWhenTheyChange) {
  dir_.write("a.yaml", graph);
  GraphFiles files;
  EXPECT_EQ(search(files).size(), 1U);
  dir_.write("a.yaml", std::string(graph) + "graphs: {\n");
  EXPECT_EQ(search(files).size(), 1U);
  EXPECT_TRUE(files.found().begin()->second->broken);
  EXPECT_EQ(files.found().begin()->second->facts.imports.size(), 1U);
  dir_.write("a.yaml", "apiVersion: v1\n");
  EXPECT_TRUE(search(files).empty());
  EXPECT_EQ(files.look_at(folder() + "/none.yaml"), nullptr);
}

TEST_F(GraphFilesTest, SayWhereTheSearchEnded) {
  for (int number = 0; number < 5; ++number) dir_.write("f" + std::to_string(number) + ".yaml", graph);
  dir_.write("a/b/c/d.yaml", graph);
  GraphFiles few({.files = 3});
  EXPECT_EQ(search(few).size(), 3U);
  EXPECT_EQ(few.ended_early(), "the search in `" + folder() + "` ended after 3 graph files");
  GraphFiles short_walk({.entries = 4});
  search(short_walk);
  EXPECT_EQ(short_walk.ended_early(), "the search in `" + folder() + "` ended after 4 files and folders");
  GraphFiles flat({.depth = 2});
  EXPECT_EQ(search(flat).size(), 5U);
  EXPECT_EQ(flat.ended_early(), "the search in `" + folder() + "` went down 2 folders and no further");
}

TEST_F(GraphFilesTest, BehindALinkAreOneFile) {
  dir_.write("a.yaml", graph);
  std::filesystem::create_symlink("a.yaml", dir_.path() / "link.yaml");
  GraphFiles files;
  EXPECT_EQ(search(files), (std::vector<std::string>{"a.yaml"}));
}

}  // namespace
}  // namespace dynamo::lsp
