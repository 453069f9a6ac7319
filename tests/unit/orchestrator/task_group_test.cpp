#include "orchestrator/task_group.h"

#include "tests/support/manual_clock.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>
#include <stdexcept>
#include <string>

namespace dynamo {
namespace {

using boost::asio::experimental::awaitable_operators::operator||;
using namespace std::chrono_literals;

Awaitable<> note_after(Clock& clock, std::chrono::milliseconds pause, std::string& notes, std::string note) {
  const auto when = clock.now() + pause;
  try {
    co_await clock.sleep_until(when);
    notes += note;
  } catch (const boost::system::system_error&) {
    notes += "-" + note;
    throw;
  }
}

Awaitable<> fail_after(Clock& clock, std::chrono::milliseconds pause) {
  const auto when = clock.now() + pause;
  co_await clock.sleep_until(when);
  throw std::runtime_error("broken");
}

class Tasks : public ::testing::Test {
 protected:
  /// Spawns the join and notes how it ends.
  void join() {
    asio::co_spawn(context_, group_.join(), [this](const std::exception_ptr& error) {
      joined_ = "joined";
      if (!error) return;
      try {
        std::rethrow_exception(error);
      } catch (const std::exception& failure) {
        joined_ = failure.what();
      }
    });
  }
  void advance(std::chrono::milliseconds step) {
    clock_.advance(step);
    context_.poll();
  }

  asio::io_context context_{1};
  /// Without it poll() would do nothing any more once all coroutines have ended.
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  ManualClock clock_;
  TaskGroup group_{context_.get_executor()};
  std::string notes_;
  std::string joined_;
};

TEST_F(Tasks, AreAllAwaited) {
  group_.spawn(note_after(clock_, 1s, notes_, "a"));
  group_.spawn(note_after(clock_, 2s, notes_, "b"));
  join();
  context_.poll();
  advance(1s);
  EXPECT_EQ(notes_, "a");
  EXPECT_EQ(joined_, "");
  advance(1s);
  EXPECT_EQ(notes_, "ab");
  EXPECT_EQ(joined_, "joined");
}

TEST_F(Tasks, AreCancelledByTheFirstFailure) {
  group_.spawn(note_after(clock_, 5s, notes_, "a"));
  group_.spawn(fail_after(clock_, 1s));
  join();
  context_.poll();
  advance(1s);
  EXPECT_EQ(notes_, "-a");
  EXPECT_EQ(joined_, "broken");
}

TEST_F(Tasks, EndQuietlyWhenTheyAreCancelled) {
  group_.spawn(note_after(clock_, 5s, notes_, "a"));
  join();
  context_.poll();
  group_.cancel();
  context_.poll();
  EXPECT_EQ(notes_, "-a");
  EXPECT_EQ(joined_, "joined");
}

TEST_F(Tasks, CanBeCancelledBeforeTheyBegin) {
  group_.spawn(note_after(clock_, 5s, notes_, "a"));
  group_.cancel();
  join();
  context_.poll();
  EXPECT_EQ(joined_, "joined");
}

TEST_F(Tasks, CanBeSpawnedAfterACancel) {
  group_.cancel();
  group_.spawn(note_after(clock_, 1s, notes_, "a"));
  join();
  context_.poll();
  advance(1s);
  EXPECT_EQ(notes_, "a");
}

Awaitable<> own_and_clean_up(asio::any_io_executor executor, Clock& clock, std::string& notes) {
  TaskGroup group(executor);
  group.spawn(note_after(clock, 5s, notes, "a"));
  const auto when = clock.now() + 10s;
  bool cancelled = false;
  try {
    co_await clock.sleep_until(when);
  } catch (const boost::system::system_error&) {
    cancelled = true;
  }
  if (!cancelled) notes += "?";
  co_await asio::this_coro::throw_if_cancelled(false);
  bool thrown = false;
  try {
    co_await group.join();
  } catch (const boost::system::system_error&) {
    thrown = true;
  }
  notes += thrown ? " thrown" : " not thrown";
}

TEST_F(Tasks, AreAwaitedWhenTheirOwnerIsCancelled) {
  const auto executor = context_.get_executor();
  bool done = false;
  asio::co_spawn(context_, own_and_clean_up(executor, clock_, notes_) || clock_.sleep_until(clock_.now() + 1s),
                 [&](const std::exception_ptr&, auto) { done = true; });
  context_.poll();
  advance(1s);
  EXPECT_TRUE(done);
  EXPECT_EQ(notes_, "-a thrown");
}

TEST_F(Tasks, AreAwaitedWhenTheJoinIsCancelled) {
  group_.spawn(note_after(clock_, 5s, notes_, "a"));
  std::size_t winner = 9;
  asio::co_spawn(context_, group_.join() || clock_.sleep_until(clock_.now() + 1s),
                 [&](const std::exception_ptr&, auto result) { winner = result.index(); });
  context_.poll();
  advance(1s);
  EXPECT_EQ(winner, 1U);
  EXPECT_EQ(notes_, "-a");
  EXPECT_EQ(group_.size(), 0U);
}

Awaitable<> wait_for(Condition& condition, std::string& notes) {
  try {
    co_await condition.wait();
    notes += "woken";
  } catch (const boost::system::system_error&) {
    notes += "cancelled";
    throw;
  }
}

TEST_F(Tasks, TellANotificationFromACancel) {
  Condition condition(context_.get_executor());
  group_.spawn(wait_for(condition, notes_));
  context_.poll();
  condition.notify_all();
  context_.poll();
  EXPECT_EQ(notes_, "woken");
  group_.spawn(wait_for(condition, notes_));
  context_.poll();
  group_.cancel();
  join();
  context_.poll();
  EXPECT_EQ(notes_, "wokencancelled");
}

TEST(TaskGroupDeathTest, AGroupMustBeJoined) {
  EXPECT_DEATH(
      {
        asio::io_context context;
        ManualClock clock;
        std::string notes;
        TaskGroup group(context.get_executor());
        group.spawn(note_after(clock, 1s, notes, "a"));
      },
      "must be joined");
}

}  // namespace
}  // namespace dynamo
