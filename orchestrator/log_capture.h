#pragma once
// The output of one replica, over all its incarnations: two pipes per incarnation -> log_file.h (bytes as
// written, whole lines at a time, so that the two streams never mix inside a line) -> whoever listens.
//
// A line is longest 64 KiB: of a longer one the file gets all the bytes, and listeners get pieces. A last line
// without an end is completed with `\n` at the end of an incarnation, so that two incarnations never share a line.
// A disk that is full never blocks or ends a worker: what could not be written is told once.

#include "orchestrator/async.h"
#include "orchestrator/clock.h"
#include "orchestrator/file_descriptor.h"
#include "orchestrator/log_file.h"
#include "orchestrator/run.h"
#include "orchestrator/run_state.h"
#include "proto/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// One buffer for all replicas of a run: it is in use only between two waits.
class ReadBuffer {
 public:
  static constexpr std::size_t capacity = 64 * 1024;
  [[nodiscard]] char* data() { return bytes_->data(); }

 private:
  std::unique_ptr<std::array<char, capacity>> bytes_ = std::make_unique<std::array<char, capacity>>();
};

class LogCapture {
 public:
  struct Listeners {
    /// One or more whole lines, each with its `\n`.
    std::function<void(OutputStream, std::string_view lines)> lines;
    /// A sentence about output that could not be written or read; at most one per incarnation.
    std::function<void(std::string_view sentence)> trouble;
  };
  /// The write ends for a new child, close-on-exec; pass them as 1 and 2, then let go of them.
  struct ChildEnds {
    FileDescriptor out;
    FileDescriptor err;
  };
  using LineWatcher = std::function<void(std::string_view line)>;

  static constexpr std::size_t longest_line = 64 * 1024;
  static constexpr std::size_t kept_lines = 20;

  /// `clock` and `buffer` must outlive it; nothing may call it back after it is gone: finish() first.
  LogCapture(const asio::any_io_executor& executor, Clock& clock, ReadBuffer& buffer, LogFile file,
             Listeners listeners);
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  /// Makes the pipes of a new incarnation and begins to read them. The one before must be finished. Creates the
  /// log file (0600) when it is not there.
  Result<ChildEnds> begin(int incarnation);
  /// Goes on with the pipes of an incarnation whose output an earlier program has read so far.
  Result<void> resume(const SavedLog& saved, int incarnation);
  [[nodiscard]] SavedLog save() const;
  /// The incarnation has ended: reads what is left until both pipes are closed by all writers, at longest until
  /// `deadline` (a process that we do not own may hold one), then closes them and completes the last lines.
  /// Cancelling it finishes at once and throws operation_aborted; see TaskGroup::join() about a coroutine that has
  /// been cancelled before.
  Awaitable<> finish(Clock::TimePoint deadline);

  /// Is called with every further line, without its end (nor a `\r` before it); one watcher at a time.
  void watch(LineWatcher watcher) { watcher_ = std::move(watcher); }

  /// The last lines of all incarnations, oldest first, at most 20, without ends, long ones cut.
  [[nodiscard]] std::vector<std::string> last_lines() const;
  [[nodiscard]] std::uint64_t lost_bytes() const { return file_.lost_bytes(); }
  [[nodiscard]] const std::string& file() const { return file_.path(); }

 private:
  struct Stream;
  [[nodiscard]] bool all_closed() const;
  std::shared_ptr<Stream> make_stream(std::size_t index);
  bool read_some(Stream& stream);
  void take(Stream& stream, std::string_view bytes);
  bool send_if_whole(Stream& stream);
  void deliver(OutputStream which, std::string_view lines);
  void keep(std::string_view line);
  void complete(Stream& stream);
  void append(OutputStream which, std::string_view bytes);
  void close(Stream& stream);

  asio::any_io_executor executor_;
  Clock& clock_;
  ReadBuffer& buffer_;
  LogFile file_;
  Listeners listeners_;
  LineWatcher watcher_;
  int incarnation_ = 0;
  bool between_lines_ = true;  ///< the file ends with a whole line
  std::array<std::shared_ptr<Stream>, 2> streams_;
  Condition closed_;                     ///< a stream was
  std::vector<std::string> last_lines_;  ///< once there are enough, a ring
  std::size_t oldest_line_ = 0;
  bool told_write_trouble_ = false;
};

}  // namespace dynamo
