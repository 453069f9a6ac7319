#pragma once
// Numbers the events of a run, writes them to events.jsonl (one JSON object per line), folds them into the
// RunSnapshot and hands them to the observer, in this order and in one place.

#include "orchestrator/clock.h"
#include "orchestrator/file_descriptor.h"
#include "orchestrator/observing.h"
#include "proto/result.h"
#include "proto/run.h"

#include <filesystem>

namespace dynamo {

class EventLog {
 public:
  static Result<FileDescriptor> open(const std::filesystem::path& file);

  EventLog(Clock& clock, Observing& observing, FileDescriptor file, RunSnapshot initial);

  /// Gives the event its number and time.
  void emit(Event event);
  void warn(std::string sentence, std::string worker = {});
  [[nodiscard]] const RunSnapshot& snapshot() const { return snapshot_; }

 private:
  Result<void> write(const Event& event);

  Clock& clock_;
  Observing& observing_;
  FileDescriptor file_;
  RunSnapshot snapshot_;
  bool told_trouble_ = false;
};

}  // namespace dynamo
