#pragma once
// NOTIFY_SOCKET of one incarnation of a replica: a datagram socket of its own, so that a message needs no further
// attribution. READY=1 makes ready; STATUS= is for people; STOPPING=1 tells that it ends by itself; everything else is
// ignored. Messages of another user are ignored too.

#include "orchestrator/async.h"
#include "orchestrator/file_descriptor.h"
#include "orchestrator/run_state.h"
#include "proto/result.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace dynamo {

class NotifySocket {
 public:
  /// Binds the socket (0600); an older file at `path` is replaced. `path` has at most 107 bytes.
  static Result<std::unique_ptr<NotifySocket>> open(const asio::any_io_executor& executor,
                                                    const std::filesystem::path& path);
  /// Goes on with a socket that an earlier program has bound.
  static std::unique_ptr<NotifySocket> resume(const asio::any_io_executor& executor, const std::filesystem::path& path,
                                              const SavedNotify& saved);
  [[nodiscard]] SavedNotify save() const;
  /// Closes and removes the socket file.
  ~NotifySocket();
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  /// Is called after every message, as long as this object lives.
  void watch(std::function<void()> watcher);
  [[nodiscard]] bool ready() const;
  [[nodiscard]] bool stopping() const;
  [[nodiscard]] std::string_view status() const;
  /// Returns when READY=1 has come. Throws operation_aborted when cancelled.
  Awaitable<> wait_ready();

 private:
  struct State;
  explicit NotifySocket(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace dynamo
