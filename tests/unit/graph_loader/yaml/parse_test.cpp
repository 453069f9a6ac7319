#include "graph_loader/yaml/parse.h"
#include "graph_loader/yaml/limits.h"
#include "graph_loader/yaml/syntax_tree.h"

#include "tests/support/annotated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

using testing::Annotated;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::range_of;
using ::testing::SizeIs;

/// A file that was read, with everything that was reported, in the order in which it was reported.
struct Read final : DiagnosticSink {
  explicit Read(std::string text) : file("graph.yaml", std::move(text)) { tree = parse_yaml(file, *this); }
  void report(Diagnostic diagnostic) override { reported.push_back(std::move(diagnostic)); }

  SourceFile file;
  std::vector<Diagnostic> reported;
  std::optional<SyntaxTree> tree;
};

/// "servers.0.name": keys and indexes from the root; `key:` in front of the last step means the key itself.
const Node* walk(const Node* node, std::string_view path) {
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    std::string_view step = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    if (node->is_sequence()) {
      const auto index = static_cast<std::size_t>(std::stoul(std::string(step)));
      node = index < node->items.size() ? node->items[index] : nullptr;
      continue;
    }
    const bool key = step.starts_with("key:");
    if (key) step.remove_prefix(4);
    const Entry* entry = node->find(step);
    if (entry == nullptr) return nullptr;
    node = key ? entry->key : entry->value;
  }
  return node;
}

/// The tree in one line: {a: [b, 1]} with the kind of each scalar in front: s, S (quoted), n, b, i, f.
std::string show(const Node& node) {
  if (node.is_sequence()) {
    std::string result = "[";
    for (const Node* item : node.items) result += (result.size() > 1 ? ", " : "") + show(*item);
    return result + "]";
  }
  if (node.is_mapping()) {
    std::string result = "{";
    for (const Entry& entry : node.entries) {
      result += (result.size() > 1 ? ", " : "") + show(*entry.key) + ": " + show(*entry.value);
    }
    return result + "}";
  }
  const std::string kind(1, node.quoted ? 'S' : "nbifs"[static_cast<int>(node.kind)]);
  return kind + "'" + std::string(node.text) + "'";
}

std::string show(std::string text) {
  const Read read(std::move(text));
  std::string result;
  for (const Diagnostic& one : read.reported) result += one.code.text() + " " + one.message + "; ";
  return read.tree ? result + show(*read.tree->root) : result;
}

/// The codes and places that are reported for the text, which marks all of them in order.
void expect_reported(std::string_view marked, const std::vector<std::string>& codes, bool gives_tree) {
  SCOPED_TRACE(marked);
  const Annotated yaml(marked);
  const Read read(yaml.text());
  ASSERT_THAT(read.reported, SizeIs(codes.size()));
  ASSERT_THAT(yaml.ranges(), SizeIs(codes.size()));
  for (std::size_t index = 0; index < codes.size(); ++index) {
    EXPECT_EQ(read.reported[index].code.text(), codes[index]);
    EXPECT_EQ(range_of(read.reported[index].primary.where), yaml.range(index));
    EXPECT_FALSE(read.reported[index].message.empty());
  }
  EXPECT_EQ(read.tree.has_value(), gives_tree);
}

std::string repeated(std::string_view part, int times) {
  std::string result;
  for (int count = 0; count < times; ++count) result += part;
  return result;
}

// What is read.

TEST(YamlSyntax, ReadsScalarsMappingsAndSequencesInBothStyles) {
  EXPECT_EQ(show("a: b"), "{s'a': s'b'}");
  EXPECT_EQ(show("a:\n  b: [c, {d: e}]\n  f:\n  - g\n  - - h\n    - i\n"),
            "{s'a': {s'b': [s'c', {s'd': s'e'}], s'f': [s'g', [s'h', s'i']]}}");
  EXPECT_EQ(show("\xEF\xBB\xBF"
                 "a:\n b\nc:\n- d\n-\n e\n-\n  - f\n"),
            "{s'a': s'b', s'c': [s'd', s'e', [s'f']]}");
  EXPECT_EQ(show("a: []\nb: {}\n"), "{s'a': [], s'b': {}}");
  EXPECT_EQ(show("? a\n: b\n? c\nd: e\n? f\n"), "{s'a': s'b', s'c': n'', s'd': s'e', s'f': n''}");
  EXPECT_EQ(show("x: [a: b, ? c : d, e]\n"), "{s'x': [{s'a': s'b'}, {s'c': s'd'}, s'e']}");
  EXPECT_EQ(show("x: {a, b: c, \"d\":e, f: , g: [h,],}\n"),
            "{s'x': {s'a': n'', s'b': s'c', S'd': s'e', s'f': n'', s'g': [s'h']}}");
  EXPECT_EQ(show("x: [\n  a, # one\n  b # two\n  ]\n"), "{s'x': [s'a', s'b']}");
}

