#include "orchestrator/notify_socket.h"

#include "orchestrator/ports.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/errc.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace dynamo {

namespace {

/// Who sent a datagram, as the kernel vouches for it.
bool is_from_our_user(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS) continue;
    ucred sender{};
    std::memcpy(&sender, CMSG_DATA(part), sizeof sender);
    return sender.uid == ::geteuid() || sender.uid == 0;
  }
  return false;
}

}  // namespace

/// Shared with the pending handler, which may outlive the owner by a moment.
struct NotifySocket::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& executor, std::filesystem::path file)
      : descriptor(executor), changed(executor), path(std::move(file)) {}

  void listen() {
    descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            if (error) return;
                            self->receive();
                            self->listen();
                          });
  }

  void receive() {
    std::array<char, 4096> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    for (;;) {
      iovec piece{text.data(), text.size()};
      msghdr message{};
      message.msg_iov = &piece;
      message.msg_iovlen = 1;
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      const ssize_t size = ::recvmsg(descriptor.native_handle(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return;
      if (is_from_our_user(message)) take(std::string_view(text.data(), static_cast<std::size_t>(size)));
    }
  }

  /// NAME=VALUE, one per line.
  void take(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      constexpr std::string_view status_field = "STATUS=";
      if (line == "READY=1") ready = true;
      if (line == "STOPPING=1") stopping = true;
      if (line.starts_with(status_field)) status = line.substr(status_field.size());
    }
    changed.notify_all();
    if (watcher) watcher();
  }

  asio::posix::stream_descriptor descriptor;
  Condition changed;
  std::filesystem::path path;
  std::string status;
  bool ready = false;
  bool stopping = false;
  std::function<void()> watcher;
};

Result<std::unique_ptr<NotifySocket>> NotifySocket::open(const asio::any_io_executor& executor,
                                                         const std::filesystem::path& path) {
  const std::string doing = "listen for notifications on " + path.string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() > longest_socket_path) {
    return Failure(doing, boost::system::errc::make_error_code(boost::system::errc::filename_too_long));
  }
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return errno_failure(doing);
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  // Before bind() the mode of the socket is that of the file to be.
  ::fchmod(socket.get(), 0600);
  ::unlink(path.c_str());
  const auto* raw = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  if (::bind(socket.get(), raw, sizeof address) != 0) return errno_failure(doing);
  auto state = std::make_shared<State>(executor, path);
  if (const auto error = hand_over(socket, state->descriptor)) return Failure(doing, error);
  state->listen();
  return std::unique_ptr<NotifySocket>(new NotifySocket(std::move(state)));
}

std::unique_ptr<NotifySocket> NotifySocket::resume(const asio::any_io_executor& executor,
                                                   const std::filesystem::path& path, const SavedNotify& saved) {
  auto state = std::make_shared<State>(executor, path);
  state->descriptor.assign(FileDescriptor::inherited(saved.socket).release());
  state->ready = saved.ready;
  state->stopping = saved.stopping;
  state->status = saved.status;
  state->listen();
  return std::unique_ptr<NotifySocket>(new NotifySocket(std::move(state)));
}

SavedNotify NotifySocket::save() const {
  SavedNotify saved;
  saved.socket = state_->descriptor.native_handle();
  saved.ready = state_->ready;
  saved.stopping = state_->stopping;
  saved.status = state_->status;
  return saved;
}

NotifySocket::NotifySocket(std::shared_ptr<State> state) : state_(std::move(state)) {}

NotifySocket::~NotifySocket() {
  boost::system::error_code ignored;
  state_->watcher = nullptr;
  state_->descriptor.close(ignored);
  ::unlink(state_->path.c_str());
}

void NotifySocket::watch(std::function<void()> watcher) { state_->watcher = std::move(watcher); }

bool NotifySocket::ready() const { return state_->ready; }
bool NotifySocket::stopping() const { return state_->stopping; }
std::string_view NotifySocket::status() const { return state_->status; }

Awaitable<> NotifySocket::wait_ready() {
  while (!state_->ready) co_await state_->changed.wait();
}

}  // namespace dynamo
