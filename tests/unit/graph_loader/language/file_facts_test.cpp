// What is said about a file at a glance, and which one is laid over which.

#include "graph_loader/language/file_facts.h"
#include "graph_loader/language/analysis.h"
#include "graph_loader/language/readable_text.h"
#include "tests/support/memory_files.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {
namespace {

FileFacts facts(std::string_view text) {
  const ReadableText readable = make_readable(text, std::nullopt, {});
  return facts_of("/a/g.yaml", text, readable.parsed == nullptr ? nullptr : &*readable.parsed->tree);
}

TEST(FileFacts, KnowTheImportsWithoutReadingThem) {
  EXPECT_EQ(facts("imports: [b.yaml, {file: ../c.yaml, as: c}, 5, ]\n").imports,
            (std::vector<std::string>{"/a/b.yaml", "/c.yaml"}));
  EXPECT_TRUE(facts("imports: {").imports.empty());
  // Of a graph file that cannot be read, whatever it names.
  EXPECT_EQ(facts("apiVersion: dynamo/v1\nimports: [b.yaml]\n}: {\n}: {\n}: {\n}: {\n}: {\n}: {\n}: {\n}: {\n").imports,
            (std::vector<std::string>{"/a/b.yaml"}));
}

TEST(FileFacts, TellAGraphFileFromOtherYaml) {
  using Kind = FileFacts::Kind;
  for (const std::string_view text :
       {"# x\napiVersion: dynamo/v1\n", "apiVersion: 'dynamo/v2'\r\n", "apiVersion: dynamo/v1\nnope: 1\n",
        "apiVersion: dyn", "apiVersion: dynamo\ncomponens: {}\n",
        // What is misspelled beside it, or how it is written, makes no difference.
        "\"apiVersion\": dynamo/v1\ncomponens: {}\n", "apiVersion : dynamo/v1\ncomponens: {}\n",
        "apiVersion: &v dynamo/v1\ncomponens: {}\n", "{apiVersion: dynamo/v1, componens: {}}\n",
        "apiVersion:\n  dynamo/v1\ncomponens: {}\n", "apiVersoin: dynamo/v1\ncomponents: {C: {command: x}}\n",
        "apiVersion: Dynamo/v1\ncomponents: {}\n", "apiVersion: dynamo/v1\ncomponents: {\n",
        // It says nothing, and can be nothing else.
        "components: {C: {command: [x]}}\n", "graphs: {g: {spec: S}}\nspecs: {S: {slots: {a: B}}}\n",
        "componets: {}\ngraphs: {g: {spec: S}}\n", "# dynamo: overlay of graph.yaml\n"}) {
    EXPECT_EQ(facts(text).kind, Kind::Graph) << text;
  }
  for (const std::string_view text :
       {"", "# only a comment\n", "---\n", "api", "name\n", "apiVersion: ", "apiVersion: d", "graphs: {",
        "components:\n  A: {", "x-a: 1\nspecs: {}\n", "imports: [a.yaml]\n"}) {
    EXPECT_EQ(facts(text).kind, Kind::Undecided) << text;
  }
  for (const std::string_view text :
       {"apiVersion: v1\nkind: Pod\n", "services: {}\n", "openapi: 3.1.0\ncomponents: {}\n", "on: push\njobs: {}\n",
        "apiVersion: apps/v1\n", "- hosts: all\n", "- hosts: all\n  tasks: []\n", "---\n- a\n- b\n", "[a, b]\n",
        "components: [../base]\nresources: [x.yaml]\n", "components:\n  - ../base\n",
        "imports:\n  - {resource: services.yaml}\n", "components: {schemas: {Pet: {type: object}}}\n",
        "image: dynamo/worker\n"}) {
    EXPECT_EQ(facts(text).kind, Kind::Foreign) << text;
  }
}

TEST(FileFacts, KnowTheBaseThatACommentNames) {
  EXPECT_EQ(facts("# a\n\n#dynamo: overlay of ../base.yaml\napiVersion: dynamo/v1\n").overlay_of, "/base.yaml");
  EXPECT_EQ(facts("# dynamo: overlay of `b c.yaml`\n").overlay_of, "/a/b c.yaml");
  EXPECT_EQ(facts("apiVersion: dynamo/v1\n# dynamo: overlay of b.yaml\n").overlay_of, "");
  EXPECT_EQ(facts("# dynamo: overlays of b.yaml\n# an overlay of b.yaml\n").overlay_of, "");
}

TEST(Overlays, AreGuessedFromWhatTheyLack) {
  testing::MemoryFiles files{{"/b.yaml",
                              "apiVersion: dynamo/v1\n"
                              "components: {A: {command: [a]}, B: {command: [b]}, C: {extends: B}}\n"
                              "specs: {S: {entry: s, slots: {s: A = A}}}\ngraphs: {g: {spec: S}}\n"}};
  const Analysis base({"/b.yaml"}, files);
  const auto common = [&](std::string_view text) {
    return names_in_common(facts("apiVersion: dynamo/v1\n" + std::string(text)), base.spec());
  };
  EXPECT_EQ(common("components: {A: {env: {X: y}}}\n"), 1U);
  EXPECT_EQ(common("components: {A: {env: {X: y}}, B: }\ngraphs: {g: {bind: {s: B}}}\n"), 3U);
  EXPECT_EQ(common("components: {A: {env: {X: y}}, C: {extends: A}}\n"), 2U);
  EXPECT_EQ(common("components: {A: {env: {X: y}}, Typo: {env: {}}}\n"), 1U);  // it will be told that there is none
  // Another graph file, in which something is being typed.
  EXPECT_EQ(common("components: {A: {command: [x]}, B: {command: [x]}, C: {}}\n"), std::nullopt);
  EXPECT_EQ(common("components: {A: {env: {X: y}}, New: {command: [x]}}\n"), std::nullopt);
  EXPECT_EQ(common("imports: [x.yaml]\ncomponents: {A: {env: {X: y}}}\n"), std::nullopt);
  EXPECT_EQ(common("components: {Other: {env: {X: y}}}\n"), std::nullopt);
  EXPECT_EQ(common("graphs: {A: {bind: {}}}\n"), std::nullopt);  // a component has this name
  EXPECT_EQ(common(""), std::nullopt);
}

}  // namespace
}  // namespace dynamo
