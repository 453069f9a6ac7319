// The parts of the language server that need no client: places, URIs and frames. The server itself is tested over its
// protocol, in tests/lsp.

#include "cli/lsp/frames.h"
#include "cli/lsp/inbox.h"
#include "cli/lsp/text_positions.h"
#include "cli/lsp/uris.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace dynamo::lsp {
namespace {

TEST(TextPositions, CountUnitsOfUtf16OrBytesOfUtf8) {
  // é has 2 bytes and 1 unit, 漢 3 and 1, 😀 4 and 2.
  const std::string text = "aé漢😀b\nc";
  struct Row {
    std::uint32_t byte, utf16, utf8;
  };
  for (const Row row : {Row{0, 0, 0}, Row{1, 1, 1}, Row{3, 2, 3}, Row{6, 3, 6}, Row{10, 5, 10}, Row{11, 6, 11}}) {
    for (const auto encoding : {PositionEncoding::Utf16, PositionEncoding::Utf8}) {
      const TextPositions positions(text, encoding);
      const TextPosition expected{0, encoding == PositionEncoding::Utf16 ? row.utf16 : row.utf8};
      EXPECT_EQ(positions.position(row.byte).character, expected.character) << row.byte;
      EXPECT_EQ(positions.byte(expected), row.byte);
    }
  }
}

TEST(TextPositions, APlaceInsideACharacterIsItsBegin) {
  const TextPositions utf16("😀x", PositionEncoding::Utf16);
  EXPECT_EQ(utf16.byte({0, 1}), 0U);
  EXPECT_EQ(utf16.position(2), (TextPosition{0, 0}));
  const TextPositions utf8("😀x", PositionEncoding::Utf8);
  EXPECT_EQ(utf8.byte({0, 3}), 0U);
}

TEST(TextPositions, LinesEndWithEachOfTheThreeLineEnds) {
  const std::string text = "a\nb\r\nc\rd";
  const TextPositions positions(text, PositionEncoding::Utf16);
  EXPECT_EQ(positions.position(2), (TextPosition{1, 0}));
  EXPECT_EQ(positions.position(5), (TextPosition{2, 0}));
  EXPECT_EQ(positions.position(7), (TextPosition{3, 0}));
  // The line end itself is no character.
  EXPECT_EQ(positions.byte({1, 99}), 3U);
  EXPECT_EQ(positions.position(4), (TextPosition{1, 1}));
  EXPECT_EQ(positions.byte({9, 0}), text.size());
  EXPECT_EQ(positions.position(99), (TextPosition{3, 1}));
}

TEST(TextPositions, BytesThatAreNoUtf8CountOneEach) {
  const TextPositions positions(
      "\xFF\xFE"
      "a",
      PositionEncoding::Utf16);
  EXPECT_EQ(positions.position(2), (TextPosition{0, 2}));
  EXPECT_EQ(positions.byte({0, 2}), 2U);
}

TEST(TextPositions, AnEmptyTextHasOneLine) {
  const TextPositions positions("", PositionEncoding::Utf16);
  EXPECT_EQ(positions.position(0), (TextPosition{0, 0}));
  EXPECT_EQ(positions.byte({0, 0}), 0U);
  EXPECT_EQ(positions.byte({3, 3}), 0U);
}

TEST(Uris, BecomePathsAndBack) {
  EXPECT_EQ(path_of("file:///a/b%20c/%C3%A9.yaml"), "/a/b c/é.yaml");
  EXPECT_EQ(path_of("file:///a/../b//c.yaml"), "/b/c.yaml");
  EXPECT_EQ(path_of("file://localhost/a.yaml"), "/a.yaml");
  EXPECT_EQ(path_of("file:///a%3Ab.yaml"), "/a:b.yaml");
  EXPECT_EQ(path_of("untitled:Untitled-1"), "untitled:Untitled-1");
  EXPECT_EQ(path_of("file:///100%"), "/100%");
  EXPECT_EQ(uri_of("/a/b c/é.yaml"), "file:///a/b%20c/%C3%A9.yaml");
  EXPECT_EQ(uri_of("untitled:Untitled-1"), "untitled:Untitled-1");
  EXPECT_EQ(path_of(uri_of("/a#b?c:d%e.yaml")), "/a#b?c:d%e.yaml");
}

class Frames : public testing::Test {
 protected:
  Frames() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Frames() override {
    ::close(ends_[0]);
    hang_up();
  }
  void write(std::string_view text) { EXPECT_EQ(::write(ends_[1], text.data(), text.size()), ssize_t(text.size())); }
  void hang_up() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  [[nodiscard]] int input() const { return ends_[0]; }

 private:
  std::array<int, 2> ends_{};
};

TEST_F(Frames, AreReadOneByOne) {
  FrameReader reader(input());
  EXPECT_FALSE(reader.ready());
  write(frame("{}") + frame("") + "Content-Length: 3\r\n\r\n[");
  EXPECT_TRUE(reader.ready());
  EXPECT_EQ(reader.next().text, "{}");
  EXPECT_EQ(reader.next().text, "");
  EXPECT_FALSE(reader.ready());
  write("1]");
  EXPECT_TRUE(reader.ready());
  EXPECT_EQ(reader.next().text, "[1]");
  hang_up();
  EXPECT_TRUE(reader.ready());
  EXPECT_EQ(reader.next().kind, Frame::Kind::End);
}

TEST_F(Frames, ThatAreTooLargeAreSkipped) {
  FrameReader reader(input(), 10);
  write(frame("01234567890") + frame("0123456789"));
  EXPECT_EQ(reader.next().kind, Frame::Kind::TooLarge);
  EXPECT_EQ(reader.next().text, "0123456789");
}

TEST_F(Frames, FollowRubbish) {
  FrameReader reader(input());
  write("rubbish\r\n\r\n" + frame("1") + "Content-Length: 1x\r\n\r\n" + frame("2"));
  EXPECT_EQ(reader.next().kind, Frame::Kind::BadHeader);
  EXPECT_EQ(reader.next().text, "1");
  EXPECT_EQ(reader.next().kind, Frame::Kind::BadHeader);
  EXPECT_EQ(reader.next().text, "2");
}

TEST_F(Frames, ThatAreCancelledWhileTheyWaitAreMarked) {
  Inbox inbox(input());
  EXPECT_FALSE(inbox.waits(std::chrono::milliseconds{0}));
  write(frame(R"({"id":1,"method":"a"})") + frame(R"({"id":2,"method":"b"})") + frame("{"));
  write(frame(R"({"method":"$/cancelRequest","params":{"id":2}})"));
  write(frame(R"({"method":"$/cancelRequest","params":{"id":7}})"));
  const Message first = inbox.next();
  EXPECT_FALSE(first.cancelled);
  EXPECT_EQ(first.value->at("id"), 1);
  EXPECT_TRUE(inbox.waits(std::chrono::milliseconds{0}));
  EXPECT_TRUE(inbox.next().cancelled);
  EXPECT_EQ(inbox.next().value, std::nullopt);  // no JSON
  EXPECT_FALSE(inbox.waits(std::chrono::milliseconds{1}));
  hang_up();
  EXPECT_EQ(inbox.next().kind, Frame::Kind::End);
}

}  // namespace
}  // namespace dynamo::lsp
