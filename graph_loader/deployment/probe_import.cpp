#include "graph_loader/deployment/probe_import.h"

#include "graph_loader/deployment/dollar_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace dynamo::deployment {
namespace {

constexpr long long default_period = 10;   // seconds between two probes of Kubernetes
constexpr long long default_failures = 3;  // of Kubernetes and of the graph language
constexpr long long default_timeout = 600;

/// The action as keys of `ready` or `live`; none if it cannot be said. Empty: what the language does by itself.
std::optional<Value> action_of(const DeployedProbe& probe, const ProbePlace& place, bool default_counts) {
  Value result;
  if (probe.action == DeployedProbe::Action::None) return std::nullopt;
  if (probe.action == DeployedProbe::Action::Exec) {
    Value words = list_value();
    for (const std::string& word : probe.command) words.items.push_back(text_value(literal(word)));
    result.add("exec", std::move(words));
    return result;
  }
  const auto port = place.port_of(probe.port);
  if (!port) return std::nullopt;
  if (probe.action == DeployedProbe::Action::Tcp) {
    result.add("tcp", text_value(*port));
    return result;
  }
  if (*port == place.default_port) {
    if (!default_counts || probe.path != "/health") result.add("http", text_value(literal(probe.path)));
  } else {
    Value& http = result.add("http", {});
    http.add("path", text_value(literal(probe.path)));
    http.add("port", text_value(*port));
  }
  return result;
}

/// Keys that the language has no words for, in the order of Kubernetes.
class Leftovers {
 public:
  explicit Leftovers(const DeployedProbe& probe) : probe_(probe) {}

  void action() {
    for (std::size_t index = 0; index < probe_.action_written.items.size(); ++index) {
      add(probe_.action_written.names[index], probe_.action_written.items[index]);
    }
  }
  void initial_delay() {
    if (probe_.initial_delay.value_or(0) > 0) add("initialDelaySeconds", number_value(*probe_.initial_delay));
  }
  void period() {
    if (probe_.period) add("periodSeconds", number_value(*probe_.period));
  }
  void failures() {
    if (probe_.failures) add("failureThreshold", number_value(*probe_.failures));
  }
  void everything() {
    action();
    initial_delay();
    period();
    failures();
  }

  void keep(Value& kept, const std::string& owner, Keeper& keeper) {
    for (std::size_t index = 0; index < probe_.kept.items.size(); ++index) {
      add(probe_.kept.names[index], probe_.kept.items[index]);
    }
    if (left_.is_empty()) return;
    keeper.tell(probe_.key, fmt::format("{} of `{}` of {}", fmt::join(told_, ", "), probe_.name, owner));
    kept.add(probe_.name, std::move(left_));
  }

 private:
  void add(const std::string& name, const Value& value) {
    told_.push_back(fmt::format("`{}`", name));
    left_.add(name, value);
  }

  const DeployedProbe& probe_;
  Value left_;
  std::vector<std::string> told_;
};

}  // namespace

std::string seconds_text(long long seconds) {
  if (seconds > 0 && seconds % 3600 == 0) return fmt::format("{}h", seconds / 3600);
  if (seconds > 0 && seconds % 60 == 0) return fmt::format("{}m", seconds / 60);
  return fmt::format("{}s", seconds);
}

ImportedProbes import_probes(const DeployedContainer& container, const ProbePlace& place, Value& kept, Keeper& keeper) {
  ImportedProbes result;
  const bool has_health = !place.default_port.empty();
  std::string timeout;
  if (container.startup) {
    const DeployedProbe& startup = *container.startup;
    Leftovers left(startup);
    const long long seconds = startup.initial_delay.value_or(0) +
                              startup.period.value_or(default_period) * startup.failures.value_or(default_failures);
    if (seconds != default_timeout) timeout = seconds_text(seconds);
    const auto same = [&](const std::optional<DeployedProbe>& other) {
      return other && other->action_written == startup.action_written;
    };
    // Programs of the Dynamo runtime answer the same to `/live` and `/health`.
    const bool health = has_health && startup.action == DeployedProbe::Action::Http &&
                        (startup.path == "/live" || startup.path == "/health") &&
                        place.port_of(startup.port) == place.default_port;
    if (!container.ready && !has_health) {
      const auto action = action_of(startup, place, false);
      if (action) result.ready = *action;
      if (!action) left.action();
    } else if (!same(container.ready) && !same(container.live) && !health) {
      left.action();
    }
    left.keep(kept, place.owner, keeper);
  }
  if (container.ready) {
    Leftovers left(*container.ready);
    const auto action = action_of(*container.ready, place, true);
    if (action) {
      result.ready = *action;
      if (container.ready->period) {
        result.ready.add("interval", text_value(seconds_text(*container.ready->period)));
      }
      left.initial_delay();
      left.failures();
    } else {
      left.everything();
    }
    left.keep(kept, place.owner, keeper);
  }
  if (!timeout.empty()) result.ready.add("timeout", text_value(timeout));
  if (container.live) {
    Leftovers left(*container.live);
    if (const auto action = action_of(*container.live, place, false)) {
      result.live = *action;
      if (container.live->period) result.live.add("interval", text_value(seconds_text(*container.live->period)));
      if (container.live->failures && *container.live->failures != default_failures) {
        result.live.add("failures", number_value(*container.live->failures));
      }
      left.initial_delay();
    } else {
      left.everything();
    }
    left.keep(kept, place.owner, keeper);
  }
  return result;
}

}  // namespace dynamo::deployment
