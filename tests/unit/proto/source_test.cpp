#include "proto/source.h"

#include <gtest/gtest.h>

#include <string>

namespace dynamo {
namespace {

TEST(SourceFile, CountsLinesAndColumnsFromOne) {
  const SourceFile file("graph.yaml", "ab\nc\n\nd");
  EXPECT_EQ(file.position(0), (Position{1, 1}));
  EXPECT_EQ(file.position(1), (Position{1, 2}));
  EXPECT_EQ(file.position(2), (Position{1, 3}));
  EXPECT_EQ(file.position(3), (Position{2, 1}));
  EXPECT_EQ(file.position(5), (Position{3, 1}));
  EXPECT_EQ(file.position(6), (Position{4, 1}));
}

TEST(SourceFile, PutsWhatLiesBehindTheEndAtTheEnd) {
  const SourceFile file("graph.yaml", "ab\ncd");
  EXPECT_EQ(file.position(5), (Position{2, 3}));
  EXPECT_EQ(file.position(500), (Position{2, 3}));
  EXPECT_EQ(SourceFile("empty", "").position(0), (Position{1, 1}));
  EXPECT_EQ(SourceFile("line", "a\n").position(2), (Position{2, 1}));
}

TEST(SourceFile, CountsColumnsInCodePoints) {
  // One letter of two bytes, one of three, one of four.
  const std::string text = "é模🚀x";
  const SourceFile file("graph.yaml", text);
  EXPECT_EQ(file.position(0), (Position{1, 1}));
  EXPECT_EQ(file.position(2), (Position{1, 2}));
  EXPECT_EQ(file.position(5), (Position{1, 3}));
  EXPECT_EQ(file.position(9), (Position{1, 4}));
}

TEST(SourceFile, GivesAByteOrderMarkNoColumn) {
  const SourceFile file("graph.yaml",
                        "\xEF\xBB\xBF"
                        "ab\ncd");
  EXPECT_EQ(file.position(0), (Position{1, 1}));
  EXPECT_EQ(file.position(3), (Position{1, 1}));
  EXPECT_EQ(file.position(4), (Position{1, 2}));
  EXPECT_EQ(file.position(6), (Position{2, 1}));
  EXPECT_EQ(file.line(1), "ab");
}

TEST(SourceFile, TakesCarriageReturnsForPartOfTheLineEnd) {
  const SourceFile file("graph.yaml", "ab\r\ncd\r\n\r\n");
  EXPECT_EQ(file.position(4), (Position{2, 1}));
  EXPECT_EQ(file.position(5), (Position{2, 2}));
  EXPECT_EQ(file.line(1), "ab");
  EXPECT_EQ(file.line(2), "cd");
  EXPECT_EQ(file.line(3), "");
}

TEST(SourceFile, GivesLinesByTheirNumber) {
  const SourceFile file("graph.yaml", "ab\n\ncd");
  EXPECT_EQ(file.line(1), "ab");
  EXPECT_EQ(file.line(2), "");
  EXPECT_EQ(file.line(3), "cd");
  EXPECT_EQ(file.line(0), "");
  EXPECT_EQ(file.line(4), "");
}

TEST(SourceFile, MayBeginWithAnyLineNumber) {
  const SourceFile file("command line", "backend.replicas=2", 3);
  EXPECT_EQ(file.position(8), (Position{3, 9}));
  EXPECT_EQ(file.line(3), "backend.replicas=2");
  EXPECT_EQ(file.line(1), "");
}

TEST(SourceFile, CountsCharactersOfLongLines) {
  std::string text = "first\n";
  for (int count = 0; count < 50'000; ++count) text += "é.";
  const SourceFile file("graph.yaml", text);
  for (const std::uint32_t character : {0U, 1U, 2U, 2731U, 4095U, 4096U, 65'535U, 99'998U}) {
    const std::uint32_t byte = 6 + character / 2 * 3 + character % 2 * 2;
    EXPECT_EQ(file.position(byte), (Position{2, static_cast<int>(character) + 1})) << character;
  }
  EXPECT_EQ(file.position(static_cast<std::uint32_t>(text.size())), (Position{2, 100'001}));
}

TEST(Span, KnowsItsTextAndItsEnds) {
  const SourceFile file("graph.yaml", "a: bc\n");
  const Span span{&file, 3, 5};
  EXPECT_EQ(span.text(), "bc");
  EXPECT_EQ(span.start_position(), (Position{1, 4}));
  EXPECT_EQ(span.end_position(), (Position{1, 6}));
  EXPECT_TRUE(span);
  EXPECT_FALSE(Span{});
}

TEST(Sources, KeepsTextsWhereTheyAreWhenMoreAreAdded) {
  Sources sources;
  const SourceFile& first = sources.add("a.yaml", "a");
  for (int count = 0; count < 1000; ++count) sources.add("b.yaml", "b");
  EXPECT_EQ(&first, &sources.files().front());
  EXPECT_EQ(first.text(), "a");
}

TEST(Place, ReadsAsFileLineColumn) {
  const SourceFile file("dir/graph.yaml", "é: b");
  EXPECT_EQ(place_of(Span{&file, 4, 5}).text(), "dir/graph.yaml:1:4");
  EXPECT_EQ((Place{"graph.yaml", 0, 0}).text(), "graph.yaml");
  EXPECT_EQ(place_of(Span{}), Place{});
}

}  // namespace
}  // namespace dynamo
