#pragma once
// A clock that stands still until a test advances it. The test then lets the io_context run what has become due:
// `clock.advance(1s); context.poll();`

#include "orchestrator/clock.h"

#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <map>
#include <memory>

namespace dynamo {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  [[nodiscard]] std::int64_t wall_milliseconds() const override {
    return 1'700'000'000'000 + std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch()).count();
  }
  Awaitable<> sleep_until(TimePoint deadline) override {
    if (deadline <= now_) co_return;
    auto sleeper = std::make_shared<Sleeper>(co_await asio::this_coro::executor);
    const auto place = sleepers_.emplace(deadline, sleeper);
    co_await sleeper->timer.async_wait(quiet);
    if (sleeper->due) co_return;
    sleepers_.erase(place);
    throw boost::system::system_error(asio::error::operation_aborted);
  }

  /// Moves the time and wakes whoever sleeps until then, in the order of their deadlines.
  void advance(std::chrono::nanoseconds step) {
    now_ += std::chrono::duration_cast<TimePoint::duration>(step);
    while (!sleepers_.empty() && sleepers_.begin()->first <= now_) {
      const auto sleeper = sleepers_.begin()->second;
      sleepers_.erase(sleepers_.begin());
      sleeper->due = true;
      sleeper->timer.cancel();
    }
  }
  [[nodiscard]] std::size_t sleepers() const { return sleepers_.size(); }
  /// How long until the first sleeper is due; zero when there is none.
  [[nodiscard]] TimePoint::duration until_next() const {
    return sleepers_.empty() ? TimePoint::duration::zero() : sleepers_.begin()->first - now_;
  }

 private:
  struct Sleeper {
    explicit Sleeper(const asio::any_io_executor& executor) : timer(executor, asio::steady_timer::time_point::max()) {}
    asio::steady_timer timer;
    bool due = false;
  };
  TimePoint now_{};
  std::multimap<TimePoint, std::shared_ptr<Sleeper>> sleepers_;
};

}  // namespace dynamo
