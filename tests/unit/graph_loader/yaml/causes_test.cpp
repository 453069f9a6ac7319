// What each kind of mistake is told as: the place, the words, and what the first fix makes of the text. Every fix must
// leave a text that can be read.

#include "graph_loader/yaml/parse.h"

#include "tests/support/annotated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

using testing::Annotated;
using ::testing::HasSubstr;
using testing::range_of;
using ::testing::SizeIs;

struct Read final : DiagnosticSink {
  explicit Read(std::string text) : file("graph.yaml", std::move(text)) {
    readable = parse_yaml(file, *this).has_value();
  }
  void report(Diagnostic diagnostic) override { reported.push_back(std::move(diagnostic)); }

  SourceFile file;
  std::vector<Diagnostic> reported;
  bool readable = false;
};

std::string mended(std::string_view text, const Fix& fix) {
  std::vector<Edit> edits = fix.edits;
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.where.begin > b.where.begin; });
  std::string result(text);
  for (const Edit& edit : edits) result.replace(edit.where.begin, edit.where.end - edit.where.begin, edit.text);
  return result;
}

enum class First { None, Maybe, Machine };

/// `marks`: the numbers of the marks in `yaml`, the place itself and then the other places.
struct Row {
  std::string_view yaml;
  std::vector<std::size_t> marks;
  std::string_view message;
  std::string_view help;
  First fix = First::None;
  std::string_view mended = {};
};

void expect_told(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.yaml);
    const Annotated yaml(row.yaml);
    const Read read(yaml.text());
    EXPECT_FALSE(read.readable);
    ASSERT_THAT(read.reported, SizeIs(1));
    const Diagnostic& told = read.reported.front();
    EXPECT_EQ(told.code, codes::not_yaml);
    EXPECT_THAT(told.message, HasSubstr(std::string(row.message)));
    EXPECT_THAT(told.helps.empty() ? "" : told.helps.front(), HasSubstr(std::string(row.help)));
    EXPECT_EQ(range_of(told.primary.where), yaml.range(row.marks.at(0)));
    ASSERT_THAT(told.others, SizeIs(row.marks.size() - 1));
    for (std::size_t other = 0; other < told.others.size(); ++other) {
      EXPECT_EQ(range_of(told.others[other].where), yaml.range(row.marks[other + 1]));
    }
    ASSERT_EQ(told.fixes.empty(), row.fix == First::None);
    for (const Fix& fix : told.fixes) {
      EXPECT_TRUE(Read(mended(yaml.text(), fix)).readable) << mended(yaml.text(), fix);
    }
    if (told.fixes.empty()) continue;
    EXPECT_EQ(mended(yaml.text(), told.fixes.front()), row.mended);
    EXPECT_EQ(told.fixes.front().applicability == Applicability::Machine, row.fix == First::Machine);
  }
}

TEST(YamlCauses, KeysBelowATextArePartOfIt) {
  expect_told({
      {"graphs:\n  g:\n    spec: «S»\n      «bind»:\n        a: A\n      doc: b\n    x: y\n",
       {1, 0},
       "`bind` is indented more than `spec`, so YAML reads it as a part of the text `S`",
       "begin it at column 5, like `spec`; if it belongs below `spec`, give `S` a key",
       First::Maybe,
       "graphs:\n  g:\n    spec: S\n    bind:\n      a: A\n    doc: b\n    x: y\n"},
      {"a:\n  doc: «some words»\n    «more»: words\n",
       {1, 0},
       "`more` is indented more than `doc`",
       "or put the whole text in quotes",
       First::Maybe,
       "a:\n  doc: some words\n  more: words\n"},
      {"a: «b»\n «c»: d\n", {1, 0}, "a part of the text `b`", "column 1", First::Maybe, "a: b\nc: d\n"},
  });
}

