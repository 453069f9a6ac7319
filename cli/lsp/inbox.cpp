#include "cli/lsp/inbox.h"

#include "cli/lsp/rpc.h"

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace dynamo::lsp {
namespace {

namespace json = boost::json;

/// What is beyond waits in the pipe.
constexpr std::size_t most_waiting = 4096;
constexpr std::size_t largest_waiting = FrameReader::largest_message;

std::optional<json::value> read_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) return std::nullopt;
  return value;
}

}  // namespace

Message Inbox::next() {
  // A message that cancels another one is none of its own.
  while (waiting_.empty()) take(frames_.next());
  while (!ended_ && waiting_.size() < most_waiting && size_ < largest_waiting && frames_.ready()) take(frames_.next());
  Message first = std::move(waiting_.front());
  waiting_.pop_front();
  size_ -= first.size;
  return first;
}

bool Inbox::waits(std::chrono::milliseconds patience) {
  return !waiting_.empty() || frames_.ready(static_cast<int>(patience.count()));
}

void Inbox::take(Frame frame) {
  Message message{frame.kind, std::nullopt, frame.text.size()};
  ended_ = ended_ || frame.kind == Frame::Kind::End;
  if (frame.kind == Frame::Kind::Message) message.value = read_json(frame.text);
  if (message.value) {
    const json::value* method = find(*message.value, "method");
    if (method != nullptr && *method == "$/cancelRequest") {
      if (const json::value* id = find(*message.value, "params", "id")) cancel(*id);
      return;
    }
  }
  size_ += message.size;
  waiting_.push_back(std::move(message));
}

void Inbox::cancel(const json::value& id) {
  for (Message& one : waiting_) {
    const json::value* own = one.value ? find(*one.value, "id") : nullptr;
    if (own != nullptr && find(*one.value, "method") != nullptr && *own == id) one.cancelled = true;
  }
}

}  // namespace dynamo::lsp
