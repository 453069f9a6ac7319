#pragma once
// What the client has sent and nobody has looked at yet. Everything that is there is read before the next message is
// served, so that a request which the client has given up meanwhile need not be answered at length.

#include "cli/lsp/frames.h"

#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace dynamo::lsp {

struct Message {
  Frame::Kind kind = Frame::Kind::End;
  std::optional<boost::json::value> value;  ///< none: it is no JSON
  std::size_t size = 0;
  bool cancelled = false;  ///< a request that the client does not want answered any more
};

class Inbox {
 public:
  explicit Inbox(int descriptor) : frames_(descriptor) {}

  /// Waits for a message.
  Message next();
  /// Whether a message comes within some time.
  bool waits(std::chrono::milliseconds patience);

 private:
  void take(Frame frame);
  void cancel(const boost::json::value& id);

  FrameReader frames_;
  std::deque<Message> waiting_;
  std::size_t size_ = 0;  ///< of all that wait
  bool ended_ = false;
};

}  // namespace dynamo::lsp
