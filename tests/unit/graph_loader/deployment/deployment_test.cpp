// The small steps of `dynamo import`: how YAML is written, what `$` means, quantities and names. Whole manifests are
// goldens, in tests/golden/import.

#include "graph_loader/deployment/cluster_quantity.h"
#include "graph_loader/deployment/dollar_text.h"
#include "graph_loader/deployment/graph_names.h"
#include "graph_loader/deployment/probe_import.h"
#include "graph_loader/deployment/value_writer.h"
#include "graph_loader/spec/text.h"
#include "graph_loader/yaml/parse.h"
#include "graph_loader/yaml/scalar_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo::deployment {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

/// A text as a value in brackets, as a value and as a key, written and read again.
Value read_again(const Value& value) {
  const SourceFile file("graph.yaml", yaml_text(value));
  DiagnosticList list;
  const auto tree = parse_yaml(file, list);
  EXPECT_EQ(list.errors(), 0U) << file.text();
  return tree ? value_of(*tree->root) : Value();
}

Value in_all_places(const std::string& text) {
  Value value;
  value.add("plain", text_value(text));
  value.add("list", texts_value({text, "next", text}));
  Value inner;
  inner.add("of", text_value(text));
  inner.add("after", texts_value({text}));
  value.add("inner", inner);
  value.add("items", list_value({inner, text_value(text)}));
  return value;
}

TEST(ValueWriter, WritesEveryTextSoThatItIsReadAsTheSame) {
  const std::string long_line(150, 'x');
  const std::vector<std::string> texts = {"",
                                          " ",
                                          "a",
                                          "-",
                                          "--",
                                          "---",
                                          "...",
                                          "-m",
                                          "--model",
                                          "- a",
                                          "-1",
                                          "+1",
                                          "1",
                                          "1.5",
                                          ".5",
                                          "1e3",
                                          "0x1F",
                                          "1_000",
                                          "12:30",
                                          "2026-01-02",
                                          "true",
                                          "No",
                                          "on",
                                          "y",
                                          "null",
                                          "~",
                                          "<<",
                                          "=",
                                          ".inf",
                                          "a: b",
                                          "a:",
                                          ":a",
                                          "a #b",
                                          "a#b",
                                          "#a",
                                          "a,b",
                                          "[a",
                                          "a]",
                                          "{a}",
                                          "?a",
                                          "a?b",
                                          "&a",
                                          "*a",
                                          "!a",
                                          "|",
                                          ">",
                                          "%a",
                                          "@a",
                                          "`a",
                                          "'a'",
                                          "\"a\"",
                                          "it's \"both\"",
                                          "back\\slash",
                                          "a\tb",
                                          "\ttab",
                                          "a\nb",
                                          "a\nb\n",
                                          "a\n\n\nb\n",
                                          "a\n\n",
                                          "\na",
                                          " a\nb",
                                          "a\n  b\nc",
                                          "a \nb",
                                          "a\n \nb",
                                          "a\n\tb",
                                          "a\r\nb",
                                          "trailing ",
                                          "tab\t",
                                          "ü\u2028b",
                                          "\u00A0",
                                          "\u0085",
                                          "\uFEFFx",
                                          "日本語",
                                          std::string("nul\0l", 5),
                                          "\x1B[0m",
                                          "{\"json\": [1, 2]}",
                                          "http://host:80/path?x=1",
                                          "registry/image:1.0",
                                          "$${x}",
                                          long_line,
                                          long_line + " " + long_line,
                                          "words " + long_line + " and  two blanks " + long_line,
                                          "exec python3 -m dynamo.vllm --model a --tensor-parallel-size 2 "
                                          "--max-model-len 4096 --flag '{\"a\": \"b\"}' --last x"};
  for (const std::string& text : texts) {
    SCOPED_TRACE(text);
    const Value value = in_all_places(text);
    EXPECT_EQ(read_again(value), value) << yaml_text(value);
  }
}

TEST(ValueWriter, WritesEveryTextAsAKey) {
  for (const std::string text : {"", "a b", "a: b", "nvidia.com/gpu", "1", "true", "a,b", "a\nb", "<<", "-", "?"}) {
    SCOPED_TRACE(text);
    Value value;
    value.add(text, texts_value({"x"}));
    value.add("other", value);
    EXPECT_EQ(read_again(value), value) << yaml_text(value);
  }
}

TEST(ValueWriter, SpreadsWhatIsLong) {
  Value value;
  value.add("command", texts_value(std::vector<std::string>(20, "--a-flag")));
  EXPECT_EQ(
      yaml_text(value),
      "command: [--a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag,\n"
      "          --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, --a-flag, "
      "--a-flag]\n");
}

TEST(ValueWriter, WritesScriptsAsBlocks) {
  Value value;
  value.add("command", texts_value({"/bin/sh", "-c", "set -e\nexec a\n"}));
  EXPECT_EQ(yaml_text(value), "command:\n  - /bin/sh\n  - -c\n  - |\n    set -e\n    exec a\n");
}

