#include "graph_loader/format.h"

#include "tests/unit/graph_loader/format/format_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace dynamo {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The formatted text, or what was reported instead.
std::string formatted(std::string_view text) {
  DiagnosticList diagnostics;
  const SourceFile file("graph.yaml", std::string(text));
  if (auto result = format_text(file, diagnostics)) return std::move(*result);
  std::string codes;
  for (const Diagnostic& one : diagnostics.sorted()) codes += one.code.text() + "\n";
  return codes;
}

/// Both that the text becomes this, and that this stays.
void expect_format(std::string_view before, std::string_view after) {
  EXPECT_EQ(formatted(before), after) << "from:\n" << before;
  EXPECT_EQ(formatted(after), after) << "a second time";
}
void expect_stays(std::string_view text) { EXPECT_EQ(formatted(text), text); }

TEST(Format, IsStableAndLosesNothingOnEveryGraphFile) {
  std::size_t count = 0;
  for (const std::string& text : all_graph_files()) EXPECT_EQ(try_formatting(text, &count), "") << text;
  EXPECT_GT(count, 100U);
}

TEST(Format, TakesEveryFeatureOfTheCorpus) {
  for (const std::string& text : yaml_features()) {
    std::size_t count = 0;
    EXPECT_EQ(try_formatting(text, &count), "") << text;
    EXPECT_EQ(count, 1U) << "cannot be read:\n" << text;
  }
}

// Indentation, blanks, line ends.

TEST(Format, IndentsByTwo) {
  expect_format("a:\n    b:\n     - c\n     -   d: e\n         f: g\n", "a:\n  b:\n    - c\n    - d: e\n      f: g\n");
  expect_format("a:\n- b\n- - c\n  - d\n-\n  e: f\n", "a:\n  - b\n  - - c\n    - d\n  - e: f\n");
  expect_format("a :   b\nc:\td\ne:\n  f\n", "a: b\nc: d\ne: f\n");
  expect_format("? a\n: b\n? c\n", "a: b\nc:\n");
}

TEST(Format, KeepsOneBlankLineBetweenThings) {
  expect_format("\n\na: b\n\n\n\nc:\n\n  d: e\n\n\n  # f\n\n  g: h   \n\n\n",
                "a: b\n\nc:\n  d: e\n\n  # f\n\n  g: h\n");
  expect_format("a: b", "a: b\n");
  expect_format("a:\n  - b\n\n  - c\n", "a:\n  - b\n\n  - c\n");
}

TEST(Format, LeavesOutByteOrderMarkAndCarriageReturns) {
  expect_format("\xEF\xBB\xBF# c\r\na: |\r\n  b\r\n  c\r\nd: 'e\r\n\r\n  f'\r\n",
                "# c\na: |\n  b\n  c\nd: 'e\n\n  f'\n");
}

TEST(Format, KeepsDirectivesAndMarkers) {
  expect_format("%YAML 1.2\n---   # c\na:   b\n...\n", "%YAML 1.2\n---  # c\na: b\n...\n");
  expect_format("# top\n---\n\n\na: b\n", "# top\n---\na: b\n");
}

// Brackets.

TEST(Format, PutsBracketsOnOneLineWhereTheyFit) {
  expect_format("a: { b : c,d: [ e,f ],\n  g: {} , h: [] }\n", "a: {b: c, d: [e, f], g: {}, h: []}\n");
  expect_format("a: {b, c: , \"d\":e, ? f : g,}\n", "a: {b, c, d: e, f: g}\n");
  expect_format("a: [b: c, ? d : e, [f,],]\n", "a: [{b: c}, {d: e}, [f]]\n");
  expect_format("a: [b, 'c\n  d', e\n  f]\n", "a: [b, \"c d\", e f]\n");
}

TEST(Format, KeepsBlockStyleWhereItWasWritten) { expect_stays("a:\n  b: c\nd:\n  - e\n  - {f: g}\n"); }

TEST(Format, WritesTheFileAndItsSectionsWithoutBrackets) {
  expect_format("{apiVersion: dynamo/v1, imports: [a.yaml], components: {A: {command: [a]}}, graphs: {}}",
                "apiVersion: dynamo/v1\nimports: [a.yaml]\ncomponents:\n  A: {command: [a]}\ngraphs: {}\n");
}

