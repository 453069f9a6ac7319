#include "cli/lsp/frames.h"

#include <fmt/format.h>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <optional>

namespace dynamo::lsp {
namespace {

constexpr std::string_view length_field = "content-length:";
constexpr std::string_view header_end = "\r\n\r\n";
constexpr std::size_t largest_header = 4096;
constexpr std::size_t chunk = std::size_t{64} << 10U;

bool same_letter(char left, char right) {
  return std::tolower(static_cast<unsigned char>(left)) == std::tolower(static_cast<unsigned char>(right));
}

std::size_t find_field(std::string_view text, std::size_t from) {
  from = std::min(from, text.size());
  const auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), length_field.begin(),
                                 length_field.end(), same_letter);
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

/// The number of the one `Content-Length` of a header; other fields are allowed and ignored.
std::optional<std::size_t> read_length(std::string_view header) {
  std::optional<std::size_t> result;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find("\r\n"), header.size());
    std::string_view line = header.substr(0, end);
    header.remove_prefix(std::min(end + 2, header.size()));
    if (line.find(':') == std::string_view::npos) return std::nullopt;
    if (find_field(line, 0) != 0) continue;
    line.remove_prefix(length_field.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with(' ')) line.remove_suffix(1);
    std::size_t number = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    if (result || error != std::errc{} || rest != line.data() + line.size()) return std::nullopt;
    result = number;
  }
  return result;
}

}  // namespace

FrameReader::Header FrameReader::header() const {
  const std::string_view text = unread();
  const std::size_t end = text.substr(0, largest_header).find(header_end);
  if (end == std::string_view::npos) {
    return {.state = text.size() < largest_header ? Header::State::Partial : Header::State::Bad};
  }
  const auto length = read_length(text.substr(0, end));
  if (!length) return {.state = Header::State::Bad, .size = end + header_end.size()};
  return {.state = Header::State::Good, .size = end + header_end.size(), .length = *length};
}

Frame FrameReader::next() {
  while (true) {
    const Header now = header();
    if (now.state == Header::State::Bad) {
      resynchronise(now.size);
      return {Frame::Kind::BadHeader, {}};
    }
    if (now.state == Header::State::Good) {
      if (now.length > largest_) {
        drop(now.size);
        return {skip(now.length) ? Frame::Kind::TooLarge : Frame::Kind::End, {}};
      }
      if (unread().size() - now.size >= now.length) {
        Frame result{Frame::Kind::Message, std::string(unread().substr(now.size, now.length))};
        drop(now.size + now.length);
        return result;
      }
    }
    if (!read_more()) return {};
  }
}

bool FrameReader::ready(int patience) {
  while (!ended_) {
    const Header now = header();
    if (now.state == Header::State::Bad) return true;
    if (now.state == Header::State::Good && (now.length > largest_ || unread().size() - now.size >= now.length)) {
      return true;
    }
    if (!readable(patience)) return false;
    read_more();
  }
  return true;
}

bool FrameReader::read_more() {
  const std::size_t size = buffer_.size();
  buffer_.resize(size + chunk);
  ssize_t count = 0;
  do {
    count = ::read(descriptor_, buffer_.data() + size, chunk);
    if (count < 0 && errno == EAGAIN) {
      pollfd wait{.fd = descriptor_, .events = POLLIN, .revents = 0};
      ::poll(&wait, 1, -1);
      errno = EINTR;
    }
  } while (count < 0 && errno == EINTR);
  buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  ended_ = ended_ || count <= 0;
  return count > 0;
}

bool FrameReader::readable(int patience) const {
  pollfd wait{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return ::poll(&wait, 1, patience) > 0;
}

void FrameReader::drop(std::size_t count) {
  begin_ += count;
  // Moving what is left only when most of the buffer is used up keeps the cost linear.
  if (begin_ * 2 < buffer_.size()) return;
  buffer_.erase(0, begin_);
  begin_ = 0;
  if (buffer_.capacity() > 16 * chunk && buffer_.size() < chunk) buffer_.shrink_to_fit();
}

void FrameReader::resynchronise(std::size_t size) {
  const std::string_view text = unread();
  // What begins like a header is one, though a wrong one; it ends where it ends.
  if (size > 0 && find_field(text.substr(0, length_field.size()), 0) == 0) {
    drop(size);
    return;
  }
  const std::size_t found = find_field(text, 1);
  // The field may have arrived in part only.
  drop(found != std::string_view::npos ? found : text.size() - std::min(text.size() - 1, length_field.size() - 1));
}

bool FrameReader::skip(std::size_t count) {
  while (true) {
    const std::size_t here = std::min(count, unread().size());
    drop(here);
    count -= here;
    if (count == 0) return true;
    if (!read_more()) return false;
  }
}

std::string frame(std::string_view message) {
  return fmt::format("Content-Length: {}\r\n\r\n{}", message.size(), message);
}

}  // namespace dynamo::lsp
