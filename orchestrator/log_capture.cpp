#include "orchestrator/log_capture.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <optional>
#include <utility>

namespace dynamo {

namespace {

/// Of a line that is kept for a failure report.
constexpr std::size_t longest_kept_line = 4096;
/// Other replicas want their turn too.
constexpr int reads_in_a_row = 16;

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

/// Shared with the pending handler, which may run when the capture is gone. No coroutine reads it: each would take more
/// memory than all the rest of a replica that is silent.
struct LogCapture::Stream : std::enable_shared_from_this<Stream> {
  Stream(LogCapture& capture, OutputStream the_stream) : owner(&capture), which(the_stream), pipe(capture.executor_) {}

  void read_on() {
    pipe.async_wait(asio::posix::descriptor_base::wait_read,
                    [self = shared_from_this()](const boost::system::error_code& error) {
                      if (error || self->closed || self->owner == nullptr) return;
                      self->owner->read_some(*self);
                      if (!self->closed) self->read_on();
                    });
  }

  LogCapture* owner;  ///< null once it has let go of the stream
  OutputStream which;
  asio::posix::stream_descriptor pipe;
  std::string unfinished;  ///< the beginning of a line, less than longest_line
  bool cut = false;        ///< the last piece of a line beyond longest_line went out, its end has not come yet
  bool closed = false;
};

LogCapture::LogCapture(const asio::any_io_executor& executor, Clock& clock, ReadBuffer& buffer, LogFile file,
                       Listeners listeners)
    : executor_(executor),
      clock_(clock),
      buffer_(buffer),
      file_(std::move(file)),
      listeners_(std::move(listeners)),
      closed_(executor) {}

LogCapture::~LogCapture() {
  for (const auto& stream : streams_) {
    if (!stream) continue;
    stream->owner = nullptr;
    boost::system::error_code ignored;
    stream->pipe.close(ignored);
  }
}

std::shared_ptr<LogCapture::Stream> LogCapture::make_stream(std::size_t index) {
  return std::make_shared<Stream>(*this, index == 0 ? OutputStream::Out : OutputStream::Err);
}

bool LogCapture::all_closed() const {
  return std::ranges::all_of(streams_, [](const auto& stream) { return stream->closed; });
}

Result<LogCapture::ChildEnds> LogCapture::begin(int incarnation) {
  if (Result<void> opened = file_.open(); !opened) return opened.error();
  incarnation_ = incarnation;
  ChildEnds ends;
  std::array<FileDescriptor*, 2> write_ends{&ends.out, &ends.err};
  std::array<std::shared_ptr<Stream>, 2> streams;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    std::array<int, 2> numbers{-1, -1};
    if (::pipe2(numbers.data(), O_CLOEXEC) != 0) return errno_failure("make a pipe");
    FileDescriptor read_end(numbers[0]);
    *write_ends[i] = FileDescriptor(numbers[1]);
    // Our end only: each end of a pipe has a mode of its own, and the child's stays blocking.
    ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
    streams[i] = make_stream(i);
    if (const auto error = hand_over(read_end, streams[i]->pipe)) return Failure("watch a pipe", error);
  }
  streams_ = std::move(streams);
  told_write_trouble_ = false;
  for (const auto& stream : streams_) stream->read_on();
  return ends;
}

Result<void> LogCapture::resume(const SavedLog& saved, int incarnation) {
  for (const std::string& line : saved.last_lines) keep(line);
  between_lines_ = saved.between_lines;
  told_write_trouble_ = saved.told_write_trouble;
  file_.add_lost_bytes(saved.lost_bytes);
  incarnation_ = incarnation;
  if (saved.streams.size() != streams_.size()) return {};
  Result<void> opened = file_.open();
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const SavedStream& from = saved.streams[i];
    streams_[i] = make_stream(i);
    streams_[i]->unfinished = from.unfinished;
    streams_[i]->cut = from.cut;
    FileDescriptor pipe = FileDescriptor::inherited(from.pipe);
    streams_[i]->closed = !pipe;
    if (!pipe) continue;
    if (const auto error = hand_over(pipe, streams_[i]->pipe)) {
      streams_[i]->closed = true;
      opened = Failure("watch a pipe", error);
    } else {
      streams_[i]->read_on();
    }
  }
  return opened;
}

SavedLog LogCapture::save() const {
  SavedLog saved;
  saved.last_lines = last_lines();
  saved.between_lines = between_lines_;
  saved.told_write_trouble = told_write_trouble_;
  saved.lost_bytes = file_.lost_bytes();
  for (const auto& stream : streams_) {
    if (!stream) continue;
    SavedStream& to = saved.streams.emplace_back();
    if (!stream->closed) to.pipe = const_cast<Stream&>(*stream).pipe.native_handle();
    to.unfinished = stream->unfinished;
    to.cut = stream->cut;
  }
  return saved;
}