TEST(YamlSyntax, KeepsTheTextOfAScalarWithoutQuotesEscapesAndFolding) {
  EXPECT_EQ(show("a: 'it''s'"), "{s'a': S'it's'}");
  EXPECT_EQ(show(R"(a: "q\"\\\u00e9\n\x41")"), "{s'a': S'q\"\\é\nA'}");
  EXPECT_EQ(show("a: b\n  c\n\n  d # e\nf: g"), "{s'a': s'b c\nd', s'f': s'g'}");
  EXPECT_EQ(show("a: \"b\n  c\""), "{s'a': S'b c'}");
  EXPECT_EQ(show("a: |\n  b\n   c\n\n# d\ne: >-\n  f\n  g\n"), "{s'a': S'b\n c\n', s'e': S'f g'}");
  EXPECT_EQ(show("a: |2-\n   b"), "{s'a': S' b'}");
  EXPECT_EQ(show("a: b#c\nd: http://e:80/f?g\nh: -i"), "{s'a': s'b#c', s'd': s'http://e:80/f?g', s'h': s'-i'}");
}

TEST(YamlSyntax, TextThatStandsInTheFileIsNotCopied) {
  const Read read("a: plain\nb: 'single'\nc: \"double\"\nd: [e, f]\ng: null\n");
  ASSERT_TRUE(read.tree);
  EXPECT_THAT(read.tree->texts, IsEmpty());
  for (const Node& node : read.tree->nodes) {
    if (node.text.empty()) continue;
    EXPECT_GE(node.text.data(), read.file.text().data());
    EXPECT_LT(node.text.data(), read.file.text().data() + read.file.text().size());
  }
}

TEST(YamlSyntax, KnowsWhereAnchorsAndAliasesStand) {
  const Annotated yaml("a: «&x» {b: 1}\nc: [d, «*x», «&y» e]\n«&k» f: «*y»\ng: {«*k» : h}\n");
  const Read read(yaml.text());
  ASSERT_TRUE(read.tree);
  const SyntaxTree& tree = *read.tree;
  ASSERT_THAT(tree.anchors, SizeIs(3));
  EXPECT_EQ(tree.anchors[0].node, walk(tree.root, "a"));
  EXPECT_EQ(range_of(tree.anchors[0].where), yaml.range(0));
  EXPECT_EQ(tree.anchors[1].node, walk(tree.root, "c.2"));
  EXPECT_EQ(range_of(tree.anchors[1].where), yaml.range(2));
  EXPECT_EQ(tree.anchors[2].node, walk(tree.root, "key:f"));
  EXPECT_EQ(range_of(tree.anchors[2].where), yaml.range(3));
  ASSERT_THAT(tree.aliases, SizeIs(3));
  EXPECT_EQ(tree.aliases[0].holder, walk(tree.root, "c"));
  EXPECT_EQ(tree.aliases[0].index, 1U);
  EXPECT_EQ(range_of(tree.aliases[0].where), yaml.range(1));
  EXPECT_EQ(tree.aliases[1].holder, tree.root);
  EXPECT_EQ(tree.aliases[1].index, 2U);
  EXPECT_FALSE(tree.aliases[1].key);
  EXPECT_EQ(tree.aliases[2].holder, walk(tree.root, "g"));
  EXPECT_TRUE(tree.aliases[2].key);
  EXPECT_EQ(range_of(tree.aliases[2].where), yaml.range(5));
}

TEST(YamlSyntax, TheTreeMayBeMoved) {
  Read read("a: {b: [c, \"d\\n\"]}\n");
  ASSERT_TRUE(read.tree);
  const SyntaxTree moved = std::move(*read.tree);
  EXPECT_EQ(show(*moved.root), "{s'a': {s'b': [s'c', S'd\n']}}");
}

TEST(YamlSyntax, AcceptsMarkersDirectivesAndComments) {
  EXPECT_EQ(show("%YAML 1.1\n---\na: b\n"), "{s'a': s'b'}");
  EXPECT_EQ(show("%TAG ! tag:example.org,2026:\n---\na: b\n"), "{s'a': s'b'}");
  EXPECT_EQ(show("# x\n--- # y\na: b\n...\n# z\n"), "{s'a': s'b'}");
  EXPECT_EQ(show("--- {a: b}\n"), "{s'a': s'b'}");
  EXPECT_EQ(show("\n\n\t\n \na: b\n \t \n\n"), "{s'a': s'b'}");
}

TEST(YamlSyntax, KnowsEmptyValuesFromTheKeysThatFollow) {
  EXPECT_EQ(show("a:\nnull: b\nc:\n null\n"), "{s'a': n'', n'null': s'b', s'c': n'null'}");
  EXPECT_EQ(show("a:\n-\n- ~\n- \n"), "{s'a': [n'', n'~', n'']}");
  EXPECT_EQ(show("a: &x\nnull: *x\n"), "{s'a': n'', n'null': n''}");
  EXPECT_EQ(show("a: {null, null: null, ~: Null}\n"),
            "DG0003 key `null` is written twice in one mapping; "
            "{s'a': {n'null': n'', n'null': n'null', n'~': n'Null'}}");
}

TEST(YamlSyntax, KindsFollowTheCoreSchema) {
  struct Row {
    NodeKind kind;
    std::vector<std::string_view> texts;
  };
  const std::vector<Row> rows = {
      {NodeKind::Null, {"", "~", "null", "Null", "NULL"}},
      {NodeKind::Bool, {"true", "True", "TRUE", "false", "False", "FALSE"}},
      {NodeKind::Int, {"0", "10", "010", "-3", "+4", "99999999999999999999"}},
      {NodeKind::Float, {"1.", "1.5", ".5", "-.5", "+1.5e3", "1e3", "1E-3", "1.e+3"}},
      {NodeKind::String, {"yes", "NO", "on", "tRUE", "nULL",  "0x1F",  "0o17", ".inf", ".nan", "-.inf", ".",  "-",
                          "+",   "e3", "1e", "1e+",  "1_000", "1.2.3", "--1",  "1 2",  "1a",   "2s",    "<<", "."}},
  };
  for (const Row& row : rows) {
    for (const std::string_view text : row.texts) EXPECT_EQ(scalar_kind(text), row.kind) << "for `" << text << "`";
  }
  EXPECT_EQ(show("a: [\"1\", 'true', 1, true, 1.5, null, ~, no]\nb: |\n  1\n"),
            "{s'a': [S'1', S'true', i'1', b'true', f'1.5', n'null', n'~', s'no'], s'b': S'1\n'}");
}

TEST(YamlSyntax, AnAliasIsTheAnchoredNodeItself) {
  const Read read("a: &x {b: [c]}\nd: *x\ne: [*x, &y f, *y]\n*y : g\n");
  ASSERT_TRUE(read.tree);
  EXPECT_THAT(read.reported, IsEmpty());
  const Node* root = read.tree->root;
  EXPECT_EQ(walk(root, "a"), walk(root, "d"));
  EXPECT_EQ(walk(root, "a"), walk(root, "e.0"));
  EXPECT_EQ(walk(root, "e.1"), walk(root, "e.2"));
  EXPECT_EQ(walk(root, "key:f"), walk(root, "e.1"));
}

// Where it stands.

TEST(YamlSyntax, EverySpanBeginsAndEndsWhereTheValueDoes) {
  struct Row {
    std::string_view path;
    std::string_view yaml;
  };
  const std::vector<Row> rows = {
      {"a", "a: «plain»\n"},
      {"a", "a: «plain text»   # comment\nb: c\n"},
      {"a", "a: «two\n  lines\n\n  more» # comment\nb: c\n"},
      {"a", "a: «'single'»\n"},
      {"a", "a: «'it''s'» # c\n"},
      {"a", "a: «\"double \\\" \\u00e9\"»   \n"},
      {"a", "a: «\"two\n  lines\"»\nb: c\n"},
      {"a", "a: «''»\n"},
      {"a", "a: «|\n  block\n  text»\nb: c\n"},
      {"a", "a: «>- # comment\n  block\n\n  text  »\n\n# c\nb: c\n"},
      {"a", "a: «|»\n\nb: c\n"},
      {"a", "a: «|+\n  x»\n\n\nb: c\n"},
      {"a", "a: «[b, {c: d}]» # e\n"},
      {"a", "a: «[\n  b,\n  c # d\n]»\n"},
      {"a", "a: «{b: c,\n    d: e}»\n"},
      {"a", "a: «[]»\nb: «{}»\n"},
      {"a", "a:\n  «b: c\n  d: e» # f\n\ng: h\n"},
      {"a", "a:\n  «- b\n  - c: d\n    e»:\n# f\ng: h\n"},
      {"a", "a:\n«- b\n- c»\nd: e\n"},
      {"a.0", "a:\n  - «b: c\n    d: e»\n  - f\n"},
      {"a.1", "a:\n  - b\n  - «- c\n    - d»\n"},
      {"a.0", "a: [«b: c», d]\n"},
      {"a", "«a»:\nb: c\n"},
      {"a", "b: c\n«a»:   # nothing\n"},
      {"a.b", "a: {«b», c: d}\n"},
      {"a.b", "a: {«b»: , c: d}\n"},
      {"a.0", "a:\n  «-»\n  - b\n"},
      {"a.1", "a:\n  - b\n  «-» # c\n"},
      {"a", "a: &x «b»\n"},
      {"a", "a: &x\n  «b: c»\n"},
      {"a", "a: &x «[b]» # c\n"},
      {"a", "a:\n  &x «b: c\n  d: e»\n"},
      {"a", "«a»: &x\nb: c\n"},
      {"c", "a: &x «b»\nc: *x\n"},
      {"", "«a: b\nc: d»\n"},
      {"", "%YAML 1.2\n---\n\n«a: b\nc: d»\n...\n"},
      {"", "«a: &x b\nc: *x»\n\n"},
      {"", "? «a\n: b»\n"},
      {"key:a", "? «a»\n: b\n"},
      {"key:a", "b: c\n«\"a\"» : d\n"},
      {"key:a", "&x «a»: d\n"},
      {"a", "a: «~»\n"},
      {"a", "a: &x «null» # b\n"},
      // Nothing that takes several bytes or none on the screen may shift what follows.
      {"b",
       "\xEF\xBB\xBF"
       "a: é\nb: «c»\n"},
      {"", "\xEF\xBB\xBF«a: b»\n"},
      {"b.1", "a: \"Größe — 模型 🚀\"\nb: [ä, «ö», 'ü']\n"},
      {"a", "x: y\r\na: «b»\r\nc: d\r\n"},
      {"a", "a:\r\n  «b: c\r\n  d: e»\r\nf: g\r\n"},
      {"a", "a: «|\r\n  b\r\n  c»\r\nd: e\r\n"},
      {"a", "a: «b\r\n  c»\r\nd: e\r\n"},
      {"a", "a:\t«b»\t# c\n"},
      {"a", "a: «-1»\n"},
      {"a.b", "{a: {b: «c:d»}}"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.yaml);
    const Annotated yaml(row.yaml);
    const Read read(yaml.text());
    ASSERT_TRUE(read.tree);
    EXPECT_THAT(read.reported, IsEmpty());
    const Node* node = walk(read.tree->root, row.path);
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(range_of(node->where), yaml.range());
    EXPECT_EQ(node->where.file, &read.file);
  }
}

TEST(YamlSyntax, PartsOfATextAreFoundInTheFile) {
  struct Row {
    std::string_view part;
    std::string_view yaml;
  };
  const std::vector<Row> rows = {
      {"Vllm", "a: Backend = «Vllm»\n"},
      {"${x}", "a: serve «${x}» now\n"},
      {"${x}", "a: 'serve «${x}» now'\n"},
      {"${x}", "a: \"serve «${x}» now\"\n"},
      {"${x}", "a: 'it''s «${x}»'\n"},
      {"'${x}'", "a: 'it «''${x}''»'\n"},
      {"${x}", "a: \"\\\"\\u00e9\\x41\\U0001F680 «${x}»\"\n"},
      {"é$", "a: \"«\\u00e9$»\"\n"},
      {"\n$", "a: \"x«\\n$»\"\n"},
      {"\\", "a: \"x«\\\\»\"\n"},
      {"${x}", "a: \"one\n  two «${x}»\"\n"},
      {"${x}", "a: \"one \\\n  two «${x}»\"\n"},
      {"${x}", "a: one\n  two\n\n  «${x}» three\n"},
      {"${x}", "a: |\n  one\n    two «${x}»\n  three\n"},
      {"${x}", "a: |\n  «${x}»\n"},
      {"${x}", "a: >-\n  one\n\n  two\n  «${x}»\n"},
      {"${x}", "a: |\r\n  one\r\n  «${x}»\r\n"},
      {"ö", "a: 'ä ''«ö»'\n"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.yaml);
    const Annotated yaml(row.yaml);
    const Read read(yaml.text());
    ASSERT_TRUE(read.tree);
    const Node* node = walk(read.tree->root, "a");
    const std::size_t at = node->text.find(row.part);
    ASSERT_NE(at, std::string_view::npos) << node->text;
    EXPECT_EQ(range_of(node->part(at, row.part.size())), yaml.range());
  }
}

TEST(YamlSyntax, APartBeyondTheTextStaysInside) {
  const Read read("a: 'b''c'\nd: ''\ne:\n");
  ASSERT_TRUE(read.tree);
  for (const std::string_view path : {"a", "d", "e"}) {
    const Node* node = walk(read.tree->root, path);
    for (const std::size_t offset : {0U, 1U, 3U, 100U}) {
      const Span part = node->part(offset, 50);
      EXPECT_GE(part.begin, node->where.begin);
      EXPECT_LE(part.end, node->where.end);
      EXPECT_LE(part.begin, part.end);
    }
  }
}

// What is wrong.

TEST(YamlSyntax, BytesThatAreNotUtf8AreDG0001) {
  expect_reported("a: b\nc: «\xFF»\n", {"DG0001"}, false);
  expect_reported("a: «\xC3»(\n", {"DG0001"}, false);
  expect_reported("a: «\xE2»\x82", {"DG0001"}, false);
  expect_reported("a: «\xC0»\x80\n", {"DG0001"}, false);          // an overlong form
  expect_reported("a: «\xED»\xA0\x80\n", {"DG0001"}, false);      // half of a surrogate pair
  expect_reported("a: «\xF5»\x80\x80\x80\n", {"DG0001"}, false);  // beyond Unicode
  expect_reported("a: «\xF0»\x80\x80\x80\n", {"DG0001"}, false);
}

TEST(YamlSyntax, CharactersThatYamlForbidsAreDG0001) {
  const Read nul(std::string("a: \0b\n", 6));
  ASSERT_THAT(nul.reported, SizeIs(1));
  EXPECT_EQ(nul.reported[0].code, codes::not_yaml);
  EXPECT_EQ(nul.reported[0].primary.where.begin, 3U);
  expect_reported("a: b«\x01»\n", {"DG0001"}, false);
  expect_reported("a: \"«\x04»\"\n", {"DG0001"}, false);
  expect_reported("a: «\x7F»\n", {"DG0001"}, false);
  expect_reported("a: «\xC2»\x80\n", {"DG0001"}, false);
  expect_reported("a: «\xEF»\xBF\xBF\n", {"DG0001"}, false);
  expect_reported("a: b«\r»c: d\n", {"DG0001"}, false);
  EXPECT_EQ(show("a: \xC2\x85\xC2\xA0\xEF\xBF\xBD\n"), "{s'a': s'\xC2\x85\xC2\xA0\xEF\xBF\xBD'}");
}

TEST(YamlSyntax, ATabInIndentationIsDG0002AndNothingElseIsReported) {
  expect_reported("a: b\n«\t»c: d\n", {"DG0002"}, false);
  expect_reported("a:\n  «\t»b: c\n \n\t\n  d: e\n \t\tf: g\n", {"DG0002"}, false);
  expect_reported("a: [\n«\t»b]\n", {"DG0002"}, false);
  expect_reported("a: |\n  b\n «\t»c\n", {"DG0002"}, false);
  expect_reported("«\t»# c\na: b\n", {"DG0002"}, false);
  expect_reported("\xEF\xBB\xBF«\t»a: b\n", {"DG0002"}, false);
  expect_reported("a: [b\r\n\t\r\n«\t»c: 'd\n", {"DG0002"}, false);
  EXPECT_EQ(show("a:\tb\t# c\n\t\n\t\r\n \t \nd: e\tf\n"), "{s'a': s'b', s'd': s'e\tf'}");
}

TEST(YamlSyntax, WhatIsNotYamlIsDG0001) {
  struct Row {
    std::string_view yaml;
    std::string_view message;
  };
  const std::vector<Row> rows = {
      // A colon in plain text, of which every graph file has some sooner or later.
      {"a:\n  doc: «note:» uses the old one\n", "a mapping cannot begin on the line of its key"},
      {"a: b\n «c»: d\n", "a part of the text `b`"},
      {"a: «'b'»: c\n", "a mapping cannot begin on the line of its key"},
      // Quotes.
      {"a: «'»b\nc: d\n", "the quote that opens here is never closed"},
      {"a: «\"»b\nc: d\n", "the quote that opens here is never closed"},
      {"a: «\"»b\\\"\nc: d\n", "the quote that opens here is never closed"},
      {"a: [b, {c: «'»d}]\n", "the quote that opens here is never closed"},
      {"a: «\"»b\n---\nc\"\n", "not closed before the document ends"},
      {"a: \"\\\\«\\'»\"\n", "this escape does not exist"},
      {"a: \"«\\q»\"\n", "this escape does not exist"},
      {"a: \"«\\xg1»\"\n", "expected a hexadecimal digit"},
      {"a: 'b' «c»\n", "text stands behind the quote"},
      {"a: 'b'\n «c»\n", "`c` is indented more than `a`"},
      {"'a' «b»\n", "not part of the document"},
      // Brackets.
      {"a: «[»b\n", "the bracket that opens here is never closed"},
      {"a: «{»b: c\n", "the bracket that opens here is never closed"},
      {"a: [b«]»]\n", ""},
      {"«]»\n", "this bracket closes nothing"},
      {"a: «}»\n", "this bracket closes nothing"},
      {"a: [b}\n", ""},
      {"a: [b] «c»\n", "only a comment can stand behind this value"},
      {"a: {b: c}«d»\n", "only a comment can stand behind this value"},
      {"[a] «b»\n", "not part of the document"},
      {"{a: b}\n«c»\n", "not part of the document"},
      {"a: [b,«,» c]\n", "expected a value in front of `,`"},
      {"a: [«,»]\n", "expected a value in front of `,`"},
      {"a: {«,»}\n", "expected a key"},
      {"a: {b: c,«,» d: e}\n", "expected a key"},
      {"a: ['b' «'c'»]\n", ""},
      // Keys.
      {"a: b\n«foo»\n", "expected `:` behind this key"},
      {"a: b\n«foo bar» # c\n", "expected `:` behind this key"},
      {"a:\n  b: c\n  «foo»\n  d: e\n", "expected `:` behind this key"},
      {"a:\n  «foo»\n  b: c\n", "expected `:` behind this key"},
      {"a: 'b'\n«foo bar»  \nc: d\n", "expected `:` behind this key"},
      {"«foo»\na: b\n", "expected `:` behind this key"},
      {"a:\n  - «foo»\n    b: c\n", "expected `:` behind this key"},
      {"a: {\n  b: c,\n  «d»\n}\n", "a key without a value needs `,` or `}` on its own line"},
      {"«[»a]: b\n", "a key must be plain text"},
      {"? «{»a: b}\n: c\n", "a key must be plain text"},
      {"a: &x [b]\n«*x» : c\n", "a key must be plain text"},
      {"«:» a\n", "expected a key"},
      {"a: {«:» b}\n", "expected a key"},
      // Indentation and where documents end.
      {" a: b\n«c»: d\n", "not part of the document"},
      {"a:\n   b: c\n  «d»: e\n", "begins at column 3"},
      {"a: b\n«-» c\n", "a list item cannot stand among the keys"},
      {"a: «-» b\n", "a list item cannot begin here"},
      {"a:\n«foo»\n", "expected `:` behind this key"},
      {"a:\n  b:\n  «[c]»\n", "this must be indented more than the key above it"},
      {"\xEF\xBB\xBF"
       "a: &x\n«'b'»\n",
       "this must be indented more than the key above it"},
      {"a:\n  -\n  «b»\n", "`b` stands in line with the items of a list"},
      {"a:\n  - &x b\n    «c»\n", "text behind an anchor must stand on one line in a list"},
      {"a: b\n... «c»\n", "nothing may follow `...`"},
      // Anchors and aliases.
      {"a: &x b\nc: «&x» d\n", "anchor `x` is defined twice"},
      {"a: &x b\nc: !t «&x» d\n", "anchor `x` is defined twice"},
      {"a: «*»x\n", "no anchor of this name"},
      {"a: &x &«y» b\n", ""},
      {"a: &x «*»x\n", ""},
      // Others.
      {"a: «@»b\n", "cannot begin with `@`"},
      {"a: «`»b\n", "cannot begin with a backtick"},
      {"a: «%»b\n", "cannot begin with `%`"},
      {"a: [b]«#»c\n", "a comment needs a blank"},
      {"a: 'b'«#»c\n", "a comment needs a blank"},
      {"a: |«x»\n  b\n", "expected the end of the line"},
      {"%YAML 1.2\n«a»: b\n", "expected `---` behind the directives"},
      {"«%»YAML 2.0\n---\na: b\n", "only YAML 1 is supported"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.yaml);
    const Annotated yaml(row.yaml);
    const Read read(yaml.text());
    EXPECT_FALSE(read.tree);
    ASSERT_THAT(read.reported, SizeIs(1));
    EXPECT_EQ(read.reported[0].code, codes::not_yaml);
    EXPECT_THAT(read.reported[0].message, HasSubstr(std::string(row.message)));
    if (!row.message.empty()) {
      EXPECT_EQ(read.reported[0].primary.where.begin, yaml.range().begin);
    }
  }
}

TEST(YamlSyntax, AKeyMustFitIntoOneLineOf1024Letters) {
  EXPECT_EQ(show(repeated("k", 1000) + ": b"), "{s'" + repeated("k", 1000) + "': s'b'}");
  EXPECT_THAT(show(repeated("k", 2000) + ": b"), HasSubstr("DG0001"));
  EXPECT_THAT(show("\"a\n b\": c"), HasSubstr("DG0001"));
}

TEST(YamlSyntax, TheSecondAnchorPointsAtTheFirst) {
  const Read read("a: &x b\nc: &x d\n");
  ASSERT_THAT(read.reported, SizeIs(1));
  ASSERT_THAT(read.reported[0].others, SizeIs(1));
  EXPECT_EQ(read.reported[0].others[0].where.begin, 3U);
  EXPECT_EQ(read.reported[0].others[0].where.text(), "&x");
}

TEST(YamlSyntax, DuplicateKeysAreDG0003AtEachFurtherKey) {
  expect_reported("graphs:\n  g:\n    bind: {b: V}\n    «bind»: {p: P}\n", {"DG0003"}, true);
  expect_reported("b: {c: 1, «c»: 2, «'c'»: 3}\na: 1\n«a»: 4\n«\"a\"»:\n", {"DG0003", "DG0003", "DG0003", "DG0003"},
                  true);
  expect_reported("1: a\n«\"1\"»: b\n01: c\n", {"DG0003"}, true);
  expect_reported("a: {b: 1}\nc: {b: 1}\nB: 2\n", {}, true);
}

TEST(YamlSyntax, ADuplicateKeyPointsAtTheFirstAndTheFirstIsFound) {
  const Annotated yaml("«a»: 1\na: 2\n");
  const Read read(yaml.text());
  ASSERT_THAT(read.reported, SizeIs(1));
  ASSERT_THAT(read.reported[0].others, SizeIs(1));
  EXPECT_EQ(range_of(read.reported[0].others[0].where), yaml.range());
  ASSERT_TRUE(read.tree);
  EXPECT_EQ(read.tree->root->find("a")->value->text, "1");
  EXPECT_EQ(read.tree->root->find("b"), nullptr);
}

TEST(YamlSyntax, DuplicateKeysAreFoundInLargeMappings) {
  std::string text;
  for (int index = 0; index < 5000; ++index) text += "k" + std::to_string(index) + ": 1\n";
  expect_reported(text + "«k4711»: 2\n«k0»: 3\n", {"DG0003", "DG0003"}, true);
}

TEST(YamlSyntax, TagsMergeKeysAndAliasesInTheirOwnAnchorAreDG0004) {
  expect_reported("a: «!!str» b\n", {"DG0004"}, true);
  expect_reported("a: «!» b\nc: «!t» [«!u» d, «!v»]\n", {"DG0004", "DG0004", "DG0004", "DG0004"}, true);
  expect_reported("a: «!<tag:example.org,2026:x>» b\n", {"DG0004"}, true);
  expect_reported("a: &x «!t» b\nc: «!t» &y d\n", {"DG0004", "DG0004"}, true);
  expect_reported("a:\n  «!t» b: c\n", {"DG0004"}, true);
  expect_reported("a: «!t»\n  b: c\nd: «!t»\ne: «!t» ''\n", {"DG0004", "DG0004", "DG0004"}, true);
  expect_reported("--- «!t»\na: b\n", {"DG0004"}, true);
  expect_reported("a: &x {b: c}\nd:\n  «<<»: *x\n  e: f\n", {"DG0004"}, true);
  expect_reported("a: {«<<»: b}\n", {"DG0004"}, true);
  expect_reported("\"<<\": a\nb: <<\n", {}, true);
  expect_reported("a: &x «{b: *x}»\n", {"DG0004"}, true);
  expect_reported("a: &x\n  «b: [*x]\n  c: d»\n", {"DG0004"}, true);
  expect_reported("a: '!t'\nb: \"&x\"\nc: '*x'\nd: e!f\n", {}, true);
}

TEST(YamlSyntax, AnAliasInItsOwnAnchorMakesNoCircle) {
  EXPECT_EQ(show("a: &x {b: *x}\n"), "DG0004 this value holds an alias of itself; {s'a': {s'b': n''}}");
}

TEST(YamlSyntax, ASecondDocumentIsDG0005) {
  expect_reported("a: b\n«---»\nc: d\n", {"DG0005"}, false);
  expect_reported("a: b\n«---»\n", {"DG0005"}, false);
  expect_reported("a: b\n...\n«---» {}\n", {"DG0005"}, false);
  expect_reported("a: b\n...\n«c»: d\n", {"DG0005"}, false);
  expect_reported("a: b\n...\n%YAML 1.2\n«---»\nc: d\n", {"DG0005"}, false);
  expect_reported("a: b\n«---»\nc: 'd\n", {"DG0005"}, false);
  expect_reported("a: b\n«---»\n\"c\" d\n", {"DG0005"}, false);
  expect_reported("---\n«---»\na: b\n", {"DG0005"}, false);
}

TEST(YamlSyntax, AnEmptyFileOrAnotherTopLevelIsDG0006) {
  expect_reported("«»", {"DG0006"}, false);
  expect_reported("«»\n\n", {"DG0006"}, false);
  expect_reported("«»# only\n# comments", {"DG0006"}, false);
  expect_reported("\xEF\xBB\xBF«»", {"DG0006"}, false);
  expect_reported("«»---\n", {"DG0006"}, false);
  expect_reported("«- a\n- b»\n", {"DG0006"}, false);
  expect_reported("# c\n«[a]»\n", {"DG0006"}, false);
  expect_reported("«~»\n", {"DG0006"}, false);
  expect_reported("--- «text»\n", {"DG0006"}, false);
}

TEST(YamlSyntax, TheSizeOfAFileIsLimited) {
  const std::string limit(32U << 20U, '#');
  const Read at_limit(limit);
  ASSERT_THAT(at_limit.reported, SizeIs(1));
  EXPECT_EQ(at_limit.reported[0].code, codes::not_a_mapping);
  const Read beyond(limit + "\n");
  ASSERT_THAT(beyond.reported, SizeIs(1));
  EXPECT_EQ(beyond.reported[0].code, codes::too_large);
  EXPECT_EQ(beyond.reported[0].primary.where.start_position(), (Position{1, 1}));
}

TEST(YamlSyntax, CountsAnAliasAsAllThatItStandsFor) {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 5; ++level) {
    const std::string alias = "*a" + std::to_string(level - 1) + " ";
    laughs +=
        "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + repeated(alias + ", ", 9) + alias + "]\n";
  }
  const Read good(laughs);
  EXPECT_THAT(good.reported, IsEmpty());
  EXPECT_GT(good.tree->values, 100'000U);
  EXPECT_LT(good.tree->values, max_values);
  expect_reported(laughs + "last: [" + repeated("*a4 , ", 7) + "«*a4» , *a4 ]\n", {"DG0007"}, false);
}