TEST(YamlCauses, LinesMustBeInLineWithTheirNeighbours) {
  expect_told({
      {"a:\n  b:\n    «c»: [x]\n  «d»: [y]\n    «e»: [z]\n",
       {1, 0, 2},
       "`d` is indented less than the lines around it",
       "begin it at column 5",
       First::Maybe,
       "a:\n  b:\n    c: [x]\n    d: [y]\n    e: [z]\n"},
      {"a:\n  b:\n    «c»: x\n  «d»: y\n    «e»: z\n",
       {1, 0, 2},
       "`d` is indented less than the lines around it",
       "begin it at column 5",
       First::Maybe,
       "a:\n  b:\n    c: x\n    d: y\n    e: z\n"},
      {"a:\n  «b»:\n    «c»: [x]\n   «d»: y\n    e: z\n",
       {2, 1, 0},
       "`d` begins at column 4",
       "begin it at column 5, or at column 3",
       First::Maybe,
       "a:\n  b:\n    c: [x]\n    d: y\n    e: z\n"},
      {"a:\n  «b»:\n    «c»: [x]\n   «d»: y\n",
       {2, 1, 0},
       "`d` begins at column 4, in line with nothing above it",
       "begin it at column 5, or at column 3",
       First::Maybe,
       "a:\n  b:\n    c: [x]\n    d: y\n"},
      {"a:\n  «b»: [x]\n    «c»: d\n",
       {1, 0},
       "`c` is indented more than `b`, which has its value already",
       "begin it at column 3, like `b`",
       First::Maybe,
       "a:\n  b: [x]\n  c: d\n"},
      {"a:\n    «-» b\n   «-» c\n",
       {1, 0},
       "this item begins at column 4",
       "begin it at column 5",
       First::Maybe,
       "a:\n    - b\n    - c\n"},
      {"a:\n  b:\n  «-» c\n «-» d\n",
       {1, 0},
       "this item begins at column 2",
       "begin it at column 3",
       First::Maybe,
       "a:\n  b:\n  - c\n  - d\n"},
      {"a: «|»\n   b\n  «c»\n",
       {1, 0},
       "`c` is indented less than the text above it, and more than `a`",
       "begin it at column 4 if it belongs to the text, else at column 1",
       First::Maybe,
       "a: |\n   b\n   c\n"},
  });
}

TEST(YamlCauses, ListsAndKeysDoNotMix) {
  expect_told({
      {"a:\n  «-» B:\n    c: d\n  «E»:\n    c: d\n",
       {0, 1},
       "this `-` makes a list, and `E` below is a key in line with it",
       "remove the `-` if `B` is a key like `E`",
       First::Maybe,
       "a:\n  B:\n    c: d\n  E:\n    c: d\n"},
      {"a:\n  «-» b\n  - c\n  «d»: e\n",
       {1, 0},
       "`d` stands in line with the items of a list, and is none",
       "write `- ` in front of it, or begin it at another column",
       First::Maybe,
       "a:\n  - b\n  - c\n  - d: e\n"},
      {"a:\n  «-» b\n  «c»\n",
       {1, 0},
       "`c` stands in line with the items",
       "write `- ` in front of it",
       First::Maybe,
       "a:\n  - b\n  - c\n"},
      {"a:\n  «b»: c\n  «-» d\n", {1, 0}, "a list item cannot stand among the keys", "a list begins below a key"},
  });
}

TEST(YamlCauses, QuotesThatStayOpenAreFoundWhereTheyOpen) {
  expect_told({
      {"a: [b, «\"»x]\nc: «\"»info\"\n",
       {0, 1},
       "the quote that opens here is not closed on its line",
       "close it where the text ends",
       First::Maybe,
       "a: [b, \"x\"]\nc: \"info\"\n"},
      {"a: «\"»x\nb: [«\"»y\"]\n",
       {0, 1},
       "not closed on its line",
       "close it",
       First::Maybe,
       "a: \"x\"\nb: [\"y\"]\n"},
      {"a: «'»x\nb: y\n", {0}, "the quote that opens here is never closed", "close it", First::Maybe, "a: 'x'\nb: y\n"},
      {"a: [«\"»b, «\"»c\"]\n",
       {0, 1},
       "not closed before the next text",
       "close it",
       First::Maybe,
       "a: [\"b\", \"c\"]\n"},
      {"a: «\"»b\n«---»\nc: \"d\"\n", {0, 1}, "not closed before the document ends", "close it"},
  });
}

