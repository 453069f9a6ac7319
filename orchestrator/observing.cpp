#include "orchestrator/observing.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace dynamo {

Observing::Observing(const asio::any_io_executor& executor, Clock& clock, RunObserver& observer)
    : clock_(clock), observer_(observer), changed_(executor) {}

void Observing::event(const Event& event, const RunSnapshot& snapshot) {
  observer_.on_event(event, snapshot);
  ask();
}

void Observing::output(std::string_view worker, OutputStream stream, std::string_view lines) {
  observer_.on_output(worker, stream, lines);
  ask();
}

void Observing::ask() {
  const std::optional<Duration> after = observer_.tick_after();
  wanted_ = after ? std::optional(clock_.now() + *after) : std::nullopt;
  // A sleeper that wakes too early looks again by itself; one that would wake too late must be told, and one that is to
  // wake no more, so that it does not disturb the rest that follows.
  if (wanted_ ? !sleeping_until_ || *wanted_ < *sleeping_until_ : sleeping_until_.has_value()) changed_.notify_all();
}

Awaitable<> Observing::tick() {
  using boost::asio::experimental::awaitable_operators::operator||;
  for (;;) {
    sleeping_until_ = wanted_;
    if (!wanted_) {
      co_await changed_.wait();
      continue;
    }
    const Clock::TimePoint until = *wanted_;
    co_await (changed_.wait() || clock_.sleep_until(until));
    if (wanted_ && clock_.now() >= *wanted_) {
      wanted_.reset();
      observer_.on_tick();
      ask();
    }
  }
}

}  // namespace dynamo