TEST(Format, SpreadsAMappingThatIsTooLong) {
  const std::string long_text(100, 'x');
  expect_format(
      "components:\n  A: {command: [a], doc: " + long_text + ", params: {b: int, c: int}}  # note\n",
      "components:\n  A:  # note\n    doc: " + long_text + "\n    command: [a]\n    params: {b: int, c: int}\n");
}

TEST(Format, FitsWhatTakesTheWholeLine) {
  const std::string fits = "a: {b: " + std::string(112, 'x') + "}\n";
  ASSERT_EQ(fits.size(), 121U);
  expect_stays(fits);
  expect_format("a: {b: " + std::string(113, 'x') + "}\n", "a:\n  b: " + std::string(113, 'x') + "\n");
}

TEST(Format, WrapsALongListOfWordsAtTheUsersLineEnds) {
  const std::string a(55, 'a');
  const std::string b(55, 'b');
  expect_stays("a: [" + a + ", one,\n    " + b + ", two,\n    three]  # behind\n");
  expect_format("a: [\n  " + a + ", one,\n  " + b + ", two\n]\n", "a: [" + a + ", one,\n    " + b + ", two]\n");
  expect_format("a: [\n  " + a + ",\n  " + b + ",\n  c,\n  ddddddddddd,\n]\n",
                "a:\n  - " + a + "\n  - " + b + "\n  - c\n  - ddddddddddd\n");
}

TEST(Format, BreaksALongListOfWordsBetweenOptions) {
  const std::string x(40, 'x');
  expect_format("c: [" + x + ", --first, " + x + ", --second, " + x + ", --third, " + x + "]\n",
                "c: [" + x + ", --first, " + x + ",\n    --second, " + x + ", --third, " + x + "]\n");
}

TEST(Format, KeepsCommentsAmongWords) { expect_stays("c: [a, b,\n    # about c\n    c,  # behind c\n    d]\n"); }

// Scalars.

TEST(Format, DropsQuotesOnlyRoundWords) {
  expect_format("a: [\"word\", 'w-o.r/d', \"--option\", \"./path\", \"a_b+c@d\"]\n",
                "a: [word, w-o.r/d, --option, ./path, a_b+c@d]\n");
  expect_format("{\"apiVersion\": \"dynamo/v1\"}\n", "apiVersion: dynamo/v1\n");
  for (const std::string_view kept :
       {"\"1\"",    "\"1.0\"",        "\"1e3\"",   "\"0x1F\"", "\"010\"", "\"true\"", "\"yes\"",  "\"No\"", "\"on\"",
        "\"y\"",    "\"null\"",       "\"~\"",     "\"\"",     "\"a b\"", "\"a: b\"", "\"a #b\"", "\"-\"",  "\"---\"",
        "\".inf\"", "\"${a}\"",       "\":8000\"", "\"a,b\"",  "\"[a]\"", "\"*a\"",   "\"&a\"",   "\"!a\"", "\"%a\"",
        "\"@a\"",   "\"2026-01-01\"", "\"1:30\"",  "\"a\\n\"", "\"<<\"",  "\"=\"",    "\"é\"",    "\" a\"", "\"a:\""}) {
    expect_stays("k: " + std::string(kept) + "\n");
  }
}

TEST(Format, PrefersDoubleQuotes) {
  expect_format("a: 'b c'\nd: 'say \"e\"'\nf: 'it''s'\ng: 'back\\slash'\n",
                "a: \"b c\"\nd: 'say \"e\"'\nf: \"it's\"\ng: 'back\\slash'\n");
  expect_stays("a: \"\\u00e9\\x41\"\nb: \"\\x41\"\nc: \"\\N\\_\"\n");
}

TEST(Format, LeavesPlainValuesAsTheyAre) {
  expect_stays("a: 010\nb: 1.50\nc: True\nd: ~\ne: NULL\nf:\ng: no\nh: 0x1F\ni: http://e:80/f#g\nj: a {b} c, d\n");
}

