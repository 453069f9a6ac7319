#include "orchestrator/children.h"

#include "orchestrator/proc_files.h"
#include "orchestrator/process_tree.h"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace dynamo {

/// Lives as long as a handler of it is pending, which may be longer than its owner does.
struct Children::Listener : std::enable_shared_from_this<Listener> {
  Listener(const asio::any_io_executor& executor, Children& children) : signals(executor, SIGCHLD), owner(&children) {}

  void listen() {
    signals.async_wait([self = shared_from_this()](const boost::system::error_code& error, int) {
      if (error || self->owner == nullptr) return;
      self->owner->forget_orphans();
      self->owner->changed_.notify_all();
      self->reap_soon();
      self->listen();
    });
  }

  /// After everything that is ready now: where many children end, one look serves them all.
  void reap_soon() {
    if (std::exchange(reaping, true)) return;
    asio::post(signals.get_executor(), [self = shared_from_this()] {
      self->reaping = false;
      if (self->owner != nullptr) self->owner->reap_orphans();
    });
  }

  asio::signal_set signals;
  Children* owner;
  bool reaping = false;
};

Children::Children(const asio::any_io_executor& executor)
    : changed_(executor), listener_(std::make_shared<Listener>(executor, *this)) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  keep_descriptors_back();
  listener_->listen();
}

Children::~Children() { close(); }

void Children::close() {
  if (!listener_) return;
  listener_->owner = nullptr;
  listener_->signals.cancel();
  listener_.reset();
}

std::vector<pid_t> Children::orphans() const {
  std::vector<pid_t> result = children_of(::getpid());
  std::erase_if(result, [this](pid_t pid) { return leaders_.contains(pid); });
  return result;
}

std::vector<pid_t> Children::reap_orphans() {
  for (;;) {
    if (!known_orphans_) known_orphans_ = orphans();
    // Each is a child of ours that only we reap, so its number cannot have changed hands.
    const auto ended = [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) == pid; };
    if (std::erase_if(*known_orphans_, ended) == 0) return *known_orphans_;
    // What they have left behind is ours now.
    forget_orphans();
  }
}

}  // namespace dynamo
