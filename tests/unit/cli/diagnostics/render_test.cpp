#include "cli/diagnostics/render.h"

#include "cli/text/display_text.h"
#include "proto/diagnostic.h"
#include "tests/support/annotated.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

using testing::Annotated;

/// A source and its marked places.
struct Text {
  explicit Text(std::string_view marked, std::string name = "graph.yaml", int first_line = 1)
      : annotated(marked), file(std::move(name), annotated.text(), first_line) {}
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  [[nodiscard]] Label label(std::size_t index, std::string words = {}) const {
    return {Span{&file, annotated.range(index).begin, annotated.range(index).end}, std::move(words)};
  }

  Annotated annotated;
  SourceFile file;
};

Diagnostic mistake(Label primary, std::string message = "this is wrong", Code code = codes::unknown_key) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.primary = std::move(primary);
  return diagnostic;
}

std::string human(const Diagnostic& diagnostic, int width = 0) {
  return render_human(diagnostic, {.width = width, .style = Style()}, false);
}

TEST(RenderDiagnostic, ShowsAMismatchAcrossTwoFiles) {
  const Text wrong("\n\n\n  g4: {spec: LLMAgg, bind: {frontend: «Backend», processor: Slow}}\n", "wrong.yaml");
  const Text graph(std::string(36, '\n') + "      «frontend»:  Frontend = Frontend\n");
  Diagnostic diagnostic =
      mistake(wrong.label(0, "implements `AbstractBackend`"), "`Backend` is not a `Frontend`", codes::binding_type);
  diagnostic.others.push_back(graph.label(0, "slot `frontend` takes a `Frontend`"));
  diagnostic.helps.push_back("components that fit: `Frontend`");
  EXPECT_EQ(render_human(diagnostic, DiagnosticLook()),
            "error[DG0401]: `Backend` is not a `Frontend`\n"
            "  --> wrong.yaml:4:39\n"
            "   |\n"
            " 4 |   g4: {spec: LLMAgg, bind: {frontend: Backend, processor: Slow}}\n"
            "   |                                       ^^^^^^^ implements `AbstractBackend`\n"
            "   |\n"
            "  ::: graph.yaml:37:7\n"
            "   |\n"
            "37 |       frontend:  Frontend = Frontend\n"
            "   |       -------- slot `frontend` takes a `Frontend`\n"
            "   |\n"
            "   = help: components that fit: `Frontend`\n"
            "   = more: dynamo graph explain DG0401\n");
}

TEST(RenderDiagnostic, MergesPlacesOfOneFileIntoOneExcerpt) {
  const Text text(
      "«spec»: A\n"
      "x: 1\n"
      "bind: {a: «Wrong»}\n"
      "y: 1\n"
      "z: 1\n"
      "slots: {a: «Type»}\n");
  Diagnostic diagnostic = mistake(text.label(1, "here"));
  diagnostic.others.push_back(text.label(2, "wants `Type`"));
  diagnostic.others.push_back(text.label(0));
  diagnostic.notes.push_back("the rule\nin two lines");
  EXPECT_EQ(human(diagnostic),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:3:11\n"
            "   |\n"
            " 1 | spec: A\n"
            "   | ----\n"
            " 2 | x: 1\n"
            " 3 | bind: {a: Wrong}\n"
            "   |           ^^^^^ here\n"
            "...\n"
            " 6 | slots: {a: Type}\n"
            "   |            ---- wants `Type`\n"
            "   |\n"
            "   = note: the rule\n"
            "           in two lines\n");
}

TEST(RenderDiagnostic, HangsTheLabelsOfOneLineBelowEachOther) {
  const Text text("a: «one» b: «two» c: «three» d\n");
  Diagnostic diagnostic = mistake(text.label(2, "last"));
  diagnostic.others.push_back(text.label(0, "first"));
  diagnostic.others.push_back(text.label(1, "second"));
  EXPECT_EQ(human(diagnostic),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:18\n"
            "   |\n"
            " 1 | a: one b: two c: three d\n"
            "   |    ---    ---    ^^^^^ last\n"
            "   |    |      |\n"
            "   |    |      second\n"
            "   |    first\n");
}

