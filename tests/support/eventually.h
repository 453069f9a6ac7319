#pragma once
// Waiting for what another process does. This is the only place where tests look again after a pause; every wait
// has a deadline, and ends as soon as the condition holds.

#include <chrono>
#include <thread>

namespace dynamo::test {

/// Generous: a loaded machine must not fail a test. Tests of speed measure for themselves.
inline constexpr std::chrono::seconds patience{20};

template <class Condition>
[[nodiscard]] bool eventually(Condition&& condition, std::chrono::milliseconds deadline = patience) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (;;) {
    if (condition()) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
}

}  // namespace dynamo::test
