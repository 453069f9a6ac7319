#include "orchestrator/process.h"

#include "orchestrator/children.h"
#include "orchestrator/clock.h"
#include "orchestrator/process_tree.h"

// What Boost.Process 1.81 forgets to include when it uses std::filesystem.
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>
#include <boost/utility/enable_if.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/process/v2/process.hpp>

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

namespace dynamo {

namespace {

using boost::asio::experimental::awaitable_operators::operator||;
using namespace std::chrono_literals;

ExitStatus exit_status_of(const siginfo_t& info) {
  ExitStatus status;
  status.kind = info.si_code == CLD_EXITED ? EndKind::Exited : EndKind::Signalled;
  status.code = info.si_status;
  status.core_dumped = info.si_code == CLD_DUMPED;
  return status;
}

/// Watches the leader's pidfd. Separate from the process and shared with the pending handler, because the handler
/// may run after the process is gone.
struct LeaderWatch : std::enable_shared_from_this<LeaderWatch> {
  LeaderWatch(const asio::any_io_executor& executor, Children& all, FileDescriptor pidfd)
      : descriptor(executor, pidfd.release()), changed(executor), children(&all) {}

  void begin() {
    descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            if (error) return;
                            if (self->look())
                              self->changed.notify_all();
                            else
                              self->begin();
                          });
  }

