#pragma once
// The folder of a run: plan.json, events.jsonl, logs/, clients/, kv/ and a lock that is held as long as the
// supervisor lives. It stays when the run has ended, so that people can look at it.

#include "orchestrator/file_descriptor.h"
#include "orchestrator/run.h"
#include "proto/plan.h"
#include "proto/result.h"

#include <filesystem>

namespace dynamo {

class RunFolder {
 public:
  /// Makes the folder (0700) and what belongs into it, and the folder for sockets.
  static Result<RunFolder> create(const Plan& plan, const RunOptions& options);

  /// The folder of a run that an earlier program has made; `lock` is its lock.
  static RunFolder resume(const RunOptions& options, FileDescriptor lock);
  [[nodiscard]] int lock() const { return lock_.get(); }

  [[nodiscard]] std::filesystem::path events() const { return folder_ / "events.jsonl"; }
  [[nodiscard]] std::filesystem::path clients() const { return folder_ / "clients"; }
  [[nodiscard]] std::filesystem::path log(const PlannedProcess& process) const;

  /// Removes the folder for sockets with everything in it.
  void remove_sockets() const;
  /// Removes everything: there was no run, because nothing could be started.
  void discard() const;

 private:
  RunFolder(std::filesystem::path folder, std::filesystem::path sockets, FileDescriptor lock);

  std::filesystem::path folder_;
  std::filesystem::path sockets_;
  FileDescriptor lock_;
};

/// The text of plan.json, so that whatever looks at the run later knows what was started and why.
std::string plan_text(const Plan& plan);

}  // namespace dynamo