TEST(YamlSyntax, RefusesAMillionValues) {
  const Read read("a: [" + repeated("x,", max_values) + "]\n");
  ASSERT_THAT(read.reported, SizeIs(1));
  EXPECT_EQ(read.reported[0].code, codes::too_large);
}

TEST(YamlSyntax, TheNumberOfAliasesIsLimited) {
  expect_reported("a: &x b\nc: [" + repeated("*x, ", 1000) + "]\n", {}, true);
  expect_reported("a: &x b\nc: [" + repeated("*x, ", 1000) + "«*x»]\n", {"DG0007"}, false);
  expect_reported("a: &x b\nc: [" + repeated("*x, ", 1000) + "«*x», *x, 'd]\n", {"DG0007"}, false);
  // Ten to the power of 30 values, if somebody copied them.
  std::string bomb = "a0: &a0 x\n";
  for (int level = 1; level <= 30; ++level) {
    const std::string name = "a" + std::to_string(level);
    bomb += name + ": &" + name + " [" + repeated("*a" + std::to_string(level - 1) + ", ", 10) + "]\n";
  }
  const Read read(bomb);
  EXPECT_FALSE(read.tree);
  ASSERT_THAT(read.reported, SizeIs(1));
  EXPECT_EQ(read.reported[0].code, codes::too_large);
}

