#include "cli/text/display_text.h"

#include "cli/text/character_width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dynamo {
namespace {

TEST(CharacterWidth, IsTwoForWideCharactersAndZeroForCombiningOnes) {
  EXPECT_EQ(character_width(U'a'), 1);
  EXPECT_EQ(character_width(U'ä'), 1);
  EXPECT_EQ(character_width(U'の'), 2);
  EXPECT_EQ(character_width(U'한'), 2);
  EXPECT_EQ(character_width(U'Ｆ'), 2);
  EXPECT_EQ(character_width(0x1F680), 2);  // a rocket
  EXPECT_EQ(character_width(0x0301), 0);   // combining acute accent
  EXPECT_EQ(character_width(0x200D), 0);   // zero width joiner
  EXPECT_EQ(character_width(0xFE0F), 0);   // variation selector
  EXPECT_EQ(character_width(U'ﬀ'), 1);
  EXPECT_EQ(character_width(0x10FFFF), 1);
}

TEST(DisplayText, ReadsOnlyShortestForms) {
  EXPECT_EQ(character_at("é", 0).point, U'é');
  EXPECT_EQ(character_at("é", 0).length, 2U);
  EXPECT_EQ(character_at("é", 1).length, 0U) << "a continuation alone";
  EXPECT_EQ(character_at("\xC0\xAF", 0).length, 0U) << "an overlong slash";
  EXPECT_EQ(character_at("\xED\xA0\x80", 0).length, 0U) << "half of a surrogate pair";
  EXPECT_EQ(character_at("\xF4\x90\x80\x80", 0).length, 0U) << "beyond the last code point";
  EXPECT_EQ(character_at("\xE2\x82", 0).length, 0U) << "cut off";
}

TEST(DisplayText, ShowsControlCharactersAsEscapes) {
  EXPECT_EQ(visible("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(visible("a\xff"), "a\\xff");
  EXPECT_EQ(visible(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(visible("a\nb\tc"), "a b c");
  EXPECT_EQ(visible("user\xE2\x80\xAE"), "user\\u{202e}") << "the order of what is read must not turn";
}

TEST(DisplayText, CountsColumns) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("日本"), 4);
  EXPECT_EQ(display_width("e\xCC\x81"), 1);
  EXPECT_EQ(display_width("\x1b"), 4);
}

TEST(DisplayText, ClipsWithDotsWithinTheWidth) {
  EXPECT_EQ(clipped("abcdef", 6), "abcdef");
  EXPECT_EQ(clipped("abcdef", 5), "abcd…");
  EXPECT_EQ(clipped("日本語", 5), "日本…");
  EXPECT_EQ(clipped("日本語", 4), "日…");
  EXPECT_EQ(clipped("abc", 0), "");
  EXPECT_EQ(padded("ab", 4), "ab  ");
  EXPECT_EQ(padded("日本語", 4), "日… ");
}

TEST(DisplayText, MakesOneCellOfACharacterAndWhatCombinesWithIt) {
  const auto cells = cells_of("\te\xCC\x81x", 4);
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells[0].width, 4);
  EXPECT_EQ(cells[1].text, "e\xCC\x81");
  EXPECT_EQ(cells[1].begin, 1U);
  EXPECT_EQ(cells[1].end, 4U);
  EXPECT_EQ(cells[2].begin, 4U);
}

TEST(DisplayText, KeepsUtf8AndEscapesTheRest) { EXPECT_EQ(valid_utf8("ä\xfe!"), "ä\\xfe!"); }

TEST(DisplayText, CutsTheBeginningWhereTheEndCounts) {
  EXPECT_EQ(clipped_start("examples/graph.yaml:37:18", 30), "examples/graph.yaml:37:18");
  EXPECT_EQ(clipped_start("examples/graph.yaml:37:18", 11), "…yaml:37:18");
  EXPECT_EQ(clipped_start("日本語", 5), "…本語");
  EXPECT_EQ(clipped_start("日本語", 4), "…語") << "a wide character is not cut into halves";
  EXPECT_EQ(clipped_start("ab", 0), "");
}

TEST(DisplayText, WrapsWordsAndBreaksThoseThatAreTooLong) {
  using testing::ElementsAre;
  EXPECT_THAT(wrapped("", 8), ElementsAre(""));
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("backend=Mock,Vllm x", 13), ElementsAre("backend=Mock,", "Vllm x"));
  EXPECT_THAT(wrapped("abcdefgh", 4), ElementsAre("abcd", "efgh"));
  EXPECT_THAT(wrapped("AbstractProcessor;", 12), ElementsAre("Abstract", "Processor;"));
  EXPECT_THAT(wrapped("a=bcdefghij", 8), ElementsAre("a=bcdefg", "hij")) << "no line of two letters";
  EXPECT_THAT(wrapped("a\tb", 8), ElementsAre("a b"));
}

}  // namespace
}  // namespace dynamo
