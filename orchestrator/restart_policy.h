#pragma once
// Whether and when a replica that ended is started again. Pure: times come in, a verdict goes out.
//
// At most `max` restarts happen within `window`; each waits `backoff`, doubled every time up to `backoff_max`.
// A replica that was ready for longer than `backoff_max` starts again at `backoff`.

#include "proto/plan.h"

#include <chrono>
#include <optional>
#include <vector>

namespace dynamo {

using TimePoint = std::chrono::steady_clock::time_point;

/// What the policy has to remember about one replica.
struct RestartHistory {
  std::vector<TimePoint> restarts;  ///< when it was, or will be, started again; oldest first
  int doublings = 0;                ///< how often the pause was doubled since it last began at `backoff`
  friend bool operator==(const RestartHistory&, const RestartHistory&) = default;
};

struct Restart {
  Duration delay{};
  int number = 1;  ///< this is the n-th restart in the window
  friend bool operator==(const Restart&, const Restart&) = default;
};

struct RestartVerdict {
  std::optional<Restart> restart;  ///< none: the replica is not started again
  bool used_up = false;            ///< the policy would start it again, but `max` restarts are behind it
  RestartHistory history;          ///< to be kept for the next time
};

/// `failed`: it ended without success. `ready_for`: how long it had been ready, none if it never was.
RestartVerdict decide_restart(const RestartPolicy& policy, RestartHistory history, bool failed,
                              std::optional<Duration> ready_for, TimePoint now);

}  // namespace dynamo