TEST(YamlSyntax, TheDepthOfCollectionsIsLimited) {
  // The top mapping is level 1, so that 63 brackets are the most.
  expect_reported("a: " + repeated("[", 63) + repeated("]", 63) + "\n", {}, true);
  expect_reported("a: " + repeated("[", 63) + "«[»" + repeated("]", 64) + "\n", {"DG0007"}, false);
  expect_reported("a: " + repeated("{b: ", 63) + "«{»c: d}" + repeated("}", 63) + "\n", {"DG0007"}, false);
  std::string block;
  for (int level = 0; level < 64; ++level) block += std::string(static_cast<std::size_t>(level), ' ') + "a:\n";
  expect_reported(block, {}, true);
  expect_reported(block + std::string(64, ' ') + "«a»: b\n", {"DG0007"}, false);
  expect_reported(repeated("- ", 64) + "«-» a\n", {"DG0007"}, false);
  // Text may hold any number of brackets.
  expect_reported("a: '" + repeated("[", 100000) + "'\nb: |\n  " + repeated("{", 100000) + "\n", {}, true);
}

TEST(YamlSyntax, TheFirstOfSeveralFatalMistakesIsReported) {
  expect_reported("a: " + repeated("[", 63) + "«[»'never closed\n", {"DG0007"}, false);
  expect_reported("a: «'»never closed " + repeated("[", 100) + "\n", {"DG0001"}, false);
  // Not closed either; half a mebibyte of it is not read twice.
  expect_reported(repeated("[", 64) + "«[»" + repeated("[", 500000), {"DG0007"}, false);
  expect_reported("a: " + repeated("[", 63) + "«[»" + repeated("[", 200000) + repeated("]", 200064), {"DG0007"}, false);
}