TEST(RenderDiagnostic, DrawsAPlaceOverSeveralLines) {
  const Text text(
      "graphs:\n"
      "  g:\n"
      "    «bind:\n"
      "      a: b\n"
      "      c: d\n»"
      "  h: 1\n");
  EXPECT_EQ(human(mistake(text.label(0, "all of this"))),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:3:5\n"
            "   |\n"
            " 3 | /     bind:\n"
            " 4 | |       a: b\n"
            " 5 | |       c: d\n"
            "   | |__________^ all of this\n");
}

TEST(RenderDiagnostic, DrawsAPlaceThatBeginsInTheMiddleOfALine) {
  const Text text(
      "g: «{a: b,\n"
      "     c: d,\n"
      "     e: f,\n"
      "     g: h,\n"
      "     i: j}»\n");
  EXPECT_EQ(human(mistake(text.label(0, "this list"))),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:4\n"
            "   |\n"
            " 1 |   g: {a: b,\n"
            "   |  ____^\n"
            "...  |\n"
            " 5 | |      i: j}\n"
            "   | |__________^ this list\n");
}

TEST(RenderDiagnostic, IsNotShiftedByTabsWideAndCombiningCharacters) {
  const Text tabs("a:\t«b»\n");
  EXPECT_EQ(human(mistake(tabs.label(0))),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:4\n"
            "   |\n"
            " 1 | a:  b\n"
            "   |     ^\n");
  const Text wide("日本: {e\xCC\x81: «語»}\n");
  EXPECT_EQ(human(mistake(wide.label(0, "here"))),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:10\n"
            "   |\n"
            " 1 | 日本: {e\xCC\x81: 語}\n"
            "   |           ^^ here\n");
}

TEST(RenderDiagnostic, IsNotShiftedByAByteOrderMarkOrCarriageReturns) {
  const Text text("\xEF\xBB\xBF«a»: 1\r\nb: «2»\r\n");
  Diagnostic diagnostic = mistake(text.label(0));
  diagnostic.others.push_back(text.label(1, "and here"));
  EXPECT_EQ(human(diagnostic),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:1\n"
            "   |\n"
            " 1 | a: 1\n"
            "   | ^\n"
            " 2 | b: 2\n"
            "   |    - and here\n");
}

/// Where the marks of the only line begin, and how many there are.
std::pair<std::size_t, std::size_t> marks_of(const std::string& shown) {
  const std::size_t end = shown.rfind('^');
  const std::size_t line = shown.rfind('\n', end) + 1;
  const std::size_t begin = shown.find('^', line);
  return {begin - line - std::string_view("   | ").size(), end - begin + 1};
}

