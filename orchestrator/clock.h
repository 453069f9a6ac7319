#pragma once
// The only source of time for everything that waits or measures, so that tests can advance it by hand
// (tests/support/manual_clock.h).

#include "orchestrator/async.h"

#include <chrono>
#include <cstdint>

namespace dynamo {

class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  /// Steady: it never jumps, whatever happens to the date.
  [[nodiscard]] virtual TimePoint now() const = 0;
  /// Milliseconds since 1970, UTC: for events and logs, never for waiting.
  [[nodiscard]] virtual std::int64_t wall_milliseconds() const = 0;
  /// Returns at once when `deadline` has passed. Throws operation_aborted when the coroutine is cancelled.
  virtual Awaitable<> sleep_until(TimePoint deadline) = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
  [[nodiscard]] std::int64_t wall_milliseconds() const override;
  Awaitable<> sleep_until(TimePoint deadline) override;
};

}  // namespace dynamo