TEST(YamlSyntax, AFatalMistakeHidesDuplicateKeysAndTags) {
  expect_reported("a: !t 1\na: 2\n«---»\n", {"DG0005"}, false);
  expect_reported("«- a: !t 1\n  a: 2»\n", {"DG0006"}, false);
}

// Values of arguments.

std::string show_value(std::string argument, std::uint32_t begin = 0) {
  const SourceFile file("command line", std::move(argument));
  const std::optional<SyntaxTree> tree = parse_yaml_value(file, begin);
  return tree ? show(*tree->root) : "none";
}

TEST(YamlValue, IsOneFlowValue) {
  EXPECT_EQ(show_value("{use: X, replicas: 2}"), "{s'use': s'X', s'replicas': i'2'}");
  EXPECT_EQ(show_value("[a, b]"), "[s'a', s'b']");
  EXPECT_EQ(show_value("3"), "i'3'");
  EXPECT_EQ(show_value("-3"), "i'-3'");
  EXPECT_EQ(show_value("true"), "b'true'");
  EXPECT_EQ(show_value("some text"), "s'some text'");
  EXPECT_EQ(show_value("\"quoted\""), "S'quoted'");
  EXPECT_EQ(show_value(""), "n''");
  EXPECT_EQ(show_value("  "), "n''");
  EXPECT_EQ(show_value("none"), "s'none'");
  EXPECT_EQ(show_value("~"), "n'~'");
}

