#include "orchestrator/launcher.h"

#include "orchestrator/children.h"
#include "orchestrator/kernel_signals.h"
#include "orchestrator/proc_files.h"
#include "proto/check.h"

#include <fmt/format.h>

#include <boost/system/system_error.hpp>
#include <boost/throw_exception.hpp>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#ifdef __SANITIZE_THREAD__
/// ThreadSanitizer takes each call of clone for a fork, after which both sides end in their own memory what it began.
/// In memory that is shared it is ended twice, and from then on nothing is reported. It does not know this other name.
extern "C" int clone_with_shared_memory(int (*run)(void*), void* stack, int flags, void* argument,
                                        ...) __asm__("__clone");
#else
constexpr auto clone_with_shared_memory = ::clone;
#endif

namespace dynamo {

namespace {

constexpr std::size_t stack_size = std::size_t{64} * 1024;

/// All that the child needs, made by the parent: between clone and exec there are only system calls. The child
/// shares our memory, and the parent sleeps until it has exec'd or ended, so errors come back through here.
struct ChildPlan {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* cwd = nullptr;
  char* listen_pid = nullptr;  ///< where the digits go; null: none are wanted
  const PassedDescriptor* descriptors = nullptr;
  int* lifted = nullptr;  ///< room for one number per descriptor
  std::size_t descriptor_count = 0;
  bool shares_table = false;  ///< the parent's descriptors are the child's own until it has parted with them
  int highest_source = 2;
  int highest_target = 2;
  int control_group = -1;
  const void* processors = nullptr;  ///< a set of them; null: the caller's
  std::size_t processors_size = 0;
  int nice = 0;
  std::string_view oom_score_adj;  ///< as text; empty: the caller's
  std::uint64_t file_limit = 0;
  const ProcessLimit* limits = nullptr;
  std::size_t limit_count = 0;
  pid_t parent = 0;
  LaunchStage failed_stage = LaunchStage::Clone;
  int error = 0;
};

void reset_signal_dispositions() {
  for (int number = 1; number <= last_signal; ++number) {
    if (number != SIGKILL && number != SIGSTOP) set_default_disposition(number);
  }
}

void write_number(char* to, pid_t number) {
  std::array<char, 12> digits;
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) *to++ = digits[--count];
  *to = '\0';
}

bool is_target(const ChildPlan& plan, int number) {
  for (std::size_t i = 0; i < plan.descriptor_count; ++i) {
    if (plan.descriptors[i].target == number) return true;
  }
  return false;
}

/// Parts with the parent's table of descriptors. The kernel copies only what is not to be closed at once.
bool copy_table_up_to(int last) {
  return ::close_range(static_cast<unsigned>(last) + 1, ~0U, CLOSE_RANGE_UNSHARE) == 0;
}

/// Puts every descriptor at its place and closes all others. Sources are lifted above all targets first, so that no
/// target overwrites a source that is still needed.
bool arrange_descriptors(const ChildPlan& plan) {
  if (plan.shares_table && !copy_table_up_to(plan.highest_source)) return false;
  const int above = plan.highest_target + 1;
  for (std::size_t i = 0; i < plan.descriptor_count; ++i) {
    plan.lifted[i] = ::fcntl(plan.descriptors[i].source, F_DUPFD_CLOEXEC, above);
    if (plan.lifted[i] < 0) return false;
  }
  for (std::size_t i = 0; i < plan.descriptor_count; ++i) {
    if (::dup3(plan.lifted[i], plan.descriptors[i].target, 0) < 0) return false;
  }
  for (int number = 0; number < above; ++number) {
    if (!is_target(plan, number)) ::close(number);
  }
  return ::close_range(static_cast<unsigned>(above), ~0U, 0) == 0;
}

/// What a process may at most, and who comes before it. What is only a preference must not keep it from starting.
void set_priorities(const ChildPlan& plan) {
  if (plan.nice > 0) {
    const int present = ::getpriority(PRIO_PROCESS, 0);
    ::setpriority(PRIO_PROCESS, 0, present + plan.nice);
  }
  if (!plan.oom_score_adj.empty()) {
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    const ssize_t ignored = ::write(file, plan.oom_score_adj.data(), plan.oom_score_adj.size());
    static_cast<void>(ignored);
    ::close(file);
  }
  rlimit limit{};
  if (plan.file_limit > 0 && ::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = plan.file_limit;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
}

/// Runs in the child, on the parent's memory. Returns only when something failed. ThreadSanitizer notes every call in
/// that memory too, until it returns: thousands of children that never do would fill its room.
__attribute__((no_sanitize("thread"))) LaunchStage become_program(ChildPlan& plan) {
  // All signals are blocked here; first their handlers go, which are the parent's code, then the mask.
  reset_signal_dispositions();
  if (::setsid() < 0) return LaunchStage::Session;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return LaunchStage::ParentDeath;
  if (::getppid() != plan.parent) {
    errno = ESRCH;
    return LaunchStage::ParentGone;
  }
  if (plan.control_group >= 0 && ::write(plan.control_group, "0", 1) != 1) return LaunchStage::ControlGroup;
  if (plan.processors != nullptr && ::syscall(SYS_sched_setaffinity, 0, plan.processors_size, plan.processors) != 0) {
    return LaunchStage::Processors;
  }
  if (::chdir(plan.cwd) != 0) return LaunchStage::Directory;
  if (!arrange_descriptors(plan)) return LaunchStage::Descriptors;
  set_priorities(plan);
  for (std::size_t i = 0; i < plan.limit_count; ++i) {
    const rlimit both{plan.limits[i].value, plan.limits[i].value};
    if (::setrlimit(plan.limits[i].resource, &both) != 0) return LaunchStage::Limits;
  }
  if (plan.listen_pid != nullptr) write_number(plan.listen_pid, ::getpid());
  const std::uint64_t none = 0;
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof(none));
  ::execve(plan.program, plan.arguments, plan.environment);
  return LaunchStage::Execute;
}

__attribute__((no_sanitize("thread"))) int run_child(void* argument) {
  auto& plan = *static_cast<ChildPlan*>(argument);
  plan.failed_stage = become_program(plan);
  plan.error = errno;
  ::syscall(SYS_exit_group, 127);
  return 127;
}

/// Both a handler of ours and a cancelled thread would run in the child, on our memory: nothing may arrive.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;
  ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// execve promises to change nothing, and takes pointers that would allow it all the same.
char* pointer_to(const std::string& text) { return const_cast<char*>(text.c_str()); }

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

bool names(const std::vector<std::string>& environment, std::string_view name) {
  return std::any_of(environment.begin(), environment.end(), [name](const std::string& entry) {
    return entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name);
  });
}