TEST(YamlCauses, TextBehindQuotesBelongsInside) {
  expect_told({
      {"a: «'It'»«s here'»\n",
       {1, 0},
       "text stands behind the quote that closes",
       "write `''` for a quote inside single quotes: `'It''s here'`",
       First::Maybe,
       "a: 'It''s here'\n"},
      {"a: «\"say \"»«hi\"\"» # b\n",
       {1, 0},
       "text stands behind",
       "write `\\\"` for a quote inside double quotes: `\"say \\\"hi\\\"\"`",
       First::Maybe,
       "a: \"say \\\"hi\\\"\" # b\n"},
      {"a: [«'it'»«s'», b]\n", {1, 0}, "text stands behind", "`'it''s'`", First::Maybe, "a: ['it''s', b]\n"},
      {"a: «\"8000\"»«/tcp»\n",
       {1, 0},
       "text stands behind",
       "put all of the text in quotes: `\"8000/tcp\"`",
       First::Maybe,
       "a: \"8000/tcp\"\n"},
  });
}

TEST(YamlCauses, AValueEndsItsLine) {
  expect_told({
      {"a: [b]«,»\nc: d\n",
       {0},
       "a `,` cannot stand behind a value outside of brackets",
       "remove it",
       First::Machine,
       "a: [b]\nc: d\n"},
      {"a:\n  b: [c] «d»: e\n", {0}, "`d` must begin on a line of its own", "", First::Maybe, "a:\n  b: [c]\n  d: e\n"},
      {"a: «[b]» «c»\n", {1, 0}, "only a comment can stand behind this value", ""},
  });
}

TEST(YamlCauses, BracketsAreFoundByTheirPartners) {
  expect_told({
      {"a: «[»b«}»\nc: d\n", {1, 0}, "`}` does not close `[`", "write `]`", First::Maybe, "a: [b]\nc: d\n"},
      {"a: {b: «[»c«}»\nd: e\n",
       {0, 1},
       "the bracket that opens here is not closed",
       "write `]` in front of `}`",
       First::Maybe,
       "a: {b: [c]}\nd: e\n"},
      {"a: {b: [c]}«}»\n", {0}, "this bracket closes nothing", "remove it", First::Maybe, "a: {b: [c]}\n"},
      {"a: «[»b\n«c»: d\n", {0, 1}, "never closed", "write `]` at the end of the line", First::Maybe, "a: [b]\nc: d\n"},
      {"a: {b: «[»c # d\n«e»: [f]\n",
       {0, 1},
       "never closed",
       "write `]}` at the end of the line",
       First::Maybe,
       "a: {b: [c]} # d\ne: [f]\n"},
      {"a: [«'b'» «'»c']\n",
       {1, 0},
       "a `,` is missing between two values",
       "write `,` behind the first",
       First::Maybe,
       "a: ['b', 'c']\n"},
  });
}