/// Reads what is there, within bounds. False: there is nothing more at the moment, or the stream is closed.
bool LogCapture::read_some(Stream& stream) {
  for (int turn = 0; turn < reads_in_a_row; ++turn) {
    const ssize_t count = ::read(stream.pipe.native_handle(), buffer_.data(), ReadBuffer::capacity);
    if (count > 0) {
      take(stream, std::string_view(buffer_.data(), static_cast<std::size_t>(count)));
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return false;
    if (count < 0 && listeners_.trouble) {
      listeners_.trouble(fmt::format("cannot read the output of a worker: {}", ::strerrordesc_np(errno)));
    }
    close(stream);
    return false;
  }
  return true;
}

void LogCapture::take(Stream& stream, std::string_view bytes) {
  if (stream.cut && bytes.front() == '\n') {
    // The line was delivered in pieces, each with an end of its own; this one belongs to the file only.
    append(stream.which, bytes.substr(0, 1));
    bytes.remove_prefix(1);
    stream.cut = false;
  }
  if (!stream.unfinished.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::size_t room = longest_line - stream.unfinished.size();
    const std::size_t taken = std::min(end == std::string_view::npos ? bytes.size() : end + 1, room);
    stream.unfinished += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (!send_if_whole(stream)) return;
    if (stream.cut) return bytes.empty() ? void() : take(stream, bytes);
  }
  // Whole lines go out in one piece, as they lie in the read buffer; only the rest is copied. The buffer is not
  // longer than the longest line, so the rest always fits.
  if (const std::size_t last_end = bytes.rfind('\n'); last_end != std::string_view::npos) {
    append(stream.which, bytes.substr(0, last_end + 1));
    deliver(stream.which, bytes.substr(0, last_end + 1));
    bytes.remove_prefix(last_end + 1);
    stream.cut = false;
  }
  stream.unfinished = bytes;
  send_if_whole(stream);
}

/// Sends the unfinished line off if it has got its end, or has become too long to wait for it.
bool LogCapture::send_if_whole(Stream& stream) {
  if (stream.unfinished.empty()) return false;
  const bool ended = stream.unfinished.back() == '\n';
  if (!ended && stream.unfinished.size() < longest_line) return false;
  const std::string line = std::exchange(stream.unfinished, {});
  append(stream.which, line);
  deliver(stream.which, line);
  stream.cut = !ended;
  return true;
}

void LogCapture::deliver(OutputStream which, std::string_view lines) {
  std::string completed;
  if (!lines.ends_with('\n')) {
    completed.reserve(lines.size() + 1);
    completed.append(lines).push_back('\n');
    lines = completed;
  }
  if (listeners_.lines) listeners_.lines(which, lines);

  std::string_view recent = lines;
  std::size_t count = 0;
  for (std::size_t at = lines.size() - 1; at > 0 && count < kept_lines; --at) {
    if (lines[at - 1] != '\n') continue;
    recent = lines.substr(at);
    ++count;
  }
  if (count < kept_lines) recent = lines;
  while (!recent.empty()) {
    const std::size_t end = recent.find('\n') + 1;
    keep(without_end(recent.substr(0, end)).substr(0, longest_kept_line));
    recent.remove_prefix(end);
  }

  while (watcher_ && !lines.empty()) {
    const std::size_t end = lines.find('\n') + 1;
    watcher_(without_end(lines.substr(0, end)));
    lines.remove_prefix(end);
  }
}

void LogCapture::keep(std::string_view line) {
  if (last_lines_.size() < kept_lines) {
    last_lines_.emplace_back(line);
  } else {
    last_lines_[oldest_line_] = line;
    oldest_line_ = (oldest_line_ + 1) % kept_lines;
  }
}

void LogCapture::append(OutputStream which, std::string_view bytes) {
  const int error = file_.append(bytes, which, incarnation_, between_lines_);
  between_lines_ = bytes.back() == '\n';
  if (error == 0 || std::exchange(told_write_trouble_, true) || !listeners_.trouble) return;
  listeners_.trouble(fmt::format("cannot write {}: {}; output is being lost", file_.path(), ::strerrordesc_np(error)));
}

/// A line that will get no end any more.
void LogCapture::complete(Stream& stream) {
  if (std::exchange(stream.cut, false) && stream.unfinished.empty()) append(stream.which, "\n");
  if (stream.unfinished.empty()) return;
  std::string line = std::exchange(stream.unfinished, {});
  line.push_back('\n');
  append(stream.which, line);
  deliver(stream.which, line);
}

void LogCapture::close(Stream& stream) {
  if (std::exchange(stream.closed, true)) return;
  complete(stream);
  boost::system::error_code ignored;
  stream.pipe.close(ignored);
  closed_.notify_all();
}

Awaitable<> LogCapture::finish(Clock::TimePoint deadline) {
  using boost::asio::experimental::awaitable_operators::operator||;
  if (!streams_[0]) co_return;
  std::exception_ptr error;
  try {
    while (!all_closed() && clock_.now() < deadline) co_await (closed_.wait() || clock_.sleep_until(deadline));
  } catch (...) {
    error = std::current_exception();
  }
  for (const auto& stream : streams_) {
    // What was written before the end is read to the last byte, but a flood by a stranger is not waited for.
    constexpr int last_turns = 4;
    for (int turn = 0; turn < last_turns && !stream->closed && read_some(*stream); ++turn) {
    }
    close(*stream);
    stream->owner = nullptr;
  }
  streams_ = {};
  if (error) std::rethrow_exception(error);
}

std::vector<std::string> LogCapture::last_lines() const {
  std::vector<std::string> result;
  result.reserve(last_lines_.size());
  for (std::size_t index = 0; index < last_lines_.size(); ++index) {
    result.push_back(last_lines_[(oldest_line_ + index) % last_lines_.size()]);
  }
  return result;
}

}  // namespace dynamo
