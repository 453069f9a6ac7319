#pragma once
// Everything that one image of the supervisor hands to the next when it replaces itself (upgrade.h). Plain structs,
// described, that travel as JSON: a newer program reads what an older one wrote, and what it does not know keeps its
// default. Descriptors travel as their numbers, points in time as nanoseconds of the steady clock, which goes on.

#include "orchestrator/run.h"
#include "orchestrator/worker_machine.h"
#include "proto/plan.h"
#include "proto/run.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dynamo {

DYNAMO_WORDS(StopCause, "none", "own", "requested", "not_ready", "not_live", "restarted");
BOOST_DESCRIBE_STRUCT(RestartHistory, (), (restarts, doublings))
BOOST_DESCRIBE_STRUCT(WorkerLife, (),
                      (state, incarnation, ran, ending, overran, stop_wanted, cause, trouble, exit, launched, ready,
                       exited, deadline, history))
BOOST_DESCRIBE_STRUCT(LogLimits, (), (file_bytes, age, total_bytes))
BOOST_DESCRIBE_STRUCT(RunOptions, (), (run_id, run_dir, socket_dir, entry_host, environment, logs, program))

/// One of the two pipes of a replica.
struct SavedStream {
  int pipe = -1;           ///< -1: closed
  std::string unfinished;  ///< bytes of a line whose end has not come
  bool cut = false;        ///< the beginning of that line has been written
};
BOOST_DESCRIBE_STRUCT(SavedStream, (), (pipe, unfinished, cut))

struct SavedLog {
  std::vector<SavedStream> streams;  ///< stdout, stderr; none: nothing runs
  std::vector<std::string> last_lines;
  std::uint64_t lost_bytes = 0;
  bool between_lines = true;
  bool told_write_trouble = false;
};
BOOST_DESCRIBE_STRUCT(SavedLog, (), (streams, last_lines, lost_bytes, between_lines, told_write_trouble))

struct SavedNotify {
  int socket = -1;
  bool ready = false;
  bool stopping = false;
  std::string status;
};
BOOST_DESCRIBE_STRUCT(SavedNotify, (), (socket, ready, stopping, status))

struct SavedWorker {
  WorkerLife life;
  std::optional<int> pid;  ///< none: nothing runs
  int pidfd = -1;
  std::string mark;
  std::optional<SavedNotify> notify;
  bool log_matched = false;
  std::uint64_t out_of_memory_before = 0;
  SavedLog log;
};
BOOST_DESCRIBE_STRUCT(SavedWorker, (), (life, pid, pidfd, mark, notify, log_matched, out_of_memory_before, log))

struct SavedHost {
  std::vector<int> port_numbers;          ///< in the order of port_needs()
  std::map<std::string, int> port_locks;  ///< by port
  std::vector<int> sockets;               ///< of endpoints with `listen: fd`
  int run_lock = -1;
  std::uint64_t file_limit = 0;  ///< what children get
};
BOOST_DESCRIBE_STRUCT(SavedHost, (), (port_numbers, port_locks, sockets, run_lock, file_limit))

struct SavedRun {
  static constexpr int present_format = 1;
  int format = 0;
  std::string version;  ///< of the program that wrote it
  TimePoint written;
  Plan plan;
  RunOptions options;
  SavedHost host;
  RunSnapshot snapshot;
  TimePoint started;
  bool was_ready = false;
  std::vector<std::string> last_words;
  std::optional<std::uint64_t> last_failed;
  std::vector<std::uint64_t> client_revisions;
  std::vector<SavedWorker> workers;
  std::vector<std::string> unread;  ///< RunObserver::hand_over()
};
BOOST_DESCRIBE_STRUCT(SavedRun, (),
                      (format, version, written, plan, options, host, snapshot, started, was_ready, last_words,
                       last_failed, client_revisions, workers, unread))

}  // namespace dynamo
