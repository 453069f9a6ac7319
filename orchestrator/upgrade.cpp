#include "orchestrator/upgrade.h"

#include "proto/json.h"

#include <fmt/format.h>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/errc.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

namespace dynamo {
namespace {

using boost::asio::experimental::awaitable_operators::operator||;

constexpr std::chrono::seconds check_limit{10};

Failure unreadable(std::string doing) {
  return Failure(std::move(doing), boost::system::errc::make_error_code(boost::system::errc::invalid_argument));
}

Result<FileDescriptor> in_memory(const SavedRun& state) {
  FileDescriptor file(::memfd_create("dynamo-state", MFD_CLOEXEC));
  if (!file) return errno_failure("write the state of the run");
  const std::string text = boost::json::serialize(to_json(state));
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(file.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_failure("write the state of the run");
    done += static_cast<std::size_t>(count);
  }
  return file;
}

/// What this process was started with, word by word.
std::vector<std::string> own_arguments() {
  std::vector<std::string> words;
  const FileDescriptor file(::open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> part{};
  for (ssize_t count = 0; (count = ::read(file.get(), part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::vector<int> descriptors_of(const SavedRun& state) {
  std::vector<int> result = state.host.sockets;
  result.push_back(state.host.run_lock);
  for (const auto& [port, lock] : state.host.port_locks) result.push_back(lock);
  for (const SavedWorker& worker : state.workers) {
    result.push_back(worker.pidfd);
    if (worker.notify) result.push_back(worker.notify->socket);
    for (const SavedStream& stream : worker.log.streams) result.push_back(stream.pipe);
  }
  std::erase_if(result, [](int number) { return number < 0; });
  return result;
}

void keep_over_exec(const std::vector<int>& descriptors, bool keep) {
  for (const int number : descriptors) ::fcntl(number, F_SETFD, keep ? 0 : FD_CLOEXEC);
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> result;
  for (std::string& word : words) result.push_back(word.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::string present_program() {
  std::error_code error;
  std::string path = std::filesystem::read_symlink("/proc/self/exe", error).string();
  constexpr std::string_view gone = " (deleted)";
  if (path.ends_with(gone)) path.resize(path.size() - gone.size());
  return path;
}

Awaitable<std::string> reason_against(Clock& clock, ProcessLauncher& launcher, const SavedRun& state) {
  const Result<FileDescriptor> file = in_memory(state);
  if (!file) co_return file.error().message();
  constexpr int target = 3;
  ProcessSpec spec;
  spec.program = state.options.program;
  spec.arguments = own_arguments();
  spec.arguments.insert(spec.arguments.begin() + 1, {check_state_command, std::to_string(target)});
  for (char** entry = environ; *entry != nullptr; ++entry) spec.environment.emplace_back(*entry);
  std::error_code ignored;
  spec.cwd = std::filesystem::current_path(ignored).string();
  // What it has against the state, it says to whoever reads our stderr.
  spec.descriptors.push_back({.source = STDERR_FILENO, .target = STDERR_FILENO});
  spec.descriptors.push_back({.source = file->get(), .target = target});
  LaunchResult launched = launcher.launch(spec);
  if (!launched) co_return launched.error().words();
  const std::unique_ptr<Process> process = std::move(*launched);
  const Clock::TimePoint deadline = clock.now() + check_limit;
  co_await (process->wait() || clock.sleep_until(deadline));
  const std::optional<ExitStatus> status = process->ended();
  co_await process->kill_tree();
  if (!status) co_return fmt::format("`{}` did not answer within {} s", spec.program, check_limit.count());
  if (!status->success())
    co_return fmt::format("`{}` refuses the state of this run: {}", spec.program, status->words());
  co_return std::string();
}

std::string replace_program(const SavedRun& state) {
  const Result<FileDescriptor> file = in_memory(state);
  if (!file) return file.error().message();
  std::vector<std::string> words = own_arguments();
  const std::vector<char*> arguments = pointers_to(words);
  std::vector<int> kept = descriptors_of(state);
  kept.push_back(file->get());

  // A signal that comes now waits for the new program's handlers.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  keep_over_exec(kept, true);
  ::setenv(resume_variable, std::to_string(file->get()).c_str(), 1);
  ::execv(state.options.program.c_str(), arguments.data());
  const int error = errno;
  ::unsetenv(resume_variable);
  keep_over_exec(kept, false);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  return fmt::format("cannot execute `{}`: {}", state.options.program, ::strerrordesc_np(error));
}

Result<SavedRun> read_run_state(FileDescriptor file) {
  const std::string doing = "read the state of the run";
  std::string text;
  std::array<char, 65536> part{};
  for (;;) {
    const ssize_t count = ::pread(file.get(), part.data(), part.size(), static_cast<off_t>(text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_failure(doing);
    if (count == 0) break;
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  boost::json::parse_options lenient;
  lenient.allow_invalid_utf8 = true;  // output and environment are bytes
  boost::system::error_code error;
  const boost::json::value json = boost::json::parse(text, error, {}, lenient);
  SavedRun state;
  if (error || !from_json(json, state)) return unreadable(doing);
  if (state.format != SavedRun::present_format) {
    return unreadable(fmt::format("{}, which has format {} and not {}", doing, state.format, SavedRun::present_format));
  }
  if (state.workers.size() != state.plan.processes.size()) return unreadable(doing);
  return state;
}

std::optional<int> take_resume_descriptor() {
  const char* text = std::getenv(resume_variable);
  if (text == nullptr) return std::nullopt;
  int number = -1;
  const char* end = text + std::strlen(text);
  const bool good = std::from_chars(text, end, number).ptr == end && number > STDERR_FILENO;
  ::unsetenv(resume_variable);
  if (!good) return std::nullopt;
  ::fcntl(number, F_SETFD, FD_CLOEXEC);
  return number;
}

}  // namespace dynamo
