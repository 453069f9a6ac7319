#include "cli/helper_program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

namespace dynamo {
namespace {

/// An end of a pipe.
class End {
 public:
  End() = default;
  explicit End(int descriptor) : descriptor_(descriptor) {}
  End(End&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  End& operator=(End&& other) noexcept {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    return *this;
  }
  ~End() { close(); }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

struct Pipe {
  End read;
  End write;
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{End(ends[0]), End(ends[1])};
}

/// What a child needs that posix_spawn cannot take from plain arguments.
class Setup {
 public:
  Setup() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;
  ~Setup() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

/// Starts it; an errno if that is refused.
int spawn(pid_t& child, const std::string& program, const std::vector<std::string>& arguments,
          const Environment& environment, const Pipe& in, const Pipe& out, const Pipe& err) {
  Setup setup;
  ::posix_spawn_file_actions_adddup2(&setup.actions, in.read.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&setup.actions, out.write.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&setup.actions, err.write.get(), STDERR_FILENO);
  sigset_t defaults;  // SIGPIPE is ignored in this process
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&setup.attributes, &defaults);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&setup.attributes, &none);
  ::posix_spawnattr_setflags(&setup.attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment.variables) variables.push_back(name + "=" + value);
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
  };
  return ::posix_spawn(&child, program.c_str(), &setup.actions, &setup.attributes, pointers(words).data(),
                       pointers(variables).data());
}

/// Reads what there is; closes the end when there is nothing more to come.
void read_some(End& from, std::string& into) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
  if (count > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    from.close();
  }
}

/// Writes what the program takes now; closes the end when all is written, or when it takes no more.
void write_some(End& to, std::string_view& rest) {
  const ssize_t count = ::write(to.get(), rest.data(), rest.size());
  if (count >= 0) {
    rest.remove_prefix(static_cast<std::size_t>(count));
  } else if (errno != EINTR && errno != EAGAIN) {
    rest = {};
  }
  if (rest.empty()) to.close();
}

/// Writes and reads at once, so that neither side waits for the other.
void exchange(std::string_view input, End& in, End& out, End& err, ProgramEnd& end, const Slow& slow) {
  const auto due = std::chrono::steady_clock::now() + slow.after;
  bool told = !slow.tell;
  ::fcntl(in.get(), F_SETFL, O_NONBLOCK);
  if (input.empty()) in.close();
  while (out.get() >= 0 || err.get() >= 0) {
    std::array<pollfd, 3> waits{{{.fd = in.get(), .events = POLLOUT, .revents = 0},
                                 {.fd = out.get(), .events = POLLIN, .revents = 0},
                                 {.fd = err.get(), .events = POLLIN, .revents = 0}}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - std::chrono::steady_clock::now());
    if (!told && left.count() <= 0) {
      told = true;
      slow.tell();
    }
    if (::poll(waits.data(), waits.size(), told ? -1 : static_cast<int>(left.count())) <= 0) continue;
    if (waits[0].revents != 0) write_some(in, input);
    if (waits[1].revents != 0) read_some(out, end.out);
    if (waits[2].revents != 0) read_some(err, end.err);
  }
}

}  // namespace

Result<ProgramEnd> run_helper(const std::string& program, const std::vector<std::string>& arguments,
                              std::string_view input, const Environment& environment, const Slow& slow) {
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  if (!in || !out || !err) return errno_failure("make a pipe to `" + program + "`");
  pid_t child = -1;
  if (const int error = spawn(child, program, arguments, environment, *in, *out, *err); error != 0) {
    return Failure("start `" + program + "`", boost::system::error_code(error, boost::system::system_category()));
  }
  in->read.close();
  out->write.close();
  err->write.close();
  ProgramEnd end;
  exchange(input, in->write, out->read, err->read, end, slow);
  int status = 0;  // stays so where the caller ignores SIGCHLD: then the output has to tell how it went
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) end.status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

}  // namespace dynamo
