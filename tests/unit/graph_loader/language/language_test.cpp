// The parts of the language features that stand alone: the cursor in broken text, and what is read instead of it. The
// features themselves are tested over the protocol, in tests/lsp.

#include "graph_loader/language/cursor.h"
#include "graph_loader/language/position.h"
#include "graph_loader/language/readable_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {
namespace {

/// "key at graphs/small/bind": what the cursor at the ¦ of a text is.
std::string cursor_in(std::string text) {
  constexpr std::string_view mark = "¦";
  const std::size_t at = text.find(mark);
  text.erase(at, mark.size());
  const Cursor cursor = find_cursor(text, static_cast<std::uint32_t>(at));
  std::string result = cursor.kind == Cursor::Kind::Key         ? "key at "
                       : cursor.kind == Cursor::Kind::Value     ? "value at "
                       : cursor.kind == Cursor::Kind::BlockText ? "text at "
                                                                : "either at ";
  if (cursor.kind == Cursor::Kind::Prose) return "prose";
  for (std::size_t index = 0; index < cursor.path.size(); ++index) {
    const Step& step = cursor.path[index];
    result += (index == 0 ? "" : "/") + (step.item ? std::to_string(*step.item) : step.key);
  }
  return result;
}

TEST(Cursor, KnowsItsPathInAnyState) {
  struct Row {
    std::string_view text, expected;
  };
  for (const Row& row : std::vector<Row>{
           {"¦", "key at "},
           {"gra¦", "key at "},
           {"graphs:¦", "value at graphs"},
           {"graphs: ¦", "value at graphs"},
           {"graphs:\n¦", "key at "},
           {"graphs:\n  ¦", "either at graphs"},
           {"graphs:\n  a¦: {}", "key at graphs"},
           {"graphs:\n  a:\n    b: 1\n  ¦", "key at graphs"},
           {"graphs:\n  a:\n    b: 1\n    ¦", "key at graphs/a"},
           {"graphs:\n  a:\n    b: 1\n   ¦", "either at graphs/a"},
           {"graphs:\n  ¦\n  a: {}", "either at graphs"},
           {"graphs: {a: {b¦", "key at graphs/a"},
           {"graphs: {a: {b: ¦", "value at graphs/a/b"},
           {"graphs: {a: {b: c, ¦}}", "key at graphs/a"},
           {"graphs: {a: {b: c}, ¦}", "key at graphs"},
           {"graphs: {a: {b: c}}¦", "prose"},
           {"graphs: {a: [x, ¦", "value at graphs/a/1"},
           {"graphs: {a: [x, {y: z, ¦", "key at graphs/a/1"},
           {"graphs: {a: [x, {y: \"z ¦", "value at graphs/a/1/y"},
           {"graphs: {a: \"}\", ¦", "key at graphs"},
           {"graphs: {a: '''}', ¦", "key at graphs"},
           {"graphs: {\n  a: b,\n  ¦\n}", "key at graphs"},
           {"graphs: {\n  a: \n  ¦\n}", "value at graphs/a"},
           {"graphs: {a: {b\nspecs: ¦", "value at specs"},
           {"a: \"open\nspecs: ¦", "value at specs"},
           {"imports:\n  - ¦", "either at imports/0"},
           {"imports:\n  - a\n  - f¦", "either at imports/1"},
           {"imports:\n- a\n- f¦", "either at imports/1"},
           {"imports:\n- a\n¦", "key at "},
           {"imports:\n  - file: a\n    ¦", "key at imports/0"},
           {"imports:\n  - {file: ¦", "value at imports/0/file"},
           {"a: # ¦", "prose"},
           {"# ¦", "prose"},
           {"a: |\n  te¦", "text at a"},
           {"a:\n  - >-\n    x ${¦", "text at a/0"},
           {"a:\n  b: |\n    x\n    ${p¦\n", "text at a/b"},
           {"a: |\n  te\nb: ¦", "value at b"},
           {"a: &x {b: ¦", "value at a/b"},
           {"\"a b\": {c: ¦", "value at a b/c"},
           {"a: x y¦", "value at a"},
           {"a: \"${p.¦", "value at a"},
           {"a: [${p.¦", "value at a/0"},
           {"a: [\"${p.x}\", ¦", "value at a/1"},
           {"a:\r\n  b: ¦\r\n", "value at a/b"},
           {"a: {b: c,¦ d}", "key at a"},
       }) {
    EXPECT_EQ(cursor_in(std::string(row.text)), row.expected) << row.text;
  }
}

TEST(Cursor, KnowsTheKeysAround) {
  const auto keys = [](std::string text, const std::vector<Step>& path, std::uint32_t except) {
    std::string result;
    for (const std::string& key : keys_at(text, path, except)) result += key + " ";
    return result;
  };
  EXPECT_EQ(keys("a: {b: 1, c: {x: 1}, \"d\": 2, e}\nf: 1\n", {{"a", {}}}, 999), "b c d e ");
  EXPECT_EQ(keys("a: {b: 1, c: 2}\nf: 1\n", {{"a", {}}}, 10), "b ");
  EXPECT_EQ(keys("a:\n  b: 1\n  c:\n    x: 1\n  d: 2\nf: 1\n", {{"a", {}}}, 999), "b c d ");
  EXPECT_EQ(keys("a: 1\nb: {c\nd: 2\n", {}, 999), "a b d ");
  EXPECT_EQ(keys("a:\n- b: 1\n  c: 1\n- d: 1\n", {{"a", {}}, {"", 1}}, 999), "d ");
}

TEST(Cursor, ClosesWhatIsOpen) {
  EXPECT_EQ(missing_ends("a: {b: [\"x"), "\"]}");
  EXPECT_EQ(missing_ends("a: {b: [x], 'y': {"), "}}");
  EXPECT_EQ(missing_ends("a: {b: 1}"), "");
  EXPECT_EQ(missing_ends("a: {b\nc: ["), "]");
}

TEST(Follow, FindsWhatTheGrammarAllows) {
  const auto kind = [](const std::vector<Step>& path) {
    const GrammarPosition found = follow(path);
    if (found.value == nullptr) return std::string("nothing");
    const grammar::Value* mapping = grammar::as_mapping(*found.value);
    if (mapping != nullptr && mapping->mapping != nullptr) return std::string(mapping->mapping->id);
    return std::string(mapping != nullptr ? "table" : "value");
  };
  EXPECT_EQ(kind({}), "file");
  EXPECT_EQ(kind({{"components", {}}}), "table");
  EXPECT_EQ(kind({{"components", {}}, {"A", {}}}), "component");
  EXPECT_EQ(kind({{"graphs", {}}, {"g", {}}, {"bind", {}}, {"s", {}}}), "binding");
  EXPECT_EQ(kind({{"graphs", {}}, {"g", {}}, {"bind", {}}, {"s", {}}, {"", 0}}), "binding");
  EXPECT_EQ(kind({{"imports", {}}, {"", 0}}), "import");
  EXPECT_EQ(kind({{"components", {}}, {"A", {}}, {"ready", {}}, {"http", {}}}), "http_probe");
  EXPECT_EQ(kind({{"components", {}}, {"A", {}}, {"cwd", {}}}), "value");
  EXPECT_EQ(kind({{"components", {}}, {"A", {}}, {"nope", {}}, {"x", {}}}), "nothing");
}

TEST(ReadableText, IsTheTextItselfWhereItCanBeRead) {
  const ReadableText text = make_readable("a: 1\n", std::nullopt, {});
  EXPECT_EQ(text.text, "a: 1\n");
  EXPECT_TRUE(text.good);
  EXPECT_TRUE(text.same_places);
}

TEST(ReadableText, ClosesBracketsOfTheLineThatIsTyped) {
  const std::string typed = "a: {b: [x\nc: 1\n";
  const ReadableText text = make_readable(typed, 9, {});
  EXPECT_EQ(text.text, "a: {b: [x]}\nc: 1\n");
  EXPECT_TRUE(text.good);
  EXPECT_FALSE(text.same_places);
}

TEST(ReadableText, LeavesALineOutThatIsNoYaml) {
  const ReadableText text = make_readable("a:\n  b: 1\n  pro\n  c: 1\n", 15, {});
  EXPECT_EQ(text.text, "a:\n  b: 1\n     \n  c: 1\n");
  EXPECT_TRUE(text.good);
  EXPECT_TRUE(text.same_places);
  const ReadableText unknown = make_readable("a:\n  b: 1\n  pro\n  c: 1\n", std::nullopt, {});
  EXPECT_TRUE(unknown.good);
  EXPECT_NE(unknown.text.find("b: 1"), std::string::npos);
}

TEST(ReadableText, IsTheEarlierOneWhereNothingHelps) {
  std::string broken = "a: 1\n";
  for (int line = 0; line < 50; ++line) broken += "}: {\n";
  const ReadableText before = make_readable("a: 1\n", std::nullopt, {});
  const ReadableText text = make_readable(broken, std::nullopt, before);
  EXPECT_EQ(text.text, "a: 1\n");
  EXPECT_FALSE(text.same_places);
  EXPECT_FALSE(make_readable(broken, std::nullopt, {}).good);
}

TEST(PlaceMap, FollowsOneChange) {
  const PlaceMap map("one two three", "one 2 three");
  EXPECT_EQ(map.forward(1), 1U);
  EXPECT_EQ(map.forward(9), 7U);
  EXPECT_EQ(map.forward(5), std::nullopt);
  EXPECT_EQ(map.backward(7), 9U);
  EXPECT_EQ(map.changed_end(), 5U);
}

}  // namespace
}  // namespace dynamo
