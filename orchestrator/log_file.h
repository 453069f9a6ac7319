#pragma once
// The record of one replica's output: the bytes as they were written, in files that are turned over before they become
// too large or too old, and beside each an index that tells who wrote what and when.
//
//   logs/backend-0.log     what is being written
//   logs/backend-0.index   one JSON object a line: {"at": 812, "time": 1764244993123, "stream": "stderr",
//                          "incarnation": 2} holds from byte 812 of the log on, until the next line says otherwise
//   logs/backend-0.1.log   turned over, with its index backend-0.1.index; 1 is the oldest, and when all files together
//                          would become too large the oldest are removed
//
// A file is only turned over between two lines. `time` is in milliseconds since 1970, and no more exact than a tenth of
// a second. A disk that is full never blocks or ends a worker: what could not be written is counted.

#include "orchestrator/clock.h"
#include "orchestrator/file_descriptor.h"
#include "orchestrator/run.h"
#include "proto/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// What one of so many replicas may have, at least a few lines.
LogLimits share_of(const LogLimits& whole_run, std::size_t replicas);

class LogFile {
 public:
  /// `path` ends in `.log`. `clock` must outlive it.
  LogFile(Clock& clock, const std::filesystem::path& path, LogLimits limits);

  /// Creates the file (0600), or goes on with the one that is there. Does nothing when it is open.
  Result<void> open();
  /// `between_lines`: the bytes begin a line. The errno of what could not be written, and 0 if all was.
  int append(std::string_view bytes, OutputStream stream, int incarnation, bool between_lines);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t lost_bytes() const { return lost_bytes_; }
  void add_lost_bytes(std::uint64_t earlier) { lost_bytes_ += earlier; }

 private:
  struct Old {
    int number = 0;
    std::uint64_t bytes = 0;
  };
  /// What the index said last.
  struct Mark {
    OutputStream stream = OutputStream::Out;
    int incarnation = 0;
    Clock::TimePoint time;
  };

  [[nodiscard]] std::string numbered(int number) const;
  [[nodiscard]] bool is_due(std::size_t more) const;
  void turn_over();
  void find_old_ones();
  void remove_old_ones();
  void mark(OutputStream stream, int incarnation);

  Clock& clock_;
  std::string path_;
  LogLimits limits_;
  FileDescriptor file_;
  FileDescriptor index_;
  std::uint64_t size_ = 0;
  Clock::TimePoint begun_;
  std::optional<Mark> mark_;
  std::vector<Old> old_;  ///< the oldest first
  int next_number_ = 1;
  std::uint64_t lost_bytes_ = 0;
};

}  // namespace dynamo
