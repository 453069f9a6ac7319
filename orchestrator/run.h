#pragma once
// Carries a Plan out: starts its processes in order, watches, restarts and stops them, and leaves nothing
// behind. Everything that happens is reported as Events; the caller decides what a person sees.

#include "proto/plan.h"
#include "proto/run.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// How much of the output is kept. 0 means without a limit.
struct LogLimits {
  std::uint64_t file_bytes = std::uint64_t{64} << 20U;  ///< a file that would become larger is turned over
  Duration age = Duration::zero();                      ///< so is one that was begun longer ago, when more is written
  std::uint64_t total_bytes = std::uint64_t{4} << 30U;  ///< of all files; every replica has the same share
};

struct RunOptions {
  std::string run_id;                    ///< see make_run_id()
  std::filesystem::path run_dir;         ///< created 0700; plan.json, events.jsonl, logs/, clients/, kv/
  std::filesystem::path socket_dir;      ///< created 0700; unix sockets of endpoints and NOTIFY_SOCKET
  std::string entry_host = "127.0.0.1";  ///< HOST of the entry slot's addresses
  std::vector<std::string> environment;  ///< of the caller, "NAME=VALUE"
  LogLimits logs;
  std::string program;  ///< what SIGUSR2 puts in our place: the file that this program was started from; empty: nothing
};

struct SavedRun;

enum class OutputStream { Out, Err };
DYNAMO_WORDS(OutputStream, "stdout", "stderr");

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// `snapshot` already contains the event.
  virtual void on_event(const Event& event, const RunSnapshot& snapshot) = 0;
  /// One or more whole lines of a worker, each with its line end, bytes as written. A last line without an
  /// end, and a line beyond 64 KiB, come with `\n` added (the log file keeps the bytes as written).
  virtual void on_output(std::string_view worker, OutputStream stream, std::string_view lines) = 0;
  /// Asked after every call above or below: when to call on_tick(), so that a wait that grows long can be told
  /// of. None (the default): not before something happens, so that an idle run wakes nobody.
  virtual std::optional<Duration> tick_after() { return std::nullopt; }
  virtual void on_tick() {}
  /// The program is about to be replaced (upgrade.h): what has been said and was not read yet. The observer in the new
  /// program gets it back from whoever made it.
  virtual std::vector<std::string> hand_over() { return {}; }
};

/// A short id that no other run of this user has: four or more hexadecimal digits.
std::string make_run_id(const std::filesystem::path& runs_dir);

/// Blocks until the run has ended and nothing of it is left. Handles SIGINT, SIGTERM and SIGHUP itself.
/// Must be called from the main thread of a process made by guard_this_process().
RunOutcome run(const Plan& plan, const RunOptions& options, RunObserver& observer);
/// The same for a run that an earlier program of this process has begun (run_state.h). Blocked signals are let in. Only
/// the plan is left in `state` while it runs.
RunOutcome resume(SavedRun& state, RunObserver& observer);

}  // namespace dynamo
