#pragma once
// Starts processes. ProcessLauncher is the seam: PosixLauncher makes children of this process, tests use a fake,
// and an engine for clusters can be another one. Nothing else in the orchestrator makes processes.
//
// PosixLauncher uses clone(CLONE_VM | CLONE_VFORK | CLONE_PIDFD): no copy of the page tables, however large the
// supervisor is, and errors come back through memory. A child starts with default signal dispositions, an empty
// signal mask, a session of its own, exactly the descriptors of the plan, and dies with the supervisor
// (PR_SET_PDEATHSIG). It must be called from the main thread, because that signal is tied to the calling thread.

#include "orchestrator/async.h"
#include "orchestrator/file_descriptor.h"
#include "orchestrator/process.h"
#include "orchestrator/process_limits.h"
#include "proto/run.h"

#include <boost/system/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

class Children;

/// The variable through which a daemonised process is recognised. The launcher sets it to ProcessSpec::mark.
inline constexpr std::string_view mark_variable = "DYNAMO_INSTANCE";

/// `source` of this process becomes `target` of the child. The numbers stay the caller's property.
struct PassedDescriptor {
  int source = -1;
  int target = -1;
};

struct ProcessSpec {
  std::string program;                   ///< an absolute path, see find_program()
  std::vector<std::string> arguments;    ///< argv, the first one included
  std::vector<std::string> environment;  ///< "NAME=VALUE"
  /// More of it, which many may share; without what `environment` names as well. Nothing else is inherited.
  std::shared_ptr<const std::vector<std::string>> shared_environment;
  std::string cwd;                            ///< absolute
  int control_group = -1;                     ///< an open `cgroup.procs`, which the child writes itself into; -1: none
  std::vector<int> processors;                ///< those it may run on; empty: the caller's
  int nice = 0;                               ///< added to the caller's niceness, 0 or more
  int oom_score_adj = 0;                      ///< more than none: the kernel ends it before others when memory is short
  std::vector<ProcessLimit> limits;           ///< others are the caller's
  std::vector<PassedDescriptor> descriptors;  ///< all that the child gets. A target 0, 1 or 2 that is not named
                                              ///< becomes /dev/null
  /// More than none: sockets stand at the targets 3, 4, ... in this order, and LISTEN_FDS, LISTEN_PID and
  /// LISTEN_FDNAMES are set. The names must not contain a colon.
  std::vector<std::string> listen_names;
  /// Unique text for this one start, see make_mark(); empty: the variable is not set.
  std::string mark;
};

/// "RUN_DIR#SLOT/0#3": the third start of that replica.
std::string make_mark(std::string_view run_dir, std::string_view worker, int incarnation);

enum class LaunchStage {
  Clone,
  Session,
  ParentDeath,
  ParentGone,
  ControlGroup,
  Processors,
  Directory,
  Descriptors,
  Limits,
  Execute
};

/// Why a process could not be started.
struct LaunchFailure {
  LaunchStage stage = LaunchStage::Execute;
  int error = 0;       ///< an errno
  std::string detail;  ///< what it was about: the program, the folder, "interpreter `/bin/nope` of `run.sh`"

  /// "cannot execute `/usr/bin/nope`: No such file or directory"
  [[nodiscard]] std::string words() const;
  /// As an end that is known without the process ever having run.
  [[nodiscard]] ExitStatus exit_status() const;
};

[[noreturn]] void throw_exception_from_error(const LaunchFailure& failure, const boost::source_location& where);

using LaunchResult = boost::system::result<std::unique_ptr<Process>, LaunchFailure>;

class ProcessLauncher {
 public:
  virtual ~ProcessLauncher() = default;
  virtual LaunchResult launch(const ProcessSpec& spec) = 0;
  /// A process that an earlier program of this very process has launched; null if this launcher cannot.
  virtual std::unique_ptr<Process> adopt(pid_t pid, FileDescriptor pidfd, std::string mark);
};

class PosixLauncher final : public ProcessLauncher {
 public:
  PosixLauncher(const asio::any_io_executor& executor, Children& children);
  ~PosixLauncher() override;
  PosixLauncher(const PosixLauncher&) = delete;
  PosixLauncher& operator=(const PosixLauncher&) = delete;

  LaunchResult launch(const ProcessSpec& spec) override;
  /// Children get this limit of open files (the soft one) and not our own, which is raised.
  void set_file_limit_of_children(std::uint64_t soft) { file_limit_ = soft; }
  std::unique_ptr<Process> adopt(pid_t pid, FileDescriptor pidfd, std::string mark) override;

 private:
  /// Does nothing when they are there. False, and errno, if a child cannot even get /dev/null.
  bool open_places();
  /// Puts the sources of `descriptors` into the first places, and names these as the sources. An errno, or 0.
  int fill_places(std::vector<PassedDescriptor>& descriptors);
  /// The first `count`. What stood in one would not be closed as long as it does.
  void empty_places(std::size_t count);

  asio::any_io_executor executor_;
  Children& children_;
  void* stack_ = nullptr;
  FileDescriptor null_device_;
  /// Low numbers. What a child gets stands there while it is made, so that it copies the table of our descriptors only
  /// up to here: the whole of it grows with the number of replicas. Between two launches all are /dev/null.
  std::vector<FileDescriptor> places_;
  std::uint64_t file_limit_ = 0;  ///< 0: as ours
};

/// Raises the soft limit of open files to the hard one, because every replica takes some. The former soft limit.
std::uint64_t raise_file_limit();

/// The absolute path of a command's first word: as it is when it is absolute; relative to `cwd` when it contains a
/// slash; else the first executable file in the folders of `path` (relative ones count from `cwd`). When only files
/// that may not be executed are found, the first of them is returned, so that starting it tells the reason.
std::optional<std::string> find_program(std::string_view name, std::string_view path, std::string_view cwd);

/// Everything that a process of this kind finds in its environment, but for what belongs to one start.
std::vector<const std::string*> whole_environment(const ProcessSpec& spec);
/// The value of a variable in it; an empty view if it is not there.
std::string_view variable_of(const ProcessSpec& spec, std::string_view name);
/// The value of a variable in a list of "NAME=VALUE"; the last one wins. An empty view if it is not there.
std::string_view variable_of(const std::vector<std::string>& environment, std::string_view name);

}  // namespace dynamo