TEST(RenderDiagnostic, PutsTheMarkUnderWhateverATerminalShows) {
  struct Case {
    std::string_view before;
    std::size_t column;
    std::string_view marked = "x";
    std::size_t width = 1;
  };
  const std::vector<Case> cases = {
      {"", 0},
      {"a: ", 3},
      {"\t", 4},
      {"ab\t", 4},
      {"abcd\t", 8},
      {"  \t \t", 8},
      {"a: ", 3, "b\tc", 6},       // b stands in column 3, the tab ends in column 8
      {"日本: ", 6},               // East Asian wide
      {"ｆｕｌｌ ", 9},            // full width forms
      {"ﾊﾝ ", 3},                  // half width forms
      {"한글 ", 5},                // Hangul syllables
      {"\u1112\u1161\u11ab ", 3},  // the same as letters that join
      {"e\u0301e\u0301 ", 3},      // combining accents
      {"a\u0300\u0301\u0302\u0303 ", 2},
      {"\u0301a ", 2},  // an accent of nothing
      {"🚀 ", 3},
      {"👨\u200d👩\u200d👧 ", 7},  // a family: three people without the joiners
      {"👍🏽 ", 3},         // the colour of skin is left out
      {"❤\ufe0f ", 2},          // the plain heart
      {"🇫🇷 ", 3},               // two regional letters
      {"a\u200bb ", 3},         // a blank without width
      {"\u202eab ", 11},        // turning the direction is shown as an escape
      {"\xff ", 5},             // not UTF-8
      {"\x1b[31m ", 9},         // an escape sequence
      {"", 0, "日本", 4},
      {"", 0, "👨\u200d👩", 4},
      {"", 0, "e\u0301", 1},
  };
  for (const Case& one : cases) {
    const std::string line = std::string(one.before) + "«" + std::string(one.marked) + "» rest";
    for (const std::string_view end : {"\n", "\r\n", ""}) {
      for (const std::string_view start : {"", "\xEF\xBB\xBF"}) {
        const Text text(std::string(start) + line + std::string(end));
        for (const int width : {0, 40, 200}) {
          const auto [column, count] = marks_of(human(mistake(text.label(0)), width));
          EXPECT_EQ(column, one.column) << line;
          EXPECT_EQ(count, one.width) << line;
        }
      }
    }
  }
}

TEST(RenderDiagnostic, CutsWideCharactersWithoutShiftingTheMark) {
  std::string wide;
  for (int count = 0; count < 40; ++count) wide += "日";
  for (const std::string_view odd : {"", "x"}) {
    const Text text(std::string(odd) + wide + "«wrong»" + wide + "\n");
    const std::string shown = human(mistake(text.label(0, "here")), 40);
    const std::size_t line = shown.find(" 1 | ") + std::string_view(" 1 | ").size();
    const std::string before = shown.substr(line, shown.find("wrong", line) - line);
    EXPECT_EQ(static_cast<std::size_t>(display_width(before)), marks_of(shown).first) << shown;
    EXPECT_LE(display_width(shown.substr(line, shown.find('\n', line) - line)), 35) << shown;
  }
}

TEST(RenderDiagnostic, MarksTheEndOfTheFileAndPlacesWithoutLetters) {
  for (const std::string_view marked : {"a: 1\n«»", "a: 1\n\n«\n»", "a: 1\r\n«\r\n»", "a: 1«\n»", "«»a: 1"}) {
    const Text text(marked);
    const auto [column, count] = marks_of(human(mistake(text.label(0)), 40));
    EXPECT_EQ(column, marked.starts_with("a: 1«") ? 4U : 0U) << marked;
    EXPECT_EQ(count, 1U) << marked;
  }
}

TEST(RenderDiagnostic, DrawsSeveralPlacesOverLinesOfWideCharacters) {
  const Text text(
      "日: «{a: «語»,\n"
      "  \tb: «日本»,\n"
      "  c: 🚀}»\n");
  Diagnostic diagnostic = mistake(text.label(0, "all"));
  diagnostic.others.push_back(text.label(1, "one"));
  diagnostic.others.push_back(text.label(2, "two"));
  EXPECT_EQ(human(diagnostic, 40),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:4\n"
            "   |\n"
            " 1 |   日: {a: 語,\n"
            "   |           -- one\n"
            "   |  _____^\n"
            " 2 | |     b: 日本,\n"
            "   | |        ---- two\n"
            " 3 | |   c: 🚀}\n"
            "   | |________^ all\n");
}

TEST(RenderDiagnostic, ShowsControlCharactersAndBrokenBytesAsEscapes) {
  const Text text("a\x1b[0m\xff: «b»\n", "gr\x1b.yaml");
  EXPECT_EQ(human(mistake(text.label(0,
                                     "la\x1b"
                                     "bel"),
                          "mess\x07"
                          "age")),
            "error[DG0101]: mess\\x07age\n"
            "  --> gr\\x1b.yaml:1:9\n"
            "   |\n"
            " 1 | a\\x1b[0m\\xff: b\n"
            "   |               ^ la\\x1bbel\n");
}

