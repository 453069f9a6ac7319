#include "graph_loader/yaml/lookalikes.h"

#include <gtest/gtest.h>

#include <string_view>

namespace dynamo {
namespace {

std::string words(std::string_view text) {
  const auto found = find_lookalike(text);
  return found ? found->words() : "none";
}

TEST(Lookalikes, AreNamed) {
  EXPECT_EQ(words("a\u00A0b"), "U+00A0 (no-break space) looks like a blank");
  EXPECT_EQ(words("a\u200B"), "U+200B (zero-width space) cannot be seen");
  EXPECT_EQ(words("\u0430"), "U+0430 (Cyrillic letter) looks like `a`");
  EXPECT_EQ(words("\u03BF"), "U+03BF (Greek letter) looks like `o`");
  EXPECT_EQ(words("\uFF0C"), "U+FF0C (fullwidth form) looks like `,`");
  EXPECT_EQ(words("\uFF21"), "U+FF21 (fullwidth form) looks like `A`");
  EXPECT_EQ(words("\u201C"), "U+201C (left double quotation mark) looks like `\"`");
}

TEST(Lookalikes, AreNoOrdinaryCharacters) {
  EXPECT_EQ(words("plain: [text], \"1\" ~"), "none");
  EXPECT_EQ(words("Größe, 模型, слово… 🚀"), "U+0441 (Cyrillic letter) looks like `c`");
  EXPECT_EQ(words("Größe, 模型… 🚀"), "none");
  EXPECT_EQ(words(""), "none");
  EXPECT_EQ(words("\xFF\xC3"), "none");
}

TEST(Lookalikes, StandAtTheirBytes) {
  const auto found = find_lookalike("é\u00A0x\u00A0", 3);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->begin, 5U);
  EXPECT_EQ(found->end, 7U);
}

TEST(Lookalikes, AreReplacedByWhatTheyLookLike) {
  EXPECT_EQ(without_lookalikes("\u00A0\u00A0c\u043Emma\u200Bnd\uFF1A"), "  command:");
  EXPECT_EQ(without_lookalikes("as it is"), "as it is");
}

}  // namespace
}  // namespace dynamo
