#include "orchestrator/restart_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace dynamo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const TimePoint start{hours(1)};

RestartPolicy policy_of(RestartMode mode) {
  RestartPolicy policy;
  policy.policy = mode;
  return policy;
}

TEST(RestartPolicy, RestartsOnlyWhatThePolicyAsksFor) {
  struct Case {
    RestartMode mode;
    bool failed;
    bool restarts;
  };
  const std::vector<Case> cases{{RestartMode::Never, true, false},    {RestartMode::Never, false, false},
                                {RestartMode::OnFailure, true, true}, {RestartMode::OnFailure, false, false},
                                {RestartMode::Always, true, true},    {RestartMode::Always, false, true}};
  for (const Case& row : cases) {
    const RestartVerdict verdict = decide_restart(policy_of(row.mode), {}, row.failed, std::nullopt, start);
    EXPECT_EQ(verdict.restart.has_value(), row.restarts) << word(row.mode) << " failed=" << row.failed;
    EXPECT_FALSE(verdict.used_up);
  }
}

TEST(RestartPolicy, DoublesTheBackoffUpToItsCap) {
  RestartPolicy policy = policy_of(RestartMode::OnFailure);
  policy.max = 100;
  policy.window = hours(10);
  policy.backoff = seconds(2);
  policy.backoff_max = seconds(15);
  RestartHistory history;
  TimePoint now = start;
  for (const int expected : {2, 4, 8, 15, 15, 15}) {
    RestartVerdict verdict = decide_restart(policy, history, true, std::nullopt, now);
    ASSERT_TRUE(verdict.restart);
    EXPECT_EQ(verdict.restart->delay, seconds(expected));
    now += verdict.restart->delay;
    history = verdict.history;
  }
}

TEST(RestartPolicy, StaysAtItsCapHoweverOftenItDoubles) {
  RestartPolicy policy = policy_of(RestartMode::Always);
  policy.max = 1000;
  policy.window = hours(1000);
  RestartHistory history;
  for (int round = 0; round < 500; ++round) {
    RestartVerdict verdict = decide_restart(policy, history, true, std::nullopt, start);
    ASSERT_TRUE(verdict.restart);
    ASSERT_LE(verdict.restart->delay, policy.backoff_max);
    ASSERT_GE(verdict.restart->delay, policy.backoff);
    history = verdict.history;
  }
}

TEST(RestartPolicy, KeepsAFirstPauseThatIsLongerThanTheCap) {
  RestartPolicy policy = policy_of(RestartMode::OnFailure);
  policy.backoff = minutes(2);
  policy.backoff_max = minutes(1);
  RestartVerdict verdict = decide_restart(policy, {}, true, std::nullopt, start);
  EXPECT_EQ(verdict.restart->delay, minutes(2));
  verdict = decide_restart(policy, verdict.history, true, std::nullopt, start + minutes(2));
  EXPECT_EQ(verdict.restart->delay, minutes(2));
}

TEST(RestartPolicy, RestartsAtOnceWithABackoffOfZero) {
  RestartPolicy policy = policy_of(RestartMode::OnFailure);
  policy.backoff = milliseconds(0);
  RestartVerdict verdict = decide_restart(policy, {}, true, std::nullopt, start);
  verdict = decide_restart(policy, verdict.history, true, std::nullopt, start);
  ASSERT_TRUE(verdict.restart);
  EXPECT_EQ(verdict.restart->delay, milliseconds(0));
  EXPECT_EQ(verdict.restart->number, 2);
}

TEST(RestartPolicy, GivesUpAfterTheMaximumInTheWindow) {
  RestartPolicy policy = policy_of(RestartMode::OnFailure);
  policy.max = 3;
  RestartHistory history;
  for (int number = 1; number <= 3; ++number) {
    RestartVerdict verdict = decide_restart(policy, history, true, std::nullopt, start);
    ASSERT_TRUE(verdict.restart);
    EXPECT_EQ(verdict.restart->number, number);
    history = verdict.history;
  }
  const RestartVerdict verdict = decide_restart(policy, history, true, std::nullopt, start);
  EXPECT_FALSE(verdict.restart);
  EXPECT_TRUE(verdict.used_up);
}

TEST(RestartPolicy, ForgetsRestartsThatLeftTheWindow) {
  RestartPolicy policy = policy_of(RestartMode::OnFailure);
  policy.max = 1;
  policy.window = minutes(10);
  policy.backoff = milliseconds(0);
  const RestartVerdict first = decide_restart(policy, {}, true, std::nullopt, start);
  EXPECT_TRUE(decide_restart(policy, first.history, true, std::nullopt, start + minutes(9)).used_up);
  const RestartVerdict later = decide_restart(policy, first.history, true, std::nullopt, start + minutes(10));
  ASSERT_TRUE(later.restart);
  EXPECT_EQ(later.restart->number, 1);
}

TEST(RestartPolicy, NeverRestartsWithAMaximumOfZero) {
  RestartPolicy policy = policy_of(RestartMode::Always);
  policy.max = 0;
  const RestartVerdict verdict = decide_restart(policy, {}, true, std::nullopt, start);
  EXPECT_FALSE(verdict.restart);
  EXPECT_TRUE(verdict.used_up);
}

TEST(RestartPolicy, BeginsAgainAtTheBackoffAfterALongTimeReady) {
  RestartPolicy policy = policy_of(RestartMode::OnFailure);
  policy.max = 100;
  RestartHistory history;
  for (int round = 0; round < 4; ++round) {
    history = decide_restart(policy, history, true, std::nullopt, start).history;
  }
  const auto delay_after = [&](std::optional<Duration> ready_for) {
    return decide_restart(policy, history, true, ready_for, start).restart->delay;
  };
  EXPECT_EQ(delay_after(std::nullopt), seconds(16));
  EXPECT_EQ(delay_after(policy.backoff_max), seconds(16));
  EXPECT_EQ(delay_after(policy.backoff_max + milliseconds(1)), policy.backoff);
}

}  // namespace
}  // namespace dynamo