/// execve says "no such file" also when the file is there and what should run it is not.
std::string what_is_missing(const std::string& program, int error) {
  if (error == ENOEXEC) return fmt::format("`{}`, which has neither a known format nor a first line `#!...`", program);
  if (error != ENOENT || ::access(program.c_str(), F_OK) != 0) return fmt::format("`{}`", program);
  const FileDescriptor file(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 256> bytes{};
  const ssize_t size = file ? ::read(file.get(), bytes.data(), bytes.size()) : 0;
  std::string_view head(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  if (!head.starts_with("#!")) return fmt::format("`{}`: the loader that it asks for", program);
  head.remove_prefix(2);
  head.remove_prefix(std::min(head.find_first_not_of(" \t"), head.size()));
  const std::string_view interpreter = head.substr(0, head.find_first_of(" \t\r\n"));
  return fmt::format("`{}`: its interpreter `{}`", program, interpreter);
}

LaunchFailure describe_failure(const ProcessSpec& spec, const ChildPlan& plan) {
  LaunchFailure failure;
  failure.stage = plan.failed_stage;
  failure.error = plan.error;
  if (failure.stage == LaunchStage::Directory) failure.detail = fmt::format("folder `{}`", spec.cwd);
  if (failure.stage == LaunchStage::Execute) failure.detail = what_is_missing(spec.program, plan.error);
  return failure;
}

bool is_executable_file(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

bool is_file(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
}

std::string joined(std::string_view folder, std::string_view name) {
  return folder.ends_with('/') ? fmt::format("{}{}", folder, name) : fmt::format("{}/{}", folder, name);
}

}  // namespace

std::string make_mark(std::string_view run_dir, std::string_view worker, int incarnation) {
  return fmt::format("{}#{}#{}", run_dir, worker, incarnation);
}

std::string LaunchFailure::words() const {
  const std::string reason = boost::system::error_code(error, boost::system::system_category()).message();
  switch (stage) {
    case LaunchStage::Clone: return fmt::format("cannot make a process: {}", reason);
    case LaunchStage::Session: return fmt::format("cannot make a session: {}", reason);
    case LaunchStage::ParentDeath:
    case LaunchStage::ParentGone: return fmt::format("cannot tie a process to its supervisor: {}", reason);
    case LaunchStage::ControlGroup: return fmt::format("cannot put a process into its control group: {}", reason);
    case LaunchStage::Processors: return fmt::format("cannot choose the processors of a process: {}", reason);
    case LaunchStage::Directory: return fmt::format("cannot enter {}: {}", detail, reason);
    case LaunchStage::Descriptors: return fmt::format("cannot pass descriptors on: {}", reason);
    case LaunchStage::Limits: return fmt::format("cannot set the limits of a process (`ulimits`): {}", reason);
    case LaunchStage::Execute: return fmt::format("cannot execute {}: {}", detail, reason);
  }
  return reason;
}

ExitStatus LaunchFailure::exit_status() const {
  ExitStatus status;
  status.kind = EndKind::NotStarted;
  status.code = error;
  status.detail = detail;
  return status;
}

void throw_exception_from_error(const LaunchFailure& failure, const boost::source_location& where) {
  boost::throw_exception(boost::system::system_error(failure.error, boost::system::system_category(), failure.words()),
                         where);
}

PosixLauncher::PosixLauncher(const asio::any_io_executor& executor, Children& children)
    : executor_(executor), children_(children) {
  stack_ = ::mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  DYNAMO_CHECK(stack_ != MAP_FAILED, "there is no memory for the stack of a child");
  open_places();  // now, while the low numbers are free
}

PosixLauncher::~PosixLauncher() { ::munmap(stack_, stack_size); }

LaunchResult PosixLauncher::launch(const ProcessSpec& spec) {
  keep_descriptors_back();  // what it takes to end a process comes before a new one
  ChildPlan plan;
  std::vector<std::string> of_this_start;
  if (!spec.mark.empty()) of_this_start.push_back(fmt::format("{}={}", mark_variable, spec.mark));
  if (!spec.listen_names.empty()) {
    of_this_start.push_back(fmt::format("LISTEN_FDS={}", spec.listen_names.size()));
    of_this_start.push_back(fmt::format("LISTEN_FDNAMES={}", fmt::join(spec.listen_names, ":")));
    // Only the child knows its number: it writes it over these spaces.
    of_this_start.emplace_back("LISTEN_PID=           ");
    plan.listen_pid = of_this_start.back().data() + std::string_view("LISTEN_PID=").size();
  }
  std::vector<char*> argument_pointers;
  for (const std::string& word : spec.arguments) argument_pointers.push_back(pointer_to(word));
  argument_pointers.push_back(nullptr);
  std::vector<char*> environment_pointers;
  for (const std::string* variable : whole_environment(spec)) {
    if (!names(of_this_start, name_of(*variable))) environment_pointers.push_back(pointer_to(*variable));
  }
  for (const std::string& variable : of_this_start) environment_pointers.push_back(pointer_to(variable));
  environment_pointers.push_back(nullptr);

  std::vector<PassedDescriptor> descriptors = spec.descriptors;
  // Its number is free again for the second handle on the child, see below.
  FileDescriptor spare(open_places() ? ::fcntl(null_device_.get(), F_DUPFD_CLOEXEC, 0) : -1);
  if (!spare) {
    LaunchFailure failure;
    failure.stage = LaunchStage::Descriptors;
    failure.error = errno;
    return failure;
  }
  for (int standard = 0; standard <= 2; ++standard) {
    const auto names_it = [standard](const PassedDescriptor& passed) { return passed.target == standard; };
    if (std::any_of(descriptors.begin(), descriptors.end(), names_it)) continue;
    descriptors.push_back(PassedDescriptor{.source = null_device_.get(), .target = standard});
  }
  std::vector<int> lifted(descriptors.size());
  plan.shares_table = descriptors.size() <= places_.size();
  if (plan.shares_table) {
    if (const int error = fill_places(descriptors); error != 0) {
      LaunchFailure failure;
      failure.stage = LaunchStage::Descriptors;
      failure.error = error;
      return failure;
    }
  }

  plan.program = spec.program.c_str();
  plan.arguments = argument_pointers.data();
  plan.environment = environment_pointers.data();
  plan.cwd = spec.cwd.c_str();
  plan.descriptors = descriptors.data();
  plan.lifted = lifted.data();
  plan.descriptor_count = descriptors.size();
  for (const PassedDescriptor& passed : descriptors) {
    plan.highest_target = std::max(plan.highest_target, passed.target);
    plan.highest_source = std::max(plan.highest_source, passed.source);
  }
  plan.parent = ::getpid();
  plan.control_group = spec.control_group;
  const std::string oom_score_adj = spec.oom_score_adj > 0 ? std::to_string(spec.oom_score_adj) : std::string();
  plan.oom_score_adj = oom_score_adj;
  plan.nice = spec.nice;
  plan.file_limit = file_limit_;
  plan.limits = spec.limits.data();
  plan.limit_count = spec.limits.size();
  std::vector<unsigned long> processors;
  for (const int number : spec.processors) {
    constexpr std::size_t bits = 8 * sizeof(unsigned long);
    const auto place = static_cast<std::size_t>(number);
    if (processors.size() <= place / bits) processors.resize(place / bits + 1);
    processors[place / bits] |= 1UL << (place % bits);
  }
  if (!processors.empty()) plan.processors = processors.data();
  plan.processors_size = processors.size() * sizeof(unsigned long);

  int pidfd_number = -1;
  int pid = -1;
  int clone_error = 0;
  {
    const AllSignalsBlocked quiet_please;
    void* const stack_top = static_cast<char*>(stack_) + stack_size;
    const int table = plan.shares_table ? CLONE_FILES : 0;
    const int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | table | SIGCHLD;
    pid = ::clone_with_shared_memory(run_child, stack_top, flags, &plan, &pidfd_number);
    clone_error = errno;
  }
  if (plan.shares_table) empty_places(descriptors.size());
  if (pid < 0) {
    LaunchFailure failure;
    failure.stage = LaunchStage::Clone;
    failure.error = clone_error;
    return failure;
  }
  FileDescriptor pidfd(pidfd_number);
  if (plan.error != 0) {
    siginfo_t ignored{};
    while (::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &ignored, WEXITED) < 0 && errno == EINTR) {
    }
    return describe_failure(spec, plan);
  }
  spare.close();
  try {
    return make_local_process(executor_, children_, pid, std::move(pidfd), spec.mark);
  } catch (const boost::system::system_error& error) {
    // A child that cannot be watched must not live. It is ours and was not reaped, so the number is still its own.
    ::kill(pid, SIGKILL);
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    LaunchFailure failure;
    failure.stage = LaunchStage::Clone;
    failure.error = error.code().value();
    return failure;
  }
}

bool PosixLauncher::open_places() {
  if (null_device_) return true;
  null_device_ = FileDescriptor(::open("/dev/null", O_RDWR | O_CLOEXEC));
  constexpr std::size_t most_places = 8;
  while (null_device_ && places_.size() < most_places) {
    FileDescriptor place(::fcntl(null_device_.get(), F_DUPFD_CLOEXEC, 0));
    if (!place) break;
    places_.push_back(std::move(place));
  }
  return static_cast<bool>(null_device_);
}

int PosixLauncher::fill_places(std::vector<PassedDescriptor>& descriptors) {
  for (std::size_t index = 0; index < descriptors.size(); ++index) {
    const int place = places_[index].get();
    if (::dup3(descriptors[index].source, place, O_CLOEXEC) < 0) {
      const int error = errno;
      empty_places(index);
      return error;
    }
    descriptors[index].source = place;
  }
  return 0;
}

void PosixLauncher::empty_places(std::size_t count) {
  for (std::size_t index = 0; index < count; ++index) {
    ::dup3(null_device_.get(), places_[index].get(), O_CLOEXEC);
  }
}

std::uint64_t raise_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const std::uint64_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? before : 0;
}

