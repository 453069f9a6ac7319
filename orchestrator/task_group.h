#pragma once
// Coroutines that belong to one owner. Nothing is ever spawned without one: the owner joins its group before it
// ends, so that no coroutine outlives what it works on, and no exception gets lost.

#include "orchestrator/async.h"

#include <cstddef>
#include <exception>
#include <list>

#include <boost/asio/cancellation_signal.hpp>

namespace dynamo {

class TaskGroup {
 public:
  explicit TaskGroup(const asio::any_io_executor& executor);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  /// The group must have been joined: anything else is a bug and stops the program.
  ~TaskGroup();

  /// Starts a coroutine (at the next turn of the loop). The first one that fails cancels all others.
  void spawn(Awaitable<> task);
  /// Asks every coroutine to end (terminal cancellation). Those that are spawned later are not affected.
  void cancel();
  /// Returns when every coroutine has ended, and throws what the first failed one threw. A coroutine that ends
  /// with operation_aborted after a cancel() has not failed. When the joining coroutine is itself cancelled, the
  /// group is cancelled and still awaited; then operation_aborted is thrown. An owner that may have been cancelled
  /// before it comes here must say `co_await asio::this_coro::throw_if_cancelled(false)` first: otherwise this very
  /// co_await throws without having begun.
  Awaitable<> join();

  [[nodiscard]] std::size_t size() const { return running_.size(); }

 private:
  struct Task {
    asio::cancellation_signal signal;
    bool begun = false;
    bool cancelled = false;  ///< before it had begun
  };
  struct Completion;
  static Awaitable<> begin(Task& state, Awaitable<> task);
  void ended(std::list<Task>::iterator task, const std::exception_ptr& error);

  asio::any_io_executor executor_;
  std::list<Task> running_;
  Condition changed_;
  std::exception_ptr first_failure_;
  bool cancelled_ = false;
};

}  // namespace dynamo