TEST(YamlCauses, ColonsAndBlanksThatAreMissingAreWritten) {
  expect_told({
      {"«a» {b: [c]}\nd: e\n",
       {0},
       "expected `:` behind this key",
       "write `a:`",
       First::Machine,
       "a: {b: [c]}\nd: e\n"},
      {"a:\n  «b» [c]\n  d: e\n",
       {0},
       "expected `:` behind this key",
       "write `b:`",
       First::Machine,
       "a:\n  b: [c]\n  d: e\n"},
      {"a: {«b» [c]}\n", {0}, "expected `:` behind this key", "write `b:`", First::Machine, "a: {b: [c]}\n"},
      {"«a»\n  b: c\n", {0}, "expected `:` behind this key", "write `a:`", First::Machine, "a:\n  b: c\n"},
      {"a:\n  «b» 2\n  c: d\n",
       {0},
       "expected `:` behind this key",
       "write `b:`",
       First::Maybe,
       "a:\n  b: 2\n  c: d\n"},
      {"a: b\n«c=d»\n", {0}, "expected `:` behind this key", "write `c: d`", First::Maybe, "a: b\nc: d\n"},
      {"a«:»[b]\nc: d\n", {0}, "a blank must follow this `:`", "write `a: [b]`", First::Machine, "a: [b]\nc: d\n"},
      {"a«:»{b: [c]}\n", {0}, "a blank must follow this `:`", "write `a: {b: [c]}`", First::Machine, "a: {b: [c]}\n"},
      {"x: {a«:»[b]}\n", {0}, "a blank must follow this `:`", "write `a: `", First::Machine, "x: {a: [b]}\n"},
      {"a:\n«-»bcd\n-efg\nh: i\n",
       {0},
       "a blank must follow this `-`",
       "write `- bcd`",
       First::Machine,
       "a:\n- bcd\n- efg\nh: i\n"},
      {"a:\n  - b\n  «-»m\n",
       {0},
       "a blank must follow this `-`",
       "write `- m`, or `- -m`",
       First::Maybe,
       "a:\n  - b\n  - m\n"},
      {"a: b\n«c= d»\n", {0}, "expected `:` behind this key", "write `c:`", First::Maybe, "a: b\nc: d\n"},
      {"a«:»{b: [c], d: e}\nf: g\n",
       {0},
       "a blank must follow this `:`",
       "write `a: {b: [c], d: e}`",
       First::Machine,
       "a: {b: [c], d: e}\nf: g\n"},
      {"a: b\n«http://x»\n", {0}, "expected `:` behind this key", ""},
  });
}

TEST(YamlCauses, AMappingNeedsBracesOnTheLineOfItsKey) {
  expect_told({
      {"a:\n  b: «c:» 1\n",
       {0},
       "a mapping cannot begin on the line of its key `b`",
       "write `b: {c: 1}`, or put it on a line of its own; text that holds `: ` needs quotes",
       First::Maybe,
       "a:\n  b: {c: 1}\n"},
      {"a: «note:» uses the old one # c\n",
       {0},
       "a mapping cannot begin on the line of its key `a`",
       "text that holds `: ` needs quotes: write `\"note: uses the old one\"`",
       First::Maybe,
       "a: \"note: uses the old one\" # c\n"},
      {"a: «b:» c\n   d: e\n", {0}, "a mapping cannot begin", "put it on a line of its own below `a`"},
      {"a: «b»: [c]«}»\n",
       {1, 0},
       "this bracket is never opened",
       "write `{` where it should open",
       First::Maybe,
       "a: {b: [c]}\n"},
  });
}

TEST(YamlCauses, TextInBracketsNeedsQuotes) {
  expect_told({
      {"a: [b, «${params.tp}»]\n",
       {0},
       "a reference needs quotes inside `[ ]` and `{ }`",
       "write `\"${params.tp}\"`",
       First::Machine,
       "a: [b, \"${params.tp}\"]\n"},
      {"a: [b, --tp=«${x}»/y z, ${u}]\nc: {d: ${e}, f: g}\n",
       {0},
       "a reference needs quotes",
       "write `\"--tp=${x}/y z\"`",
       First::Machine,
       "a: [b, \"--tp=${x}/y z\", \"${u}\"]\nc: {d: \"${e}\", f: g}\n"},
      {"a: {b: {c: «/v1/{id}»}}\n",
       {0},
       "text that holds a brace needs quotes",
       "write `\"/v1/{id}\"`",
       First::Machine,
       "a: {b: {c: \"/v1/{id}\"}}\n"},
      {"a: [«${»b, c«]»\n", {0, 1}, "the `${` that opens here is not closed", "close it with `}`"},
  });
}

