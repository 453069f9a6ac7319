#pragma once
// A whole run in a forked supervisor, and what an observer of it saw.
//
// run() kills everything below its process at the end, wants to be a session of its own, and handles signals, so it
// runs in a child process of the test. What the child's observer sees comes back through events.jsonl and its logs;
// the outcome through a pipe.

#include "orchestrator/run.h"
#include "proto/json.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace dynamo::testing {

struct Told {
  std::string reason;
  int signal = 0;
  std::optional<FailureReport> failure;
  std::vector<std::string> problems;
  std::string output;  ///< "WORKER STREAM LINE" per line
};
BOOST_DESCRIBE_STRUCT(Told, (), (reason, signal, failure, problems, output))

inline std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// Looks again and again, at longest ten seconds.
inline bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

class OutputKeeper final : public RunObserver {
 public:
  void on_event(const Event& /*event*/, const RunSnapshot& /*snapshot*/) override {}
  void on_output(std::string_view worker, OutputStream stream, std::string_view lines) override {
    std::istringstream text{std::string(lines)};
    for (std::string line; std::getline(text, line);) {
      output += std::string(worker) + " " + std::string(word(stream)) + " " + line + "\n";
    }
  }
  /// Far away, so that it is pending whenever a run ends.
  std::optional<Duration> tick_after() override { return std::chrono::seconds(100); }
  std::string output;
};

/// Starts run() in a child. The test talks to it by signals, as a terminal would.
class RunningGraph {
 public:
  explicit RunningGraph(const Plan& plan, const std::function<void(RunOptions&)>& change = {}) {
    std::string pattern = (std::filesystem::temp_directory_path() / "graph-XXXXXX").string();
    base_ = ::mkdtemp(pattern.data());
    options_.run_id = "test";
    options_.run_dir = base_ / "run";
    options_.socket_dir = base_ / "s";
    options_.environment = {"PATH=/usr/local/bin:/usr/bin:/bin"};
    if (change) change(options_);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setsid();
      OutputKeeper keeper;
      const RunOutcome outcome = run(plan, options_, keeper);
      Told told{.reason = std::string(word(outcome.reason)),
                .signal = outcome.signal,
                .failure = outcome.failure,
                .problems = outcome.problems,
                .output = keeper.output};
      std::ofstream(base_ / "told.json") << boost::json::serialize(to_json(told));
      ::_exit(0);
    }
  }
  RunningGraph(const RunningGraph&) = delete;
  RunningGraph& operator=(const RunningGraph&) = delete;
  ~RunningGraph() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(base_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& base() const { return base_; }
  [[nodiscard]] const RunOptions& options() const { return options_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const { ::kill(pid_, number); }

  [[nodiscard]] std::vector<Event> events() const {
    std::vector<Event> result;
    std::istringstream text(read_file(options_.run_dir / "events.jsonl"));
    for (std::string line; std::getline(text, line) && !text.eof();) {
      Event event;
      EXPECT_TRUE(from_json(boost::json::parse(line), event)) << line;
      result.push_back(std::move(event));
    }
    return result;
  }

  /// Waits for an event; returns it, or fails the test after ten seconds.
  Event wait_for(const std::function<bool(const Event&)>& wanted) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      for (Event& event : events()) {
        if (wanted(event)) return event;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ADD_FAILURE() << "no such event within 10 s\n" << read_file(options_.run_dir / "events.jsonl");
    return {};
  }
  Event wait_for(const std::string& worker, WorkerState state, int incarnation = 1) const {
    return wait_for([&](const Event& event) {
      return event.kind == EventKind::Worker && event.worker == worker && event.state == state &&
             event.incarnation >= incarnation;
    });
  }
  Event wait_for(EventKind kind) const {
    return wait_for([&](const Event& event) { return event.kind == kind; });
  }

  /// Waits until the supervisor has ended, at longest 20 seconds.
  Told outcome() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << "the run did not end within 20 s\n" << read_file(options_.run_dir / "events.jsonl");
        return {};
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    pid_ = -1;
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the supervisor ended with wait status " << status;
    Told told;
    EXPECT_TRUE(from_json(boost::json::parse(read_file(base_ / "told.json")), told));
    return told;
  }

  /// The states that a replica went through, "starting ready stopped".
  [[nodiscard]] std::string states_of(const std::string& worker) const {
    std::string result;
    for (const Event& event : events()) {
      if (event.kind != EventKind::Worker || event.worker != worker) continue;
      result += (result.empty() ? "" : " ") + std::string(word(event.state));
    }
    return result;
  }

 private:
  std::filesystem::path base_;
  RunOptions options_;
  pid_t pid_ = -1;
};

}  // namespace dynamo::testing
