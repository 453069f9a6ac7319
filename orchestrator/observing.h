#pragma once
// The one way to the RunObserver: calls it, and calls it again when it has asked for that (tick_after).

#include "orchestrator/async.h"
#include "orchestrator/clock.h"
#include "orchestrator/run.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

class Observing {
 public:
  Observing(const asio::any_io_executor& executor, Clock& clock, RunObserver& observer);

  void event(const Event& event, const RunSnapshot& snapshot);
  void output(std::string_view worker, OutputStream stream, std::string_view lines);
  [[nodiscard]] std::vector<std::string> hand_over() { return observer_.hand_over(); }
  /// Runs until it is cancelled; waits without a timer while no tick is wanted.
  Awaitable<> tick();

 private:
  void ask();

  Clock& clock_;
  RunObserver& observer_;
  std::optional<Clock::TimePoint> wanted_;
  std::optional<Clock::TimePoint> sleeping_until_;
  Condition changed_;
};

}  // namespace dynamo