  /// Has the leader ended? It is left a zombie.
  bool look() {
    if (ended) return true;
    siginfo_t info{};
    const auto pidfd = static_cast<id_t>(descriptor.native_handle());
    if (::waitid(P_PIDFD, pidfd, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return false;
    ended = exit_status_of(info);
    if (children != nullptr) children->forget_orphans();
    return true;
  }

  asio::posix::stream_descriptor descriptor;
  Condition changed;
  Children* children;  ///< null once the process is gone
  std::optional<ExitStatus> ended;
};

class LocalProcess final : public Process {
 public:
  LocalProcess(const asio::any_io_executor& executor, Children& children, pid_t pid, FileDescriptor pidfd,
               std::string mark)
      : children_(children),
        pid_(pid),
        mark_(std::move(mark)),
        watch_(std::make_shared<LeaderWatch>(executor, children, pidfd.duplicate())),
        handle_(executor, pid, pidfd.release()) {
    children_.add_leader(pid_);
    watch_->begin();
  }

  LocalProcess(const LocalProcess&) = delete;
  LocalProcess& operator=(const LocalProcess&) = delete;

  ~LocalProcess() override {
    if (!reaped_) {
      for (const ProcessFacts& facts : look(children_.orphans())) signal_verified(facts, SIGKILL);
      ::kill(-pid_, SIGKILL);
      // A leader that has changed its user survives that; it must not hold us up for ever.
      pollfd until_dead{watch_->descriptor.native_handle(), POLLIN, 0};
      if (::poll(&until_dead, 1, 2000) > 0)
        reap();
      else
        leave();
      children_.forget_orphans();
    }
    watch_->children = nullptr;
    watch_->descriptor.close();
  }

  [[nodiscard]] pid_t pid() const override { return pid_; }
  [[nodiscard]] int pidfd() const override { return watch_->descriptor.native_handle(); }

  std::optional<ExitStatus> ended() override {
    if (!watch_->ended && watch_->look()) watch_->changed.notify_all();
    return watch_->ended;
  }

  Awaitable<ExitStatus> wait() override {
    while (!ended()) co_await watch_->changed.wait();
    co_return *watch_->ended;
  }

  Awaitable<> wait_tree() override {
    co_await wait();
    // Where many end at once, all of them are noticed before the first one asks for orphans, so that one list will do.
    co_await asio::post(watch_->descriptor.get_executor(), asio::use_awaitable);
    // The last process of a tree is a child of ours by then, so that its end is a SIGCHLD to us.
    while (!reaped_ && !living().empty()) co_await children_.changed();
  }

  void signal(int number) override {
    // The leader is alive or an unreaped zombie: the number of its group is still ours.
    if (!reaped_) ::kill(-pid_, number);
  }

  Awaitable<std::vector<Survivor>> kill_tree() override {
    std::vector<Survivor> survivors;
    if (reaped_) co_return survivors;
    SystemClock clock;
    const auto deadline = clock.now() + 5s;
    std::chrono::milliseconds pause = 1ms;
    for (;;) {
      std::vector<ProcessFacts> left = kill_once();
      if (left.empty()) break;
      if (clock.now() >= deadline) {
        for (ProcessFacts& facts : left) survivors.push_back(Survivor{facts.pid, std::move(facts.name)});
        break;
      }
      const auto next_look = clock.now() + pause;
      co_await (children_.changed() || watch_->changed.wait() || clock.sleep_until(next_look));
      pause = std::min(pause * 2, 20ms);
    }
    // A leader that could not be killed stays one, so that it can be tried again.
    if (ended()) reap();
    // Those that ended while their parents still lived have become ours only now.
    children_.reap_orphans();
    co_return survivors;
  }

  [[nodiscard]] std::vector<pid_t> tree() const override {
    std::vector<pid_t> result;
    if (reaped_) return result;
    for (const ProcessFacts& facts : look(children_.orphans())) result.push_back(facts.pid);
    return result;
  }

 private:
  std::vector<ProcessFacts> living() {
    ended();  // before the orphans are asked for: its end may have made some
    return look(children_.reap_orphans());
  }

  /// What lives of the tree. Once seen in it, a process belongs to it until it is dead: a daemon may overwrite its
  /// environment, and one that is just ending has none any more while it still holds its ports.
  std::vector<ProcessFacts> look(const std::vector<pid_t>& orphans) const {
    std::vector<ProcessFacts> found = replica_tree(pid_, mark_, orphans);
    for (const ProcessFacts& before : known_) {
      const auto is_it = [&](const ProcessFacts& facts) { return facts.pid == before.pid; };
      if (std::any_of(found.begin(), found.end(), is_it)) continue;
      const auto now = read_process(before.pid);
      if (now && now->start_time == before.start_time && now->alive()) found.push_back(*now);
    }
    known_ = found;
    return found;
  }

  /// Stops everything before killing it, so that nothing forks away in between. Returns what lives.
  std::vector<ProcessFacts> kill_once() {
    std::vector<ProcessFacts> found = living();
    if (found.empty()) return found;
    ::kill(-pid_, SIGSTOP);
    for (const ProcessFacts& facts : found) signal_verified(facts, SIGSTOP);
    for (const ProcessFacts& facts : look(children_.orphans())) signal_verified(facts, SIGKILL);
    ::kill(-pid_, SIGKILL);
    children_.forget_orphans();
    return found;
  }

  /// The only place where the leader is reaped. Boost.Process would kill and wait for whoever has the number next
  /// if it were left in charge, hence detach().
  void reap() {
    ended();
    boost::system::error_code ignored;
    handle_.wait(ignored);
    leave();
  }

  void leave() {
    handle_.detach();
    reaped_ = true;
    children_.remove_leader(pid_);
    watch_->changed.notify_all();
  }

  Children& children_;
  pid_t pid_;
  std::string mark_;
  std::shared_ptr<LeaderWatch> watch_;
  boost::process::v2::basic_process<asio::any_io_executor> handle_;
  bool reaped_ = false;
  mutable std::vector<ProcessFacts> known_;  ///< what the last look has found
};

}  // namespace

std::unique_ptr<Process> make_local_process(const asio::any_io_executor& executor, Children& children, pid_t pid,
                                            FileDescriptor pidfd, std::string mark) {
  return std::make_unique<LocalProcess>(executor, children, pid, std::move(pidfd), std::move(mark));
}

}  // namespace dynamo