std::unique_ptr<Process> ProcessLauncher::adopt(pid_t /*pid*/, FileDescriptor /*pidfd*/, std::string /*mark*/) {
  return nullptr;
}

std::unique_ptr<Process> PosixLauncher::adopt(pid_t pid, FileDescriptor pidfd, std::string mark) {
  return make_local_process(executor_, children_, pid, std::move(pidfd), std::move(mark));
}

std::optional<std::string> find_program(std::string_view name, std::string_view path, std::string_view cwd) {
  if (name.empty()) return std::nullopt;
  if (name.front() == '/') return std::string(name);
  if (name.find('/') != std::string_view::npos) return joined(cwd, name);
  std::optional<std::string> not_executable;
  for (std::string_view rest = path;;) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string_view folder = rest.substr(0, end);
    // An empty entry means the present folder, as in every shell.
    std::string candidate = joined(folder.starts_with('/') ? std::string(folder) : joined(cwd, folder), name);
    if (is_executable_file(candidate)) return candidate;
    if (!not_executable && is_file(candidate)) not_executable = std::move(candidate);
    if (end == rest.size()) return not_executable;
    rest.remove_prefix(end + 1);
  }
}

std::vector<const std::string*> whole_environment(const ProcessSpec& spec) {
  std::vector<const std::string*> result;
  if (spec.shared_environment) {
    for (const std::string& variable : *spec.shared_environment) {
      if (!names(spec.environment, name_of(variable))) result.push_back(&variable);
    }
  }
  for (const std::string& variable : spec.environment) result.push_back(&variable);
  return result;
}

std::string_view variable_of(const ProcessSpec& spec, std::string_view name) {
  const bool own = spec.shared_environment == nullptr || names(spec.environment, name);
  return variable_of(own ? spec.environment : *spec.shared_environment, name);
}

std::string_view variable_of(const std::vector<std::string>& environment, std::string_view name) {
  for (auto entry = environment.rbegin(); entry != environment.rend(); ++entry) {
    const std::string_view text = *entry;
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=') {
      return text.substr(name.size() + 1);
    }
  }
  return {};
}

}  // namespace dynamo
