#include "tests/support/run_dynamo.h"

#include "proto/json.h"
#include "tests/support/processes.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ostream>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dynamo::test {

namespace {

std::string next_marker() {
  static std::atomic<int> count = 0;
  return std::string("DYNAMO_TEST_MARK=") + DYNAMO_TEST_MARK_PREFIX + std::to_string(::getpid()) + "-" +
         std::to_string(++count);
}

std::vector<std::string> environment_for(const std::filesystem::path& folder, const std::string& marker,
                                         const std::map<std::string, std::string>& added) {
  std::map<std::string, std::string> all{
      {"HOME", folder / "home"},
      {"LANG", "C.UTF-8"},
      {"PATH", std::string(DYNAMO_TEST_WORKERS) + ":/usr/local/bin:/usr/bin:/bin"},
      {"TMPDIR", std::filesystem::temp_directory_path()},
      {"XDG_RUNTIME_DIR", folder / "x"},
      {"XDG_STATE_HOME", folder / "state"},
  };
  // The sanitizers take their options from the environment.
  for (const char* name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) all[name] = value;
  }
  for (const auto& [name, value] : added) all[name] = value;
  std::vector<std::string> result{marker};
  for (const auto& [name, value] : all) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

Ended ended_from(int status) {
  if (WIFSIGNALED(status)) return {.status = -1, .signal = WTERMSIG(status)};
  return {.status = WEXITSTATUS(status), .signal = 0};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Ended& ended) {
  return ended.signal != 0 ? out << "killed by signal " << ended.signal : out << "exit status " << ended.status;
}

std::filesystem::path built_binary() { return DYNAMO_TEST_BINARY; }

RunDynamo::RunDynamo(const TempDir& folder, DynamoOptions options) : folder_(folder.path()), marker_(next_marker()) {
  std::filesystem::create_directories(folder_ / "home");
  std::filesystem::create_directories(folder_ / "x");
  std::filesystem::permissions(folder_ / "x", std::filesystem::perms::owner_all);
  start(std::move(options));
}

void RunDynamo::start(DynamoOptions options) {
  std::vector<std::string> words{options.program.value_or(built_binary()).string()};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> variables = environment_for(folder_, marker_, options.environment);
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(variables);
  const std::string directory = options.directory.value_or(folder_);
  const int out = ::open((folder_ / "stdout").c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const int err = ::open((folder_ / "stderr").c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  int terminal = -1;
  terminal_is_read_ = options.terminal_is_read;
  if (options.terminal) {
    terminal_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal_ < 0 || ::grantpt(terminal_) != 0 || ::unlockpt(terminal_) != 0)
      throw std::runtime_error("no terminal");
    terminal = ::open(::ptsname(terminal_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ::fcntl(terminal_, F_SETFL, O_NONBLOCK);
  }

  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    ::setsid();
    if (terminal >= 0) ::ioctl(terminal, TIOCSCTTY, 0);
    ::dup2(terminal >= 0 ? terminal : null, STDIN_FILENO);
    ::dup2(terminal >= 0 ? terminal : options.output.value_or(out), STDOUT_FILENO);
    ::dup2(terminal >= 0 ? terminal : err, STDERR_FILENO);
    if (::chdir(directory.c_str()) != 0) ::_exit(96);
    if (options.before_exec) options.before_exec();
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(95);
  }
  for (const int fd : {out, err, null, terminal}) {
    if (fd >= 0) ::close(fd);
  }
}

RunDynamo::~RunDynamo() {
  // Supervisors first try to start again what they lose, so one round may not be enough.
  for (int round = 0; round < 5 && !left().empty(); ++round) {
    for (const pid_t pid : left()) ::kill(pid, SIGKILL);
  }
  if (!ended_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (terminal_ >= 0) ::close(terminal_);
}

std::string RunDynamo::out() {
  drain_terminal();
  return terminal_text_.empty() ? read_file(folder_ / "stdout") : terminal_text_;
}

std::string RunDynamo::err() { return read_file(folder_ / "stderr"); }

void RunDynamo::drain_terminal() {
  if (terminal_ < 0 || !terminal_is_read_) return;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(terminal_, buffer, sizeof buffer)) > 0;) {
    terminal_text_.append(buffer, static_cast<std::size_t>(n));
  }
}

bool RunDynamo::wait_for_text(std::string_view text, std::chrono::milliseconds deadline) {
  return eventually([&] { return out().find(text) != std::string::npos || err().find(text) != std::string::npos; },
                    deadline);
}

std::optional<Event> RunDynamo::wait_for_event(const std::function<bool(const Event&)>& wanted,
                                               std::chrono::milliseconds deadline) {
  std::optional<Event> found;
  (void)eventually(
      [&] {
        drain_terminal();
        // Looked at before the events are, so that the last ones of a run that has ended are seen.
        const bool over = has_ended();
        for (const Event& event : events()) {
          if (!found && wanted(event)) found = event;
        }
        return found.has_value() || over;
      },
      deadline);
  return found;
}

bool RunDynamo::wait_until_ready(std::chrono::milliseconds deadline) {
  return wait_for_event([](const Event& event) { return event.kind == EventKind::RunReady; }, deadline).has_value();
}

bool RunDynamo::has_ended() {
  if (ended_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) ended_ = ended_from(status);
  return ended_.has_value();
}

Ended RunDynamo::wait(std::chrono::milliseconds deadline) {
  const bool in_time = eventually(
      [&] {
        drain_terminal();
        return has_ended();
      },
      deadline);
  if (!in_time) {
    ADD_FAILURE() << "still running after " << deadline.count() << " ms\n" << story();
    for (const pid_t pid : left()) ::kill(pid, SIGKILL);
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ended_ = ended_from(status);
  }
  return *ended_;
}

void RunDynamo::send(int signal) const { ::kill(pid_, signal); }

void RunDynamo::type(std::string_view keys) const {
  if (::write(terminal_, keys.data(), keys.size()) < 0) ADD_FAILURE() << "terminal: " << std::strerror(errno);
}

void RunDynamo::hang_up() {
  drain_terminal();
  ::close(terminal_);
  terminal_ = -1;
}

std::optional<pid_t> RunDynamo::supervisor() const {
  const std::vector<pid_t> children = children_of(pid_);
  if (children.size() != 1) return std::nullopt;
  return children.front();
}

std::optional<std::filesystem::path> RunDynamo::run_dir() const {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "state/dynamo/runs", none)) {
    if (entry.is_directory() && !entry.is_symlink()) return entry.path();
  }
  return std::nullopt;
}