TEST(RenderDiagnostic, MarksOneColumnForAnEmptyPlaceAndTheEndOfTheFile) {
  const Text text("a: 1\nb:«»");
  EXPECT_EQ(human(mistake(text.label(0, "a value is missing"))),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:2:3\n"
            "   |\n"
            " 2 | b:\n"
            "   |   ^ a value is missing\n");
  const Text empty("«»");
  EXPECT_EQ(human(mistake(empty.label(0))),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:1\n"
            "   |\n"
            " 1 |\n"
            "   | ^\n");
}

TEST(RenderDiagnostic, CutsALongLineAroundItsMark) {
  const std::string many = "abcdefghij abcdefghij abcdefghij abcdefghij ";
  const Text text("key: " + many + "«wrong» " + many + "\n");
  EXPECT_EQ(human(mistake(text.label(0, "here")), 50),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:50\n"
            "   |\n"
            " 1 | …bcdefghij abcdefghij abcdefghij wrong abcde…\n"
            "   |                                  ^^^^^ here\n");
}

TEST(RenderDiagnostic, KeepsTheBeginningOfALongLineWhereTheMarkIsNearIt) {
  const Text text("key: «wrong» " + std::string(200, 'x') + "\n");
  EXPECT_EQ(human(mistake(text.label(0, "here")), 40),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:6\n"
            "   |\n"
            " 1 | key: wrong xxxxxxxxxxxxxxxxxxxxxxx…\n"
            "   |      ^^^^^ here\n");
}

TEST(RenderDiagnostic, CutsAMarkThatIsLongerThanTheTerminal) {
  const Text text("«" + std::string(200, 'x') + "»\n");
  EXPECT_EQ(human(mistake(text.label(0, "too long")), 30),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:1:1\n"
            "   |\n"
            " 1 | xxxxxxxxxxxxxxxxxxxxxxxx…\n"
            "   | ^^^^^^^^^^^^^^^^^^^^^^^^ too long\n");
}

