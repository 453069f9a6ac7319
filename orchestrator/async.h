#pragma once
// The few words that all coroutines of the orchestrator share. One thread, one io_context: nothing here locks.
//
// A trap of g++ 12: never write a braced aggregate temporary inside a statement with co_await; it is destroyed twice.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace dynamo {

namespace asio = boost::asio;

template <class T = void>
using Awaitable = asio::awaitable<T>;

/// `auto [error, ...] = co_await operation(quiet);` never throws.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<>> quiet{asio::use_awaitable};

/// Wakes coroutines that wait for something to change. It has no memory: whoever waits looks at what it waits for
/// first, in a loop: `while (!done()) co_await condition.wait();`. It must outlive its waiters.
class Condition {
 public:
  explicit Condition(const asio::any_io_executor& executor) : timer_(executor, asio::steady_timer::time_point::max()) {}

  void notify_all() { timer_.cancel(); }
  /// Returns at the next notify_all(); throws operation_aborted when the waiting coroutine is cancelled.
  Awaitable<> wait();

 private:
  asio::steady_timer timer_;
};

}  // namespace dynamo
