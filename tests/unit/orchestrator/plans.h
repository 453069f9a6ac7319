#pragma once
// Plans made by hand, for tests of what comes after the loader.

#include "proto/plan.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dynamo::testing {

inline Template text(std::string literal) { return Template(std::move(literal)); }

/// A template of one reference, such as `clients.backend`.
inline Template reference(const std::string& name, Fallback fallback = Fallback::None, std::string otherwise = "") {
  Template result;
  RunReference target{.name = name, .fallback = fallback, .text = std::move(otherwise)};
  result.parts.push_back({.text = "${" + name + "}", .reference = std::move(target)});
  return result;
}

inline std::vector<Template> words(const std::vector<std::string>& list) {
  std::vector<Template> result;
  for (const std::string& item : list) result.push_back(text(item));
  return result;
}

/// A shell command as a program: {"sh", "-c", script}.
inline std::vector<Template> shell(const std::string& script) { return words({"/bin/sh", "-c", script}); }

inline PlannedEndpoint endpoint(std::string name, Protocol protocol = Protocol::Http, std::optional<int> port = {}) {
  PlannedEndpoint result;
  result.name = std::move(name);
  result.protocol = protocol;
  if (protocol != Protocol::Unix && protocol != Protocol::Dyn) result.port = PortWish{port};
  return result;
}

inline PlannedClient client(std::string name, std::vector<std::string> endpoints, std::vector<std::string> slots,
                            Arity arity = Arity::One) {
  PlannedClient result;
  result.name = std::move(name);
  result.type = "Type";
  result.arity = arity;
  result.endpoints = std::move(endpoints);
  result.slots = std::move(slots);
  return result;
}

/// Adds a slot with `count` replicas of one component, each running `sleep`.
struct PlanBuilder {
  Plan plan;

  PlanBuilder() {
    plan.graph = "graph";
    plan.spec = "Spec";
    plan.name_space = "space";
    plan.file = "graph.yaml";
  }

  PlannedSlot& slot(const std::string& name, int level, std::vector<std::string> waits_for = {}, int count = 1) {
    PlannedSlot slot;
    slot.name = name;
    slot.level = level;
    slot.waits_for = std::move(waits_for);
    return add(std::move(slot), count);
  }

  PlannedSlot& sidecar(const std::string& name, Phase phase, OnFailure on_failure = OnFailure::Restart) {
    PlannedSlot slot;
    slot.name = name;
    slot.sidecar = true;
    slot.phase = phase;
    slot.on_failure = on_failure;
    return add(std::move(slot), 1);
  }

  PlannedProcess& process(const std::string& slot, int replica = 0) {
    for (PlannedProcess& process : plan.processes) {
      if (process.slot == slot && process.replica == replica) return process;
    }
    throw std::out_of_range(slot);
  }

 private:
  PlannedSlot& add(PlannedSlot slot, int count) {
    slot.replicas = {.min = count, .max = count};
    slot.type = "Type";
    if (slot.level && *slot.level > plan.levels) plan.levels = *slot.level;
    if (plan.entry.empty() && !slot.sidecar) plan.entry = slot.name;
    for (int replica = 0; replica < count; ++replica) {
      PlannedProcess process;
      process.slot = slot.name;
      process.replica = replica;
      process.component = "Component";
      process.component_at = {.file = "graph.yaml", .line = 3, .column = 3};
      process.bound_at = {.file = "graph.yaml", .line = 9, .column = 5};
      process.bound_how = "by default";
      process.command = words({"/bin/sleep", "1000"});
      process.cwd = text("/");
      process.restart.policy = RestartMode::Never;
      process.stop.grace = std::chrono::seconds(5);
      plan.processes.push_back(std::move(process));
    }
    plan.slots.push_back(std::move(slot));
    return plan.slots.back();
  }
};

}  // namespace dynamo::testing
