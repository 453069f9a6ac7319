#include "orchestrator/restart_policy.h"

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

Duration pause_after(const RestartPolicy& policy, int doublings) {
  // Whoever asks for a first pause above the default cap means it.
  const Duration cap = std::max(policy.backoff, policy.backoff_max);
  Duration pause = policy.backoff;
  for (int done = 0; done < doublings && pause < cap; ++done) pause = std::min(pause * 2, cap);
  return pause;
}

}  // namespace

RestartVerdict decide_restart(const RestartPolicy& policy, RestartHistory history, bool failed,
                              std::optional<Duration> ready_for, TimePoint now) {
  const bool wanted = policy.policy == RestartMode::Always || (policy.policy == RestartMode::OnFailure && failed);
  if (!wanted) return {.restart = std::nullopt, .used_up = false, .history = std::move(history)};

  if (ready_for && *ready_for > policy.backoff_max) history.doublings = 0;
  const Duration pause = pause_after(policy, history.doublings);
  const TimePoint start = now + pause;
  std::erase_if(history.restarts, [&](TimePoint earlier) { return earlier <= start - policy.window; });
  if (std::ssize(history.restarts) >= policy.max) {
    return {.restart = std::nullopt, .used_up = true, .history = std::move(history)};
  }
  history.restarts.push_back(start);
  // Doubling stops to matter long before an int could overflow.
  history.doublings = std::min(history.doublings + 1, 64);
  const Restart restart{.delay = pause, .number = static_cast<int>(std::ssize(history.restarts))};
  return {.restart = restart, .used_up = false, .history = std::move(history)};
}

}  // namespace dynamo
