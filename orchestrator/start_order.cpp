#include "orchestrator/start_order.h"

#include "orchestrator/dynamo_runtime.h"
#include "proto/check.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace dynamo {
namespace {

bool counts_as_ready(WorkerState state) { return state == WorkerState::Ready || state == WorkerState::Completed; }

bool is_lost(WorkerState state) { return state == WorkerState::Failed || state == WorkerState::Stopped; }

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (index > 0) text += index + 1 == names.size() ? " and " : ", ";
    text += names[index];
  }
  return text;
}

}  // namespace

StartOrder::StartOrder(const Plan& plan) : plan_(plan), workers_(plan.slots.size()), restarts_(plan.slots.size()) {
  std::map<std::string_view, std::size_t> index_of;
  for (std::size_t index = 0; index < plan.slots.size(); ++index) index_of.emplace(plan.slots[index].name, index);
  for (std::size_t worker = 0; worker < plan.processes.size(); ++worker) {
    const auto found = index_of.find(plan.processes[worker].slot);
    DYNAMO_CHECK(found != index_of.end(), "every process of a plan belongs to one of its slots");
    workers_[found->second].push_back(worker);
    slot_of_.push_back(found->second);

    std::set<std::size_t> providers;
    for (const PlannedClient& client : plan.processes[worker].clients) {
      if (client.on_restart != OnRestart::Restart) continue;
      for (const std::string& slot : client.slots) providers.insert(index_of.at(slot));
    }
    for (const std::size_t slot : providers) restarts_[slot].push_back(worker);
  }
}

const WorkerGroup& StartOrder::workers_of(const PlannedSlot& slot) const {
  return workers_[static_cast<std::size_t>(&slot - plan_.slots.data())];
}

bool StartOrder::slot_ready(const PlannedSlot& slot, const States& states) const {
  const auto ready = std::ranges::count_if(workers_of(slot), [&](std::size_t w) { return counts_as_ready(states[w]); });
  return ready >= slot.replicas.min;
}

bool StartOrder::slot_failed(const PlannedSlot& slot, const States& states) const {
  const auto left = std::ranges::count_if(workers_of(slot), [&](std::size_t w) { return !is_lost(states[w]); });
  return left < slot.replicas.min;
}

bool StartOrder::holds_up(const PlannedSlot& slot, const States& states) const {
  if (slot_ready(slot, states)) return false;
  const bool dispensable = slot.sidecar ? slot.on_failure != OnFailure::StopGraph : slot.expendable;
  return !(dispensable && slot_failed(slot, states));
}

bool StartOrder::graph_ready(const States& states) const {
  return std::ranges::none_of(plan_.slots,
                              [&](const PlannedSlot& slot) { return !slot.sidecar && holds_up(slot, states); });
}

std::vector<std::string> StartOrder::missing_for(const PlannedSlot& slot, const States& states) const {
  std::vector<std::string> missing;
  if (slot.phase == Phase::Before) return missing;
  for (const PlannedSlot& other : plan_.slots) {
    const bool needed = other.sidecar ? other.phase == Phase::Before
                                      : std::ranges::find(slot.waits_for, other.name) != slot.waits_for.end();
    if (needed && holds_up(other, states)) missing.push_back(other.name);
  }
  return missing;
}

WorkerGroup StartOrder::may_start(const States& states, bool was_ready) const {
  WorkerGroup result;
  for (std::size_t index = 0; index < plan_.slots.size(); ++index) {
    const PlannedSlot& slot = plan_.slots[index];
    WorkerGroup waiting;
    for (const std::size_t worker : workers_[index]) {
      if (states[worker] == WorkerState::Pending || states[worker] == WorkerState::Waiting) waiting.push_back(worker);
    }
    if (waiting.empty() || (slot.phase == Phase::After && !was_ready) || !missing_for(slot, states).empty()) continue;
    result.insert(result.end(), waiting.begin(), waiting.end());
  }
  std::ranges::sort(result);
  return result;
}

std::string StartOrder::waits_for(std::size_t worker, const States& states, bool was_ready) const {
  const PlannedSlot& slot = plan_.slots[slot_of(worker)];
  if (slot.phase == Phase::After && !was_ready) return "waits for the graph";
  const std::vector<std::string> missing = missing_for(slot, states);
  return missing.empty() ? "" : "waits for " + joined(missing);
}

const PlannedSlot* StartOrder::fatal_slot(const States& states) const {
  for (const PlannedSlot& slot : plan_.slots) {
    const bool fatal = slot.sidecar ? slot.on_failure == OnFailure::StopGraph : !slot.expendable;
    if (fatal && slot_failed(slot, states)) return &slot;
  }
  // A graph that could go on without each of its slots cannot go on without all of them.
  const auto is_slot = [](const PlannedSlot& slot) { return !slot.sidecar; };
  const auto alive = [&](const PlannedSlot& slot) { return is_slot(slot) && !slot_failed(slot, states); };
  if (std::ranges::any_of(plan_.slots, alive)) return nullptr;
  const auto first = std::ranges::find_if(plan_.slots, is_slot);
  return first == plan_.slots.end() ? nullptr : &*first;
}

bool StartOrder::completed(const States& states) const {
  bool any = false;
  for (std::size_t worker = 0; worker < states.size(); ++worker) {
    const PlannedSlot& slot = plan_.slots[slot_of(worker)];
    if (slot.sidecar) continue;
    const bool given_up = slot.expendable && states[worker] == WorkerState::Failed;
    if (states[worker] != WorkerState::Completed && !given_up) return false;
    any = any || states[worker] == WorkerState::Completed;
  }
  return any;
}

std::vector<WorkerGroup> StartOrder::stop_groups() const {
  // The key is the place in the order of starting, and within it frontends after all others: they find their workers
  // by themselves, so that no level may tell who needs whom, and drain only while these are there.
  std::map<std::pair<int, bool>, WorkerGroup> groups;
  for (std::size_t worker = 0; worker < plan_.processes.size(); ++worker) {
    const PlannedSlot& slot = plan_.slots[slot_of(worker)];
    int place = 0;
    switch (slot.phase) {
      case Phase::Before: break;
      case Phase::With: place = 1; break;
      case Phase::Level: place = slot.level.value_or(1); break;
      case Phase::After: place = std::max(plan_.levels, 1) + 1; break;
    }
    groups[{place, is_dynamo_frontend(plan_.processes[worker])}].push_back(worker);
  }
  std::vector<WorkerGroup> result;
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) result.push_back(group->second);
  return result;
}

}  // namespace dynamo