TEST(YamlValue, IsNoneIfTheTextIsAnythingElse) {
  for (const char* text : {"{a: b",        "[a",         "a: b",  "- a",    "-",
                           "'a",           "\"a",        "[a] b", "'a' b",  "!t a",
                           "&x a",         "[&x a, *x]", "*x",    "|\n  a", "> a",
                           "a\n---\nb",    "--- a",      "---",   "...",    "%YAML 1.2\n---\na",
                           "{a: 1, a: 2}", "{<<: a}",    "@a",    "[a,,b]", "]",
                           "a\x01",        "\xFF",       "? a",   ": a",    "{a: b}}"}) {
    EXPECT_EQ(show_value(text), "none") << text;
  }
}

TEST(YamlValue, PointsIntoTheArgument) {
  const Annotated argument("backend={use: «Über», params: {a: «[1, 2]»}}");
  const SourceFile file("command line", argument.text(), 3);
  const auto tree = parse_yaml_value(file, 8);
  ASSERT_TRUE(tree);
  EXPECT_EQ(range_of(walk(tree->root, "use")->where), argument.range(0));
  EXPECT_EQ(range_of(walk(tree->root, "params.a")->where), argument.range(1));
  EXPECT_EQ(walk(tree->root, "params.a")->where.start_position(), (Position{3, 33}));
  EXPECT_EQ(tree->root->where.begin, 8U);
  EXPECT_EQ(tree->root->where.end, argument.text().size());
}

TEST(YamlValue, OfNothingPointsBehindTheEqualsSign) {
  const SourceFile file("command line", "a.b=");
  const auto tree = parse_yaml_value(file, 4);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->root->where, (Span{&file, 4, 4}));
}

}  // namespace
}  // namespace dynamo
