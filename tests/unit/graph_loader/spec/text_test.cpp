#include "graph_loader/spec/text.h"

#include "graph_loader/yaml/parse.h"

#include <gtest/gtest.h>

namespace dynamo {
namespace {

/// A text read from a quoted scalar, with everything that it refers to kept alive.
struct Read {
  explicit Read(const std::string& value) : file("graph.yaml", "a: \"" + value + "\"\n") {
    tree = parse_yaml(file, diagnostics);
    text = read_text(*tree->root->entries.front().value, diagnostics);
  }
  SourceFile file;
  DiagnosticList diagnostics;
  std::optional<SyntaxTree> tree;
  Text text;
};

TEST(Text, KeepsLiteralsAndReferencesInOrder) {
  const Read read("--port ${self.port.chat} ${clients.router:-none}!");
  ASSERT_EQ(read.text.pieces.size(), 5U);
  EXPECT_EQ(read.text.pieces[0].literal, "--port ");
  EXPECT_EQ(read.text.pieces[1].reference->scope, ReferenceScope::Self);
  EXPECT_EQ(read.text.pieces[1].reference->name, "port.chat");
  EXPECT_EQ(read.text.pieces[3].reference->fallback, Fallback::Default);
  EXPECT_EQ(read.text.pieces[3].reference->fallback_text, "none");
  EXPECT_EQ(read.text.as_written(), "--port ${self.port.chat} ${clients.router:-none}!");
}

TEST(Text, TwoDollarsAreOneAndOthersAreLiteral) {
  EXPECT_EQ(Read("$${x} $5 $(y) $").text.as_written(), "${x} $5 $(y) $");
  EXPECT_FALSE(Read("$${params.x}").text.has_references());
}

TEST(Text, AReferenceAloneIsWhole) {
  EXPECT_NE(Read("${params.tp}").text.whole_reference(), nullptr);
  EXPECT_EQ(Read("x${params.tp}").text.whole_reference(), nullptr);
}

TEST(Text, PointsAtTheReferenceInTheFile) {
  const Read read("ab ${env.HOME}");
  EXPECT_EQ(read.text.pieces[1].reference->where.text(), "${env.HOME}");
}

TEST(Text, WhatIsNotAReferenceIsToldOnceAndTheRestIsStillRead) {
  for (const char* value :
       {"${", "${}", "${params}", "${params.}", "${ params.x }", "${params.x + 1}", "${params.x:=y}", "${.x}"}) {
    const Read read(value);
    EXPECT_FALSE(read.text.readable) << value;
    ASSERT_EQ(read.diagnostics.size(), 1U) << value;
    EXPECT_EQ(read.diagnostics.sorted().front().code, codes::bad_interpolation) << value;
  }
  const Read both("${oops!} ${params.x}");
  EXPECT_TRUE(both.text.has_references());
}

TEST(Text, NamesAndVariables) {
  EXPECT_TRUE(is_name("kv-events_2"));
  EXPECT_TRUE(is_name(std::string(63, 'a')));
  for (const std::string& text :
       {std::string(64, 'a'), std::string("1st"), std::string("_a"), std::string(""), std::string("a.b")}) {
    EXPECT_FALSE(is_name(text)) << text;
  }
  EXPECT_TRUE(is_variable("_A1"));
  EXPECT_FALSE(is_variable("1A"));
  EXPECT_FALSE(is_variable("A-B"));
}

}  // namespace
}  // namespace dynamo
