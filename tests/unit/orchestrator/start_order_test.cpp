#include "orchestrator/start_order.h"

#include "tests/unit/orchestrator/plans.h"

#include <gmock/gmock.h>

#include <map>

namespace dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::PlanBuilder;

/// The state of every replica: Pending, unless `known` says something else by slot or SLOT/N.
StartOrder::States states_of(const Plan& plan, const std::map<std::string, WorkerState>& known) {
  StartOrder::States states;
  for (const PlannedProcess& process : plan.processes) {
    WorkerState state = WorkerState::Pending;
    if (const auto slot = known.find(process.slot); slot != known.end()) state = slot->second;
    if (const auto worker = known.find(process.id()); worker != known.end()) state = worker->second;
    states.push_back(state);
  }
  return states;
}

std::vector<std::string> ids(const Plan& plan, const WorkerGroup& group) {
  std::vector<std::string> result;
  for (const std::size_t worker : group) result.push_back(plan.processes[worker].id());
  return result;
}

/// frontend -> processor -> backend x2, and a sidecar of every phase.
Plan chain() {
  PlanBuilder builder;
  builder.sidecar("init", Phase::Before);
  builder.slot("backend", 1, {}, 2);
  builder.sidecar("beside", Phase::With);
  builder.slot("processor", 2, {"backend"});
  builder.slot("frontend", 3, {"processor"});
  builder.sidecar("metrics", Phase::After);
  return builder.plan;
}

TEST(StartOrder, BeginsWithTheSidecarsBefore) {
  const Plan plan = chain();
  const StartOrder order(plan);
  EXPECT_THAT(ids(plan, order.may_start(states_of(plan, {}), false)), ElementsAre("init/0"));
}

TEST(StartOrder, StartsLevelOneAndTheSidecarsWithItOnceThoseBeforeAreReady) {
  const Plan plan = chain();
  const StartOrder order(plan);
  const auto states = states_of(plan, {{"init", WorkerState::Ready}});
  EXPECT_THAT(ids(plan, order.may_start(states, false)), ElementsAre("backend/0", "backend/1", "beside/0"));
}

TEST(StartOrder, StartsASlotOnlyWhenTheMinimumOfReplicasIsReady) {
  Plan plan = chain();
  const StartOrder order(plan);
  auto states = states_of(plan, {{"init", WorkerState::Ready},
                                 {"beside", WorkerState::Ready},
                                 {"backend/0", WorkerState::Ready},
                                 {"backend/1", WorkerState::Starting}});
  EXPECT_THAT(order.may_start(states, false), IsEmpty());
  plan.slots[1].replicas.min = 1;
  EXPECT_THAT(ids(plan, order.may_start(states, false)), ElementsAre("processor/0"));
}

TEST(StartOrder, WaitsForThePresentIncarnationNotForAnEarlierOne) {
  const Plan plan = chain();
  const StartOrder order(plan);
  const auto states = states_of(
      plan, {{"init", WorkerState::Ready}, {"beside", WorkerState::Ready}, {"backend", WorkerState::Backoff}});
  EXPECT_THAT(order.may_start(states, false), IsEmpty());
  EXPECT_EQ(order.waits_for(4, states, false), "waits for backend");
}

TEST(StartOrder, CountsACompletedReplicaAsReady) {
  const Plan plan = chain();
  const StartOrder order(plan);
  const auto states = states_of(
      plan, {{"init", WorkerState::Completed}, {"beside", WorkerState::Ready}, {"backend", WorkerState::Completed}});
  EXPECT_THAT(ids(plan, order.may_start(states, false)), ElementsAre("processor/0"));
}

TEST(StartOrder, StartsTheSidecarsAfterOnlyWhenTheGraphWasReady) {
  const Plan plan = chain();
  const StartOrder order(plan);
  auto states = states_of(plan, {{"init", WorkerState::Ready},
                                 {"beside", WorkerState::Ready},
                                 {"backend", WorkerState::Ready},
                                 {"processor", WorkerState::Ready},
                                 {"frontend", WorkerState::Ready}});
  EXPECT_TRUE(order.graph_ready(states));
  EXPECT_EQ(order.waits_for(6, states, false), "waits for the graph");
  EXPECT_THAT(order.may_start(states, false), IsEmpty());
  EXPECT_THAT(ids(plan, order.may_start(states, true)), ElementsAre("metrics/0"));
}

TEST(StartOrder, StartsSlotsThatNeedNothingTogetherWhateverTheirLevel) {
  PlanBuilder builder;
  builder.slot("frontend", 1, {});
  builder.slot("slow", 1, {});
  builder.slot("second", 2, {"frontend"});
  const StartOrder order(builder.plan);
  const auto states = states_of(builder.plan, {{"frontend", WorkerState::Ready}, {"slow", WorkerState::Starting}});
  EXPECT_THAT(ids(builder.plan, order.may_start(states, false)), ElementsAre("second/0"));
}

