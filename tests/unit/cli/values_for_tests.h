#pragma once
// A plan and events made by hand, for everything that shows them.

#include "proto/plan.h"
#include "proto/run.h"

#include <string>
#include <utility>
#include <vector>

namespace dynamo {

inline PlannedEndpoint endpoint(std::string name, std::optional<PortWish> port, std::string path = {},
                                Protocol protocol = Protocol::Http) {
  PlannedEndpoint result;
  result.name = std::move(name);
  result.protocol = protocol;
  result.port = port;
  result.path = std::move(path);
  return result;
}

inline PlannedProcess process(std::string slot, int replica, std::string component) {
  PlannedProcess result;
  result.slot = std::move(slot);
  result.replica = replica;
  result.component = std::move(component);
  result.command = {Template("run-" + result.component)};
  return result;
}

inline PlannedSlot slot(std::string name, std::optional<int> level, std::vector<std::string> waits_for = {}) {
  PlannedSlot result;
  result.name = std::move(name);
  result.level = level;
  result.waits_for = std::move(waits_for);
  if (!level) {
    result.sidecar = true;
    result.phase = Phase::After;
  }
  return result;
}

/// backend/0, backend/1 <- frontend/0, and the sidecar metrics/0.
inline Plan small_plan() {
  Plan plan;
  plan.file = "graph.yaml";
  plan.graph = "fast_agg";
  plan.spec = "LLMAgg";
  plan.name_space = "ns";
  plan.entry = "frontend";
  plan.levels = 2;
  plan.gpus_visible = {0, 1, 2};
  plan.gpus_needed = 2;
  plan.slots = {slot("frontend", 2, {"backend"}), slot("backend", 1), slot("metrics", std::nullopt)};
  for (const int replica : {0, 1}) {
    PlannedProcess backend = process("backend", replica, "FastBackend");
    backend.endpoints = {endpoint("generate", PortWish{})};
    backend.gpus = {replica};
    backend.ports = {{"nixl", PortWish{}}};
    plan.processes.push_back(std::move(backend));
  }
  PlannedProcess frontend = process("frontend", 0, "Frontend");
  frontend.endpoints = {endpoint("chat", PortWish{8000}, "/v1/chat/completions"),
                        endpoint("models", PortWish{8000}, "/v1/models")};
  Template port;
  port.parts = {{"--port=", std::nullopt}, {"${self.port.x}", RunReference{"self.port.x", Fallback::None, ""}}};
  frontend.command.push_back(port);
  frontend.env = {{"LOG", Template("info")}};
  plan.processes.push_back(std::move(frontend));
  PlannedProcess metrics = process("metrics", 0, "Metrics");
  metrics.endpoints = {endpoint("scrape", PortWish{9090}), endpoint("control", std::nullopt, "", Protocol::Unix)};
  plan.processes.push_back(std::move(metrics));
  return plan;
}

/// Gives events their numbers and times, and keeps the snapshot.
class Story {
 public:
  Story(const Plan& plan, std::int64_t start) : snapshot_(initial_snapshot(plan, "7f3a")), time_(start) {}

  /// The next event, `later` milliseconds after the one before, already folded into snapshot().
  Event next(EventKind kind, std::int64_t later) {
    Event event;
    event.kind = kind;
    return tell(std::move(event), later);
  }
  Event worker(const std::string& id, WorkerState state, std::int64_t later) {
    Event event;
    event.worker = id;
    event.state = state;
    event.incarnation = 1;
    return tell(std::move(event), later);
  }
  Event tell(Event event, std::int64_t later) {
    time_ += later;
    event.time = time_;
    event.sequence = snapshot_.sequence + 1;
    apply(snapshot_, event);
    return event;
  }
  [[nodiscard]] const RunSnapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] std::int64_t time() const { return time_; }

 private:
  RunSnapshot snapshot_;
  std::int64_t time_;
};

}  // namespace dynamo
