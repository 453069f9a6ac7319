#include "orchestrator/clock.h"

#include <boost/asio/this_coro.hpp>

namespace dynamo {

Clock::TimePoint SystemClock::now() const { return std::chrono::steady_clock::now(); }

std::int64_t SystemClock::wall_milliseconds() const {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

Awaitable<> SystemClock::sleep_until(TimePoint deadline) {
  asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace dynamo