TEST(YamlCauses, IndicatorsInFrontOfATextNeedQuotes) {
  expect_told({
      {"a: «@home»\n",
       {0},
       "a value cannot begin with `@`",
       "put it in quotes: `\"@home\"`",
       First::Machine,
       "a: \"@home\"\n"},
      {"a: [b, «%d x», c]\n",
       {0},
       "a value cannot begin with `%`",
       "`\"%d x\"`",
       First::Machine,
       "a: [b, \"%d x\", c]\n"},
      {"a: [«`b`»]\n", {0}, "a value cannot begin with a backtick", "", First::Machine, "a: [\"`b`\"]\n"},
      {"a: [b, «*.py»]\n",
       {0},
       "no anchor of this name stands before the alias `*.py`",
       "put it in quotes if it is text: `\"*.py\"`",
       First::Maybe,
       "a: [b, \"*.py\"]\n"},
      {"a: [«*», b]\n", {0}, "expected a name behind `*`", "`\"*\"`", First::Maybe, "a: [\"*\", b]\n"},
      {"a: [«&», b]\n", {0}, "expected a name behind `&`", "`\"&\"`", First::Maybe, "a: [\"&\", b]\n"},
      {"a: «{{ b }}»\n",
       {0},
       "a key must be plain text",
       "put it in quotes if it is text: `\"{{ b }}\"`",
       First::Maybe,
       "a: \"{{ b }}\"\n"},
  });
}

TEST(YamlCauses, CharactersThatLookLikeOthersAreNamed) {
  expect_told({
      {"a«\uFF1A»[b]\nc: d\n",
       {0},
       "U+FF1A (fullwidth form) looks like `:`",
       "write `:`",
       First::Machine,
       "a: [b]\nc: d\n"},
      {"a: {b: [c]«\uFF0C»d: e}\n",
       {0},
       "U+FF0C (fullwidth form) looks like `,`",
       "write `,`",
       First::Machine,
       "a: {b: [c], d: e}\n"},
      {"a:«\u00A0»b\nc: d\n",
       {0},
       "U+00A0 (no-break space) looks like a blank",
       "write a blank",
       First::Machine,
       "a: b\nc: d\n"},
      {"a: «\u201C»b: c\u201D\n",
       {0},
       "U+201C (left double quotation mark) looks like `\"`",
       "write `\"`",
       First::Maybe,
       "a: \"b: c\"\n"},
      {"a: [b]«\uFF1B»\n", {0}, "U+FF1B (fullwidth form) has no meaning here", "remove it", First::Machine, "a: [b]\n"},
  });
}

// Where something else is wrong, such a character is none of its causes.
TEST(YamlCauses, CharactersInTextAreNoneOfThem) {
  for (const std::string_view yaml :
       {"a: \u201Cb\u201D is c: d e\n", "a: \U0001F468\u200D\U0001F469 b: c d\n", "a: \"\uFF1A\" b\n"}) {
    const Read read{std::string(yaml)};
    ASSERT_THAT(read.reported, SizeIs(1));
    EXPECT_THAT(read.reported.front().message, Not(HasSubstr("U+"))) << yaml;
  }
}

TEST(YamlCauses, TabsAreToldOnceWithOneFix) {
  const Read read("a:\n\tb:\n\t\tc: d\n\n\te: f\n");
  ASSERT_THAT(read.reported, SizeIs(1));
  const Diagnostic& told = read.reported.front();
  EXPECT_EQ(told.code, codes::tab_indentation);
  EXPECT_EQ(told.primary.where.start_position(), (Position{2, 1}));
  EXPECT_EQ(told.primary.text, "and in 2 more lines");
  ASSERT_THAT(told.fixes, SizeIs(1));
  EXPECT_EQ(mended(read.file.text(), told.fixes.front()), "a:\n  b:\n    c: d\n\n  e: f\n");
}

}  // namespace
}  // namespace dynamo