TEST(StartOrder, NamesEverythingThatIsWaitedFor) {
  PlanBuilder builder;
  builder.slot("a", 1);
  builder.slot("b", 1);
  builder.slot("c", 1);
  builder.slot("d", 2, {"a", "b", "c"});
  const StartOrder order(builder.plan);
  EXPECT_EQ(order.waits_for(3, states_of(builder.plan, {}), false), "waits for a, b and c");
  EXPECT_EQ(order.waits_for(3, states_of(builder.plan, {{"b", WorkerState::Ready}}), false), "waits for a and c");
  EXPECT_EQ(order.waits_for(0, states_of(builder.plan, {}), false), "");
}

TEST(StartOrder, GoesOnWithoutASidecarBeforeThatFailedUnlessItStopsTheGraph) {
  struct Case {
    OnFailure on_failure;
    bool goes_on;
  };
  for (const Case& row :
       {Case{OnFailure::Ignore, true}, Case{OnFailure::Restart, true}, Case{OnFailure::StopGraph, false}}) {
    PlanBuilder builder;
    builder.sidecar("init", Phase::Before, row.on_failure);
    builder.slot("backend", 1);
    const StartOrder order(builder.plan);
    const auto states = states_of(builder.plan, {{"init", WorkerState::Failed}});
    EXPECT_EQ(!order.may_start(states, false).empty(), row.goes_on) << word(row.on_failure);
    EXPECT_EQ(order.fatal_slot(states) == nullptr, row.goes_on) << word(row.on_failure);
  }
}

TEST(StartOrder, FailsTheGraphWhenASlotHasFewerReplicasLeftThanItsMinimum) {
  PlanBuilder builder;
  builder.slot("backend", 1, {}, 3).replicas.min = 2;
  const StartOrder order(builder.plan);
  const auto one = states_of(
      builder.plan,
      {{"backend/0", WorkerState::Failed}, {"backend/1", WorkerState::Backoff}, {"backend/2", WorkerState::Completed}});
  EXPECT_EQ(order.fatal_slot(one), nullptr);
  const auto two = states_of(builder.plan, {{"backend/0", WorkerState::Failed}, {"backend/1", WorkerState::Failed}});
  ASSERT_NE(order.fatal_slot(two), nullptr);
  EXPECT_EQ(order.fatal_slot(two)->name, "backend");
}

TEST(StartOrder, GoesOnWithoutAnExpendableSlot) {
  PlanBuilder builder;
  builder.slot("frontend", 1);
  builder.slot("planner", 1).expendable = true;
  const StartOrder order(builder.plan);
  const auto states = states_of(builder.plan, {{"frontend", WorkerState::Ready}, {"planner", WorkerState::Failed}});
  EXPECT_EQ(order.fatal_slot(states), nullptr);
  EXPECT_TRUE(order.graph_ready(states));
}

TEST(StartOrder, FailsWhenEveryExpendableSlotHasFailed) {
  PlanBuilder builder;
  builder.slot("frontend", 1).expendable = true;
  const StartOrder order(builder.plan);
  EXPECT_EQ(order.fatal_slot(states_of(builder.plan, {})), nullptr);
  EXPECT_NE(order.fatal_slot(states_of(builder.plan, {{"frontend", WorkerState::Failed}})), nullptr);
}

TEST(StartOrder, CompletesWhenEveryReplicaOfEverySlotIsCompleted) {
  const Plan plan = chain();
  const StartOrder order(plan);
  std::map<std::string, WorkerState> known{{"backend", WorkerState::Completed},
                                           {"processor", WorkerState::Completed},
                                           {"frontend", WorkerState::Ready},
                                           {"metrics", WorkerState::Ready}};
  EXPECT_FALSE(order.completed(states_of(plan, known)));
  known["frontend"] = WorkerState::Completed;
  EXPECT_TRUE(order.completed(states_of(plan, known)));
}

TEST(StartOrder, StopsInReverse) {
  const Plan plan = chain();
  std::vector<std::vector<std::string>> groups;
  for (const WorkerGroup& group : StartOrder(plan).stop_groups()) groups.push_back(ids(plan, group));
  EXPECT_THAT(groups, ElementsAre(ElementsAre("metrics/0"), ElementsAre("frontend/0"), ElementsAre("processor/0"),
                                  ElementsAre("backend/0", "backend/1", "beside/0"), ElementsAre("init/0")));
}

TEST(StartOrder, LetsFrontendsOfDynamoLeaveBeforeTheWorkersOfTheirLevel) {
  testing::PlanBuilder builder;
  builder.slot("workers", 1, {}, 2);
  builder.slot("frontend", 1);
  builder.process("frontend").endpoints = {testing::endpoint("chat", Protocol::Http, 8000)};
  builder.process("workers", 0).endpoints = {testing::endpoint("generate", Protocol::Dyn)};
  for (PlannedProcess& process : builder.plan.processes) process.runtime = RuntimeKind::Dynamo;
  std::vector<std::vector<std::string>> groups;
  for (const WorkerGroup& group : StartOrder(builder.plan).stop_groups()) groups.push_back(ids(builder.plan, group));
  EXPECT_THAT(groups, ElementsAre(ElementsAre("frontend/0"), ElementsAre("workers/0", "workers/1")));
}

}  // namespace
}  // namespace dynamo