std::vector<Event> RunDynamo::events() const {
  std::vector<Event> found;
  const auto folder = run_dir();
  if (!folder) return found;
  std::istringstream lines(read_file(*folder / "events.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    if (lines.eof()) break;  // the last line is still being written
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(line, error);
    Event event;
    if (error || !from_json(value, event)) {
      ADD_FAILURE() << "not an event: " << line;
      continue;
    }
    found.push_back(event);
  }
  return found;
}

std::string RunDynamo::log(std::string_view slot, int replica) const {
  const auto folder = run_dir();
  if (!folder) return {};
  return read_file(*folder / "logs" / (std::string(slot) + "-" + std::to_string(replica) + ".log"));
}

std::optional<pid_t> RunDynamo::worker(std::string_view id) const {
  std::optional<pid_t> found;
  for (const Event& event : events()) {
    if (event.worker == id && event.pid) found = *event.pid;
  }
  return found;
}

std::vector<pid_t> RunDynamo::left() const { return processes_with(marker_); }

bool RunDynamo::nothing_left(std::chrono::milliseconds deadline) const {
  return eventually([&] { return left().empty(); }, deadline);
}

std::string RunDynamo::story() {
  std::ostringstream text;
  text << "--- stdout\n" << out() << "--- stderr\n" << err() << "--- events\n";
  for (const Event& event : events()) {
    text << event.sequence << " " << word(event.kind) << " " << event.worker << " " << word(event.state) << " "
         << event.reason << "\n";
  }
  text << "--- left\n";
  for (const pid_t pid : left()) text << pid << " " << command_of(pid) << "\n";
  return text.str();
}

Finished run_dynamo(const TempDir& folder, std::vector<std::string> arguments,
                    std::map<std::string, std::string> environment) {
  RunDynamo run(folder, {.arguments = std::move(arguments), .environment = std::move(environment)});
  const Ended ended = run.wait();
  return {.ended = ended, .out = run.out(), .err = run.err()};
}

}  // namespace dynamo::test