TEST(Format, KeepsTheLinesOfATextThatIsTooLong) {
  const std::string a(70, 'a');
  expect_stays("doc: " + a + "\n  " + a + "\nb: \"" + a + "\n\n  " + a + "\"\nc:\n  " + a + "\n  " + a + "\n");
  expect_format("doc: short\n     text\nb: \"a\\\n   b\"\n", "doc: short text\nb: ab\n");
  expect_stays("doc:\n  " + a + a + "\n");
}

TEST(Format, IndentsBlocksOfTextAndKeepsTheirLines) {
  expect_format("a: |   # note\n      one\n        two\n\n      three  \nb:\n- >-\n   folded\n   text\n",
                "a: |  # note\n  one\n    two\n\n  three  \nb:\n  - >-\n    folded\n    text\n");
  expect_format("a: |4\n      one\n    two\n", "a: |2\n    one\n  two\n");
  expect_stays("a: |+\n  keep\n\n\nb: |-\n  strip\nc: |+\n\n");
  expect_format("a: |+\n  keep\n\nb: >\n  clip\n\n\n\nc: d\n", "a: |+\n  keep\n\nb: >\n  clip\n\nc: d\n");
  expect_format("a: |\n  no line end", "a: |-\n  no line end\n");
  expect_format("a: |+\n  no line end ", "a: |-\n  no line end \n");
}

TEST(Format, KeepsBlankLinesThatAreText) {
  expect_stays("a: >+\n  x\n\n");
  expect_format("a: >+\n    x\n    y\n\n\nb: c\n", "a: >+\n  x\n  y\n\n\nb: c\n");
  expect_stays("a: \"\n\n  \"\nb: '\n\n  '\n");
  expect_format("a: \"\n\n\"\n", "a: \"\n\n  \"\n");
  expect_format("a: |\n x\n   \nb: c\n", "a: |\n  x\n    \nb: c\n");
  expect_stays("a: |+  # c\n\n\nb: d\n");
}

TEST(Format, TakesBlanksAtTheEndOfTheFile) {
  expect_format("a: >\n  b\n  ", "a: >\n  b\n");
  expect_format("a: >-\n  b\n  ", "a: >-\n  b\n");
  expect_format("a:\n b: >\n  c\n ", "a:\n  b: >\n    c\n");
  expect_format("specs:\nimports: |\n t\n  ", "imports: |-\n  t\n   \nspecs:\n");
  expect_format("specs: >1\n  \nimports:\n#", "imports:\nspecs: >2\n   \n#\n");
}

TEST(Format, KeepsAnchorsAndAliases) {
  expect_format("a: &x  b\nc:   *x\nd: &y\n   e: *x\nf: [ *x , &z g ]\n*x : h\n",
                "a: &x b\nc: *x\nd: &y\n  e: *x\nf: [*x, &z g]\n*x : h\n");
  expect_format("- &a\n", "DG0006\n");
}

// Comments.

TEST(Format, IndentsCommentsLikeWhatFollows) {
  expect_format("a:\n# b\n    # c\n    d: e\n", "a:\n  # b\n  # c\n  d: e\n");
  expect_format("a:\n   - b\n   # c\n   - d\n", "a:\n  - b\n  # c\n  - d\n");
}

TEST(Format, KeepsCommentsAtTheFootOfWhatTheyAreIndentedLike) {
  expect_format("a:\n    b: c\n    # d: e\n\n# about f\nf:\n    g:\n        h: i\n    # at g\n  # at the end\n",
                "a:\n  b: c\n  # d: e\n\n# about f\nf:\n  g:\n    h: i\n  # at g\n# at the end\n");
  expect_format("a:\n    # b: c\nd: e\n", "a:\n  # b: c\nd: e\n");
}

TEST(Format, PutsCommentsTwoBlanksBehindTheirLine) {
  expect_format("a: b # c\nd: ef      # g\n", "a: b  # c\nd: ef  # g\n");
}

TEST(Format, KeepsTheColumnThatCommentsShare) {
  expect_stays("a: b       # c\nde:\n  f: ghi   # j\n\nk: l       # m\n");
  expect_format("a: {b: c,d: e} # f\ng: h           # i\n", "a: {b: c, d: e}  # f\ng: h  # i\n");
}

