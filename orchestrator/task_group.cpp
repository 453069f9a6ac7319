#include "orchestrator/task_group.h"

#include "proto/check.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace dynamo {

namespace {

bool is_cancellation(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& failure) {
    return failure.code() == asio::error::operation_aborted;
  } catch (const asio::multiple_exceptions& several) {
    // So a coroutine ends that was cancelled while it waited for `a || b`.
    return is_cancellation(several.first_exception());
  } catch (...) {
    return false;
  }
}

}  // namespace

/// What a coroutine of the group calls when it ends. A type of its own instead of bind_cancellation_slot(): with that,
/// Asio 1.26 posts a cancel that comes from outside the loop together with a bare pointer into the task, which may
/// have ended before the cancel's turn comes.
struct TaskGroup::Completion {
  using cancellation_slot_type = asio::cancellation_slot;

  [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept { return place->signal.slot(); }
  void operator()(const std::exception_ptr& error) const { group->ended(place, error); }

  TaskGroup* group;
  std::list<Task>::iterator place;
};

TaskGroup::TaskGroup(const asio::any_io_executor& executor) : executor_(executor), changed_(executor) {}

TaskGroup::~TaskGroup() { DYNAMO_CHECK(running_.empty(), "a group of coroutines must be joined before it ends"); }

void TaskGroup::spawn(Awaitable<> task) {
  const auto place = running_.emplace(running_.end());
  asio::co_spawn(executor_, begin(*place, std::move(task)), Completion{this, place});
}

/// A cancel that comes before the coroutine has begun is only noted: Asio 1.26 would let the exception escape from the
/// loop if it were told then.
Awaitable<> TaskGroup::begin(Task& state, Awaitable<> task) {
  state.begun = true;
  if (state.cancelled) co_return;
  co_await std::move(task);
}

void TaskGroup::cancel() {
  cancelled_ = true;
  // A coroutine may end, and leave the list, while it is told to.
  for (auto task = running_.begin(); task != running_.end();) {
    const auto current = task++;
    if (current->begun)
      current->signal.emit(asio::cancellation_type::terminal);
    else
      current->cancelled = true;
  }
}

void TaskGroup::ended(std::list<Task>::iterator task, const std::exception_ptr& error) {
  running_.erase(task);
  if (error && !(cancelled_ && is_cancellation(error)) && !first_failure_) {
    first_failure_ = error;
    cancel();
  }
  changed_.notify_all();
}

Awaitable<> TaskGroup::join() {
  // The joining coroutine may be cancelled, before or while it waits; its children must be awaited all the same.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto state = co_await asio::this_coro::cancellation_state;
  bool interrupted = state.cancelled() != asio::cancellation_type::none;
  bool was_cancelled = interrupted;
  while (!running_.empty()) {
    if (interrupted) {
      was_cancelled = true;
      co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
      cancel();
      if (running_.empty()) break;
    }
    interrupted = false;
    try {
      co_await changed_.wait();
    } catch (const boost::system::system_error&) {
      interrupted = true;
    }
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  cancelled_ = false;
  if (const auto failure = std::exchange(first_failure_, nullptr)) std::rethrow_exception(failure);
  if (was_cancelled) throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace dynamo