TEST(RenderDiagnostic, LooksOnlyAtTheNeighbourhoodInALineOfMegabytes) {
  const Text text(std::string(3'000'000, 'x') + " «wrong» " + std::string(3'000'000, 'y') + "\n");
  const std::string shown = human(mistake(text.label(0, "here")), 60);
  EXPECT_LT(shown.size(), 400U);
  EXPECT_NE(shown.find("x wrong y"), std::string::npos) << shown;
  const std::size_t line = shown.find(" 1 | ");
  const std::size_t marks = shown.find("   | ", line);
  const auto columns_before = [](std::string text_before) {
    std::size_t columns = 0;
    for (const char letter : text_before) columns += (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U ? 1 : 0;
    return columns;
  };
  EXPECT_EQ(columns_before(shown.substr(line, shown.find("wrong y") - line)), shown.find('^', marks) - marks);
}

TEST(RenderDiagnostic, ShowsTheArgumentForAPlaceOnTheCommandLine) {
  const Text text("backend=«KvRouter»", "command line", 2);
  EXPECT_EQ(human(mistake(text.label(0, "not a `Backend`"))),
            "error[DG0101]: this is wrong\n"
            "  --> command line:2:9\n"
            "   |\n"
            " 2 | backend=KvRouter\n"
            "   |         ^^^^^^^^ not a `Backend`\n");
}

TEST(RenderDiagnostic, ColorsWhatMattersAndNothingElse) {
  const Text text("«a»: «b»\n");
  Diagnostic diagnostic = mistake(text.label(0, "here"));
  diagnostic.others.push_back(text.label(1));
  diagnostic.helps.push_back("do this");
  EXPECT_EQ(render_human(diagnostic, {.width = 0, .style = Style(true)}, false),
            "\x1b[1;31merror[DG0101]\x1b[0m\x1b[1m: this is wrong\x1b[0m\n"
            "  \x1b[1;34m-->\x1b[0m graph.yaml:1:1\n"
            "   \x1b[1;34m|\x1b[0m\n"
            "\x1b[1;34m 1 |\x1b[0m a: b\n"
            "\x1b[1;34m   |\x1b[0m \x1b[1;31m^\x1b[0m  \x1b[1;34m-\x1b[0m\n"
            "\x1b[1;34m   |\x1b[0m \x1b[1;31m|\x1b[0m\n"
            "\x1b[1;34m   |\x1b[0m \x1b[1;31mhere\x1b[0m\n"
            "   \x1b[1;34m|\x1b[0m\n"
            "   \x1b[1;34m=\x1b[0m \x1b[1mhelp\x1b[0m: do this\n");
}

TEST(RenderDiagnostic, WritesOneLineInTheShortFormat) {
  const Text text("a: «b»\n");
  EXPECT_EQ(render_short(mistake(text.label(0), "`b` is wrong")), "graph.yaml:1:4: error[DG0101]: `b` is wrong\n");
  Diagnostic warning = mistake(text.label(0), "unused", codes::unused_component);
  warning.severity = Severity::Warning;
  EXPECT_EQ(render_short(warning), "graph.yaml:1:4: warning[DG0901]: unused\n");
}

TEST(RenderDiagnostic, TellsTheGraphBehindThePlaceAndInTheShortFormBehindTheMessage) {
  const Text text("a: «b»\n", "g.yaml");
  const Text other("«c»\n", "h.yaml");
  Diagnostic diagnostic = mistake(text.label(0));
  diagnostic.others.push_back(other.label(0, "wanted here"));
  diagnostic.graph_words = "graph `mock` and 2 more";
  EXPECT_EQ(human(diagnostic),
            "error[DG0101]: this is wrong\n"
            "  --> g.yaml:1:4 (graph `mock` and 2 more)\n"
            "   |\n"
            " 1 | a: b\n"
            "   |    ^\n"
            "   |\n"
            "  ::: h.yaml:1:1\n"
            "   |\n"
            " 1 | c\n"
            "   | - wanted here\n");
  EXPECT_EQ(render_short(diagnostic), "g.yaml:1:4: error[DG0101]: this is wrong (graph `mock` and 2 more)\n");
}

TEST(RenderDiagnostic, WrapsSentencesToTheTerminal) {
  const Text text("a: «b»\n");
  Diagnostic diagnostic =
      mistake(text.label(0), "client `backend` of `Processor` needs a `Backend`, and there is none");
  diagnostic.notes.push_back("one line\nand a longer second one that goes on");
  diagnostic.helps.push_back("connect it: `wire: {a.b: c}`, or leave it out");
  EXPECT_EQ(human(diagnostic, 40),
            "error[DG0101]: client `backend` of\n"
            "    `Processor` needs a `Backend`, and\n"
            "    there is none\n"
            "  --> graph.yaml:1:4\n"
            "   |\n"
            " 1 | a: b\n"
            "   |    ^\n"
            "   |\n"
            "   = note: one line\n"
            "           and a longer second one that\n"
            "           goes on\n"
            "   = help: connect it: `wire: {a.b: c}`,\n"
            "           or leave it out\n");
}

TEST(RenderDiagnostic, DoesNotWrapWhereNobodyCountsColumns) {
  const Text text("a: «b»\n");
  const std::string sentence = "`" + std::string(300, 'x') + "` is long " + std::string(300, 'y');
  Diagnostic diagnostic = mistake(text.label(0), sentence);
  diagnostic.helps.push_back(sentence);
  const std::string shown = human(diagnostic);
  EXPECT_NE(shown.find("error[DG0101]: " + sentence + "\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find("   = help: " + sentence + "\n"), std::string::npos) << shown;
}

TEST(RenderDiagnostic, CutsALongQuoteInTheHeadlineOnATerminal) {
  const Text text("a: «b»\n");
  const std::string shown = human(mistake(text.label(0), "`" + std::string(300, 'x') + "` cannot be a name"), 40);
  EXPECT_EQ(shown.substr(0, shown.find("  -->")),
            "error[DG0101]: `" + std::string(22, 'x') + "…`\n    cannot be a name\n");
}

TEST(RenderDiagnostic, CutsTheSameOffAllLinesIfThatIsIndentation) {
  const Text text(
      "            a: «Agg»\n"
      "          backend: {x: Some, y: «Wrong»}\n");
  Diagnostic diagnostic = mistake(text.label(1, "here"));
  diagnostic.others.push_back(text.label(0, "of this"));
  EXPECT_EQ(human(diagnostic, 40),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:2:33\n"
            "   |\n"
            " 1 | …  a: Agg\n"
            "   |       --- of this\n"
            " 2 | …backend: {x: Some, y: Wrong}\n"
            "   |                        ^^^^^ here\n");
}

TEST(RenderDiagnostic, CutsNoWordsOffALineThatFits) {
  const Text text(
      "a: «Agg»\n"
      "          backend: {x: Some, y: «Wrong»}\n");
  Diagnostic diagnostic = mistake(text.label(1, "here"));
  diagnostic.others.push_back(text.label(0, "of this"));
  EXPECT_EQ(human(diagnostic, 40),
            "error[DG0101]: this is wrong\n"
            "  --> graph.yaml:2:33\n"
            "   |\n"
            " 1 | a: Agg\n"
            "   |    --- of this\n"
            " 2 | …backend: {x: Some, y: Wrong}\n"
            "   |                        ^^^^^ here\n");
}

TEST(RenderDiagnostic, ExplainsACodeOnceAndLimitsTheList) {
  const Text text("«a»: «b»\n");
  const std::vector<Diagnostic> three = {mistake(text.label(0), "one"), mistake(text.label(1), "two"),
                                         mistake(text.label(1), "three", codes::wrong_kind)};
  const std::string all = render_all_human(three, 0, DiagnosticLook());
  const std::size_t first = all.find("= more: dynamo graph explain DG0101");
  EXPECT_LT(first, all.find("two"));
  EXPECT_EQ(all.find("explain DG0101", first + 40), std::string::npos);
  EXPECT_NE(all.find("explain DG0103"), std::string::npos);
  EXPECT_EQ(render_all_short(three, 2),
            "graph.yaml:1:1: error[DG0101]: one\n"
            "graph.yaml:1:4: error[DG0101]: two\n"
            "… and 1 more; --max-errors 0 shows all\n");
  EXPECT_EQ(render_all_short(three, 3).find("more"), std::string::npos);
}

TEST(RenderDiagnostic, SumsUp) {
  const Text text("«a»: «b»\n");
  Diagnostic one = mistake(text.label(0));
  one.graph = "g4";
  Diagnostic two = mistake(text.label(1));
  two.graph = "g5";
  EXPECT_EQ(diagnostic_summary("wrong.yaml", {one, two}), "wrong.yaml: 2 errors in 2 graphs\n");
  EXPECT_EQ(diagnostic_summary("wrong.yaml", {mistake(text.label(0))}), "wrong.yaml: 1 error\n");
  one.severity = Severity::Warning;
  EXPECT_EQ(diagnostic_summary("wrong.yaml", {one}), "wrong.yaml: 1 warning in 1 graph\n");
  one.more_graphs = {"g5", "g6"};
  EXPECT_EQ(diagnostic_summary("wrong.yaml", {one, two}), "wrong.yaml: 1 error, 1 warning in 3 graphs\n");
}

}  // namespace
}  // namespace dynamo