TEST(Format, AlignsNoCommentsByAccident) {
  const std::string between = "x: y\n";
  expect_format("a: bc # c\n" + between + "a2: d  # e\n", "a: bc  # c\n" + between + "a2: d  # e\n");
  expect_stays("a: bcd # c\na2: d  # e\n");                       // neighbours
  expect_stays("a: b      # c\n" + between + "a2: bcd   # e\n");  // set off
  expect_format("a: b      # c\n" + between + "a2: bcdef # e\n", "a: b  # c\n" + between + "a2: bcdef  # e\n");
}

TEST(Format, LetsACommentGoOnInItsColumn) {
  expect_format("a: b    # one\n        # two\nc: d\n", "a: b  # one\n      # two\nc: d\n");
}

TEST(Format, FindsAPlaceForCommentsInBrackets) {
  expect_format("a: { # one\n  b: c, # two\n  # three\n  d: e # four\n  # five\n} # six\n",
                "a:  # one\n  b: c  # two\n  # three\n  d: e  # four\n  # five\n  # six\n");
  expect_format("a: [b # one\n]\n", "a: [b]  # one\n");
  expect_format("a: [ # one\n]\n", "a: []  # one\n");
}

TEST(Format, KeepsTheOrderOfCommentsThatMove) {
  expect_format("a: # 1\n  # 2\n  \"\" # 3\n", "# 1\n# 2\na: \"\"  # 3\n");
  expect_format("a: # 1\n  # 2\n  b\n", "# 1\n# 2\na: b\n");
  expect_format("a: # 1\n  # 2\n  [x, # 3\n   y]\n", "# 1\n# 2\na: [x,  # 3\n    y]\n");
  expect_format("a: # 1\n  # 2\n  {x: y, # 3\n   z: w}\n", "a:  # 1\n  # 2\n  x: y  # 3\n  z: w\n");
  expect_format("a: [ # 1\n # 2\n] # 3\n", "# 1\n# 2\na: []  # 3\n");
  expect_format("{} # 1\n# 2\n", "{}\n# 1\n# 2\n");
  expect_format("- # 1\n", "DG0006\n");
  expect_format("a:\n  - # 1\n    # 2\n    {b: c, # 3\n     d: e} # 4\n",
                "a:\n  # 1\n  # 2\n  - b: c  # 3\n    d: e\n    # 4\n");
  expect_format("? a # 1\n# 2\n: b # 3\n", "# 1\n# 2\na: b  # 3\n");
}

TEST(Format, NeverPartsACommentFromTheKeyBelowIt) {
  expect_format("a: 1\n\nb: # 2\n  \"3\" # 4\n", "a: 1\n\n# 2\nb: \"3\"  # 4\n");
}

TEST(Format, KeepsACommentInTheLineWhereItsBracketsAreSpread) {
  const std::string long_text(120, 'x');
  expect_format("a: {b: c, d: " + long_text + " # e\n}\n", "a:\n  b: c\n  d: " + long_text + "  # e\n");
}

// The order of keys.

TEST(Format, PutsKeysOfTheLanguageInTheOrderOfTheGrammar) {
  expect_format(
      "graphs:\n  g: {bind: {s: A}, spec: S}\nspecs:\n  S:\n    slots: {s: Any}\n    entry: s\ncomponents:\n  A: "
      "{command: [a], doc: b}\n"
      "apiVersion: dynamo/v1\n",
      "apiVersion: dynamo/v1\ncomponents:\n  A: {doc: b, command: [a]}\nspecs:\n  S:\n    entry: s\n    slots: {s: "
      "Any}\n"
      "graphs:\n  g: {spec: S, bind: {s: A}}\n");
}

TEST(Format, KeepsTheOrderOfTheUsersOwnKeys) {
  expect_stays(
      "components:\n  Z: {command: [z], params: {b: int, a: int}, env: {Y: y, X: x}}\n  A: {command: [a]}\n"
      "graphs:\n  g: {spec: S, bind: {ready: A, live: B, command: C}}\nx-any: {stop: 1, doc: 2, command: 3}\n");
}

