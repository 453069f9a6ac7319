#pragma once
// What the tests of the mechanisms share: a loop with a launcher on it, scripts as processes, a folder of one's own.
// Processes are real here; every wait has a deadline.

#include "orchestrator/children.h"
#include "orchestrator/clock.h"
#include "orchestrator/kill_below.h"
#include "orchestrator/launcher.h"
#include "orchestrator/process_tree.h"
#include "tests/support/eventually.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dynamo::test {

using namespace std::chrono_literals;

class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "dynamo-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder");
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Alive, and neither reaped nor a zombie.
inline bool lives(pid_t pid) {
  const auto facts = read_process(pid);
  return facts && facts->alive();
}

class KernelTest : public ::testing::Test {
 protected:
  ~KernelTest() override { kill_everything_below(); }

  /// Lets the loop run until the coroutine has ended.
  template <class T>
  T run(Awaitable<T> task) {
    std::optional<T> result;
    std::exception_ptr error;
    bool done = false;
    asio::co_spawn(context_, std::move(task), [&](const std::exception_ptr& thrown, T value) {
      error = thrown;
      result = std::move(value);
      done = true;
    });
    loop_until(done);
    if (error) std::rethrow_exception(error);
    return std::move(*result);
  }
  void run(Awaitable<> task) {
    std::exception_ptr error;
    bool done = false;
    asio::co_spawn(context_, std::move(task), [&](const std::exception_ptr& thrown) {
      error = thrown;
      done = true;
    });
    loop_until(done);
    if (error) std::rethrow_exception(error);
  }
  /// Lets the loop run until a condition holds.
  template <class Condition>
  bool loop_while_waiting_for(Condition condition) {
    return eventually([&] {
      context_.poll();
      return condition();
    });
  }

  ProcessSpec shell(std::string script) const {
    ProcessSpec spec;
    spec.program = "/bin/sh";
    spec.arguments = {"sh", "-c", std::move(script)};
    spec.environment = {"PATH=/usr/bin:/bin"};
    spec.cwd = folder_.path();
    return spec;
  }
  std::unique_ptr<Process> start(const ProcessSpec& spec) {
    auto launched = launcher_.launch(spec);
    if (!launched) throw std::runtime_error(launched.error().words());
    return std::move(*launched);
  }
  /// A number that a script has written to a file.
  std::optional<pid_t> pid_in(const char* name) const {
    const std::string text = contents(folder_.path() / name);
    if (!text.ends_with('\n')) return std::nullopt;
    return std::stoi(text);
  }
  pid_t wait_for_pid(const char* name) const {
    if (!eventually([&] { return pid_in(name).has_value(); })) throw std::runtime_error("no number was written");
    return *pid_in(name);
  }

  Folder folder_;
  asio::io_context context_{1};
  SystemClock clock_;
  Children children_{context_.get_executor()};
  PosixLauncher launcher_{context_.get_executor(), children_};

 private:
  void loop_until(const bool& done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the coroutine has not ended in time");
      context_.run_one_for(1s);
    }
  }
};

}  // namespace dynamo::test