TEST(DollarText, ExpandsReferencesOfKubernetesAndKeepsAllElse) {
  const Expansion known = [](std::string_view name) -> std::optional<std::string> {
    if (name == "MODEL") return "tiny";
    if (name == "TOKEN") return "${env.TOKEN}";
    if (name == "DOLLAR") return "a$";
    return std::nullopt;
  };
  EXPECT_EQ(expanded("--model=$(MODEL)", known), "--model=tiny");
  EXPECT_EQ(expanded("$(TOKEN)", known), "${env.TOKEN}");
  EXPECT_EQ(expanded("$$(MODEL)", known), "$(MODEL)");
  EXPECT_EQ(expanded("$(hostname)", known), "$(hostname)");
  EXPECT_EQ(expanded("$(MODEL", known), "$(MODEL");
  EXPECT_EQ(expanded("${MODEL} $x $", known), "$${MODEL} $x $");
  EXPECT_EQ(expanded("pid $$$$", known), "pid $$$$");
  EXPECT_EQ(expanded("$$$(TOKEN)", known), "$$${env.TOKEN}");
  EXPECT_EQ(expanded("$(DOLLAR){x}", known), "a$${x}");
}

TEST(DollarText, IsReadByTheGraphLanguageAsItWas) {
  for (const std::string text : {"$", "$$", "$$$", "${x}", "$${x}", "a$b", "$$x", "x$", "$(x)", "${params.x}$"}) {
    Node node;
    node.kind = NodeKind::String;
    const std::string written = literal(text);
    node.text = written;
    DiagnosticList list;
    const Text read = read_text(node, list);
    EXPECT_FALSE(read.has_references()) << written;
    EXPECT_EQ(read.as_written(), text) << written;
  }
}

TEST(ClusterQuantity, ReadsCoresMemoryAndCounts) {
  EXPECT_EQ(cpus_of("500m"), "0.5");
  EXPECT_EQ(cpus_of("4"), "4");
  EXPECT_EQ(cpus_of("0"), std::nullopt);
  EXPECT_EQ(cpus_of("four"), std::nullopt);
  EXPECT_EQ(memory_of("32Gi"), "32Gi");
  EXPECT_EQ(memory_of("500k"), "500K");
  EXPECT_EQ(memory_of("1073741824"), "1Gi");
  EXPECT_EQ(memory_of("1e9"), "1G");
  EXPECT_EQ(memory_of("1500"), "1.500K");
  EXPECT_EQ(memory_of("1Pi"), "1024Ti");
  EXPECT_EQ(memory_of("-1"), std::nullopt);
  EXPECT_EQ(count_of("8"), 8);
  EXPECT_EQ(count_of("1500m"), std::nullopt);
  EXPECT_EQ(count_of("-1"), std::nullopt);
}

TEST(GraphNames, AreNamesOfTheGraphLanguage) {
  EXPECT_EQ(graph_name("vllm-disagg", "graph"), "vllm-disagg");
  EXPECT_EQ(graph_name("70b.agg", "graph"), "graph-70b-agg");
  EXPECT_EQ(graph_name("", "graph"), "graph");
  EXPECT_EQ(graph_name("ü", "graph"), "graph");
  EXPECT_THAT(graph_name(std::string(100, 'a'), "graph"), SizeIs(63));
  EXPECT_EQ(camel_case("vllm-v1-disagg_router"), "VllmV1DisaggRouter");
  EXPECT_EQ(camel_case("7b"), "Graph7b");
  std::set<std::string> taken;
  EXPECT_THAT((std::vector{unique_name("a", taken), unique_name("a", taken), unique_name("a", taken)}),
              ElementsAre("a", "a-2", "a-3"));
}

TEST(ProbeImport, WritesSecondsInTheLargestUnitThatFits) {
  EXPECT_EQ(seconds_text(0), "0s");
  EXPECT_EQ(seconds_text(90), "90s");
  EXPECT_EQ(seconds_text(1200), "20m");
  EXPECT_EQ(seconds_text(7200), "2h");
}

TEST(YamlDocuments, AreReadOneByOne) {
  const SourceFile file("deploy.yaml", "# first\n---\na: 1\n---\n\n---\nb: |\n  text\n---\n# end\n");
  DiagnosticList list;
  const auto trees = parse_yaml_documents(file, list);
  ASSERT_TRUE(trees);
  ASSERT_THAT(*trees, SizeIs(2));
  EXPECT_EQ(trees->front().root->entries.front().key->where.start_position(), (Position{3, 1}));
  EXPECT_EQ(trees->back().root->entries.front().value->text, "text\n");
  EXPECT_EQ(trees->back().root->entries.front().key->where.start_position(), (Position{7, 1}));
}

TEST(YamlDocuments, TellTheMistakesOfEach) {
  const SourceFile file("deploy.yaml", "a: [1\n---\nb: 2\n---\n- list\n");
  DiagnosticList list;
  EXPECT_FALSE(parse_yaml_documents(file, list));
  EXPECT_EQ(list.errors(), 2U);
}

}  // namespace
}  // namespace dynamo::deployment