TEST(Format, KeepsKeysOfOthersBehindTheKeyThatTheyFollow) {
  expect_format("x-top: 1\ngraphs: {}\nx-after: 2\nmisspelled: 3\napiVersion: dynamo/v1\nx-last: 4\n",
                "x-top: 1\napiVersion: dynamo/v1\nx-last: 4\ngraphs: {}\nx-after: 2\nmisspelled: 3\n");
}

TEST(Format, MovesCommentsWithTheirKey) {
  expect_format(
      "# header\n\n# about graphs\ngraphs: {}  # none\n\n# about components\ncomponents:  # some\n  A:\n    # the "
      "command\n    command: [a]  # a\n"
      "    # a sentence\n    doc: b\n",
      "# header\n\n# about components\ncomponents:  # some\n  A:\n    # a sentence\n    doc: b\n    # the command\n"
      "    command: [a]  # a\n\n# about graphs\ngraphs: {}  # none\n");
  expect_format("# header\ngraphs: {}\napiVersion: dynamo/v1\n", "# header\napiVersion: dynamo/v1\ngraphs: {}\n");
}

TEST(Format, KeepsAHeadingAboveTheKeysThatItIsAbout) {
  expect_format(
      "components:\n  A:\n    # How it runs\n\n    env: {B: b}\n    # the command\n    command: [a]\n\n    # Rest\n\n"
      "    doc: c\n",
      "components:\n  A:\n    # Rest\n\n    doc: c\n\n    # How it runs\n\n    # the command\n    command: [a]\n"
      "    env: {B: b}\n");
}

TEST(Format, KeepsAnAnchorInFrontOfItsAliases) {
  expect_stays("graphs:\n  g: {bind: &b {s: A}, spec: *b}\n");
  expect_format("graphs:\n  g: {bind: &b {s: A}, spec: S}\n  h: {bind: *b, spec: S}\n",
                "graphs:\n  g: {spec: S, bind: &b {s: A}}\n  h: {spec: S, bind: *b}\n");
}

// Tables.

TEST(Format, KeepsTablesOfTheUsersNamesLinedUp) {
  expect_stays(
      "graphs:\n  a:    {spec: A}\n  long: {spec: B}\n  c:    {spec: C}\n\n  d: {spec: D}\n  longer: {spec: E}\n");
  expect_format("graphs:\n  a:    {spec: A}\n  long: {spec: B}\n  longer: {spec: C}\n",
                "graphs:\n  a:      {spec: A}\n  long:   {spec: B}\n  longer: {spec: C}\n");
  expect_format("graphs:\n  a:    {spec: A}\n  b:\n    spec: B\n  cc: {spec: C}\n",
                "graphs:\n  a: {spec: A}\n  b:\n    spec: B\n  cc: {spec: C}\n");
}

TEST(Format, LinesUpNoKeysOfTheLanguage) {
  expect_format("components:\n  A:\n    command: [a]\n    ready: {tcp: p}\n    live:  {tcp: p}\n",
                "components:\n  A:\n    command: [a]\n    ready: {tcp: p}\n    live: {tcp: p}\n");
}

// What it does not format.

TEST(Format, ReportsWhatCannotBeRead) {
  EXPECT_EQ(formatted("a: [b\n"), "DG0001\n");
  EXPECT_EQ(formatted("a:\n\tb: c\n"), "DG0002\n");
  EXPECT_EQ(formatted("a: 1\na: 2\n"), "DG0003\n");
  EXPECT_EQ(formatted("a: !tag b\n<<: c\n"), "DG0004\nDG0004\n");
  EXPECT_EQ(formatted("a: 1\n---\nb: 2\n"), "DG0005\n");
  EXPECT_EQ(formatted(""), "DG0006\n");
}

TEST(Format, NeedsNoMoreThanYaml) {
  expect_format("apiVersion:   dynamo/v9\ncomponents: [a,b]\ngraphs: 1\nspecs: {S: {slots: [c], entry: {d:   e}}}\n",
                "apiVersion: dynamo/v9\ncomponents: [a, b]\nspecs:\n  S: {entry: {d: e}, slots: [c]}\ngraphs: 1\n");
}

}  // namespace
}  // namespace dynamo
