#pragma once
// The base protocol of language servers: `Content-Length: N`, an empty line, and N bytes of JSON, over and over.

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamo::lsp {

struct Frame {
  enum class Kind {
    Message,
    BadHeader,  ///< bytes that do not begin a frame; what follows is read from the next `Content-Length:` on
    TooLarge,   ///< its bytes were skipped
    End,        ///< the client has gone away
  } kind = Kind::End;
  std::string text;  ///< of a Message
};

/// Reads frames from a descriptor that somebody else owns.
class FrameReader {
 public:
  static constexpr std::size_t largest_message = std::size_t{64} << 20U;

  explicit FrameReader(int descriptor, std::size_t largest = largest_message)
      : descriptor_(descriptor), largest_(largest) {}

  /// Waits for a whole frame.
  Frame next();
  /// Whether next() would not have to wait; more than so many milliseconds, each time that a piece comes.
  bool ready(int patience = 0);

 private:
  struct Header {
    enum class State { Partial, Bad, Good } state = State::Partial;
    std::size_t size = 0;    ///< of the header, with its empty line; 0: it has no end
    std::size_t length = 0;  ///< of the body
  };

  [[nodiscard]] std::string_view unread() const { return std::string_view(buffer_).substr(begin_); }
  [[nodiscard]] Header header() const;
  /// False: the end.
  bool read_more();
  [[nodiscard]] bool readable(int patience) const;
  void drop(std::size_t count);
  void resynchronise(std::size_t size);
  bool skip(std::size_t count);

  int descriptor_;
  std::size_t largest_;
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of what is not used yet in buffer_
  bool ended_ = false;
};

/// A message with its header.
std::string frame(std::string_view message);

}  // namespace dynamo::lsp
