#include "graph_loader/graph/placement.h"

#include "graph_loader/graph/run_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace dynamo {
namespace {

struct UsedPort {
  const Instance* instance;
  std::string name;
  bool endpoint;
  int number;
  Span where;
};

std::vector<UsedPort> fixed_ports(const Instance& instance) {
  std::vector<UsedPort> result;
  const auto add = [&](const std::string& name, bool endpoint) {
    const auto port = instance.ports.find(name);
    if (port == instance.ports.end() || !port->second.number) return;
    result.push_back({&instance, name, endpoint, *port->second.number, port->second.where});
  };
  for (const EndpointDefinition& endpoint : instance.endpoints) add(endpoint.name.text, true);
  for (const PortDefinition& port : instance.run.ports) add(port.name.text, false);
  return result;
}

/// Nobody has so many GPUs, and sums of them still are numbers.
long long at_most(long long count) { return std::min(count, 2'000'000'000LL); }

/// The replicas an instance starts; 0 if that is not known.
int starting(const Instance& instance) { return instance.replicas ? instance.replicas->min : 0; }

int order_of(const Instance& instance, const WiredGraph& wired) {
  switch (phase_of(instance)) {
    case Phase::Before: return -1;
    case Phase::With: return 1;
    case Phase::After: return 1'000'000;
    case Phase::Level: break;
  }
  const auto level = wired.levels.find(instance.slot->name);
  return level == wired.levels.end() ? 1 : level->second;
}

}  // namespace

Phase phase_of(const Instance& instance) {
  if (!instance.slot->sidecar) return Phase::Level;
  return instance.item->tune.start.value_or(Phase::After);
}

void check_ports(const GraphModel& model, const GraphValues& values, DiagnosticSink& sink) {
  std::vector<UsedPort> used;
  for (const Instance& instance : values.instances) {
    if (!instance.serves() || (instance.replicas && instance.replicas->max == 0)) continue;
    bool several_told = false;
    for (const UsedPort& port : fixed_ports(instance)) {
      const EndpointDefinition* endpoint = port.endpoint ? find_named(instance.endpoints, port.name) : nullptr;
      const auto clash = std::find_if(used.begin(), used.end(), [&](const UsedPort& other) {
        return other.number == port.number && (other.instance != &instance || !other.endpoint || !port.endpoint);
      });
      if (clash != used.end()) {
        report(sink, codes::port_twice, port.where,
               fmt::format("port {} is used by `{}` in slot `{}` and by `{}` in slot `{}`", port.number, clash->name,
                           clash->instance->slot->name, port.name, instance.slot->name))
            .in_graph(model.name)
            .also(clash->where, "first used here")
            .help(port.endpoint ? std::string("write `port: auto`, or another number")
                                : fmt::format("write `{}: auto`, or another number", port.name));
      }
      used.push_back(port);
      const bool shared = endpoint != nullptr && listen_of(*endpoint) == Listen::Fd;
      if (shared || several_told || !instance.replicas || instance.replicas->max <= 1) continue;
      several_told = true;
      report(sink, codes::port_replicas, instance.replicas_where ? instance.replicas_where : instance.item->use.where,
             fmt::format("{} replicas of `{}` cannot share port {}", instance.replicas->max,
                         instance.component->definition->name, port.number))
          .in_graph(model.name)
          .also(port.where, fmt::format("port of `{}`", port.name))
          .help(port.endpoint ? std::string("write `port: auto`, or let all replicas inherit one socket: `listen: fd`")
                              : fmt::format("write `{}: auto`", port.name));
    }
  }
}

GpuNeed gpu_need(const GraphValues& values) {
  long long min = 0;
  long long max = 0;
  std::set<int> ids;
  for (const Instance& instance : values.instances) {
    if (!instance.serves()) continue;
    ids.insert(instance.gpu_ids.begin(), instance.gpu_ids.end());
    const long long count = instance.gpu_count.value_or(0);
    min = at_most(min + starting(instance) * count);
    max = at_most(max + (instance.replicas ? instance.replicas->max : 0) * count);
  }
  const auto named = static_cast<long long>(ids.size());
  GpuNeed need;
  need.min = static_cast<int>(at_most(min + named));
  need.max = static_cast<int>(at_most(max + named));
  return need;
}

void check_gpus(const GraphModel& model, const GraphValues& values, const std::vector<int>& pool,
                DiagnosticSink& sink) {
  const auto in_pool = [&](int id) { return std::find(pool.begin(), pool.end(), id) != pool.end(); };
  const Instance* largest = nullptr;
  long long most = 0;
  bool outside = false;
  std::string who;
  for (const Instance& instance : values.instances) {
    if (!instance.serves()) continue;
    for (std::size_t index = 0; index < instance.gpu_ids.size(); ++index) {
      if (in_pool(instance.gpu_ids[index])) continue;
      outside = true;
      report(sink, codes::gpu_id, instance.gpu_id_places[index],
             fmt::format("GPU {} is not in the pool", instance.gpu_ids[index]))
          .in_graph(model.name)
          .note(pool.empty() ? std::string("there are no GPUs") : fmt::format("the pool is {}", fmt::join(pool, ",")))
          .help("`--gpus LIST` or `CUDA_VISIBLE_DEVICES` sets the pool");
    }
    const long long count = instance.gpu_ids.empty()
                                ? at_most(1LL * starting(instance) * instance.gpu_count.value_or(0))
                                : static_cast<long long>(instance.gpu_ids.size());
    if (count > 0) {
      who += fmt::format("{}`{}` {}", who.empty() ? "" : ", ", instance.slot->name, count);
      if (starting(instance) > 1 && instance.gpu_ids.empty())
        who += fmt::format(" ({} replicas with {} each)", starting(instance), *instance.gpu_count);
    }
    if (count > most) {
      most = count;
      largest = &instance;
    }
  }
  const int needed = gpu_need(values).min;
  if (outside || largest == nullptr || needed <= static_cast<int>(pool.size())) return;
  const RunDefinition& tuned = largest->item->tune.run;
  const Span where = tuned.replicas          ? tuned.replicas->where
                     : tuned.resources->gpus ? tuned.resources->gpus->where
                                             : largest->run.resources->gpus->where;
  report(sink, codes::too_few_gpus, where,
         fmt::format("graph `{}` needs {} GPU{}, and there {}", model.name, needed, needed == 1 ? "" : "s",
                     pool.empty()       ? "are none"
                     : pool.size() == 1 ? "is 1"
                                        : fmt::format("are {}", pool.size())))
      .in_graph(model.name)
      .label(fmt::format("slot `{}` takes {}", largest->slot->name, most))
      .note(fmt::format("wanted: {}", who))
      .help("bind fewer replicas or smaller components, or widen the pool with `--gpus`");
}

std::vector<Replica> place(const GraphModel& model, const GraphValues& values, const WiredGraph& wired,
                           const std::vector<int>& pool) {
  static_cast<void>(model);
  std::vector<Replica> result;
  for (const Instance& instance : values.instances) {
    if (!instance.serves()) continue;
    for (int number = 0; number < starting(instance); ++number) {
      result.push_back({&instance, instance.first_replica + number, instance.gpu_ids});
    }
  }
  std::stable_sort(result.begin(), result.end(), [&](const Replica& a, const Replica& b) {
    return order_of(*a.instance, wired) < order_of(*b.instance, wired);
  });
  std::set<int> named;
  for (const Instance& instance : values.instances) {
    if (instance.serves()) named.insert(instance.gpu_ids.begin(), instance.gpu_ids.end());
  }
  auto next = pool.begin();
  for (Replica& replica : result) {
    for (int left = replica.instance->gpu_ids.empty() ? replica.instance->gpu_count.value_or(0) : 0; left > 0; --left) {
      while (next != pool.end() && named.count(*next) != 0) ++next;
      if (next == pool.end()) break;
      replica.gpus.push_back(*next++);
    }
  }
  return result;
}

}  // namespace dynamo
