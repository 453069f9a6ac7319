#pragma once
// Runs the real binary, as a user's shell would: arguments, environment, folder, signals, a terminal if wanted.
// Every run has a home of its own and a marker in its environment that all its descendants carry, so that a test can
// ask what is left of it; the destructor kills what is.

#include "proto/run.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_dir.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace dynamo::test {

/// How the binary ended: the exit status, or the signal that killed it.
struct Ended {
  int status = -1;  ///< -1 when a signal ended it
  int signal = 0;
  friend bool operator==(const Ended&, const Ended&) = default;
};
std::ostream& operator<<(std::ostream& out, const Ended& ended);

struct DynamoOptions {
  std::vector<std::string> arguments = {};
  std::map<std::string, std::string> environment = {};            ///< added to a small fixed one
  std::optional<std::filesystem::path> directory = std::nullopt;  ///< none: the run's own folder
  std::optional<std::filesystem::path> program = std::nullopt;    ///< none: the binary that was built
  bool terminal = false;                                          ///< run below a pseudo-terminal, in its foreground
  bool terminal_is_read = true;                                   ///< false: what it shows is never taken out of it
  std::optional<int> output = std::nullopt;                       ///< its stdout; none: a file of the run's folder
  std::function<void()> before_exec = nullptr;                    ///< in the child: masks, dispositions, descriptors
};

/// The binary that was built.
std::filesystem::path built_binary();

class RunDynamo {
 public:
  /// Starts at once. Files of `folder` can be named relative to it.
  RunDynamo(const TempDir& folder, DynamoOptions options);
  RunDynamo(const RunDynamo&) = delete;
  RunDynamo& operator=(const RunDynamo&) = delete;
  ~RunDynamo();

  /// What it wrote so far. With a terminal everything is `out`.
  [[nodiscard]] std::string out();
  [[nodiscard]] std::string err();

  [[nodiscard]] bool wait_for_text(std::string_view text, std::chrono::milliseconds deadline = patience);
  /// The first event for which `wanted` holds, from those of the run's folder.
  std::optional<Event> wait_for_event(const std::function<bool(const Event&)>& wanted,
                                      std::chrono::milliseconds deadline = patience);
  [[nodiscard]] bool wait_until_ready(std::chrono::milliseconds deadline = patience);
  /// Fails the test and kills everything if it has not ended by then.
  Ended wait(std::chrono::milliseconds deadline = patience);
  [[nodiscard]] bool has_ended();

  void send(int signal) const;
  /// Types into the terminal.
  void type(std::string_view keys) const;
  /// Closes the terminal, as a window or a connection does.
  void hang_up();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::optional<pid_t> supervisor() const;
  /// Folder of the run, once it exists.
  [[nodiscard]] std::optional<std::filesystem::path> run_dir() const;
  [[nodiscard]] std::vector<Event> events() const;
  [[nodiscard]] std::string log(std::string_view slot, int replica = 0) const;
  /// Process id of a replica's present life.
  [[nodiscard]] std::optional<pid_t> worker(std::string_view id) const;

  /// Every live process of this run.
  [[nodiscard]] std::vector<pid_t> left() const;
  /// True as soon as none is left.
  [[nodiscard]] bool nothing_left(std::chrono::milliseconds deadline = std::chrono::seconds(5)) const;
  /// For messages: what it wrote, its events and what is left.
  std::string story();

 private:
  void start(DynamoOptions options);
  void drain_terminal();

  std::filesystem::path folder_;
  std::string marker_;
  pid_t pid_ = -1;
  int terminal_ = -1;
  bool terminal_is_read_ = true;
  std::string terminal_text_;
  std::optional<Ended> ended_;
};

/// Runs to its end.
struct Finished {
  Ended ended;
  std::string out;
  std::string err;
};
Finished run_dynamo(const TempDir& folder, std::vector<std::string> arguments,
                    std::map<std::string, std::string> environment = {});

}  // namespace dynamo::test
