#include "cli/graphs/graph_tables.h"

#include "cli/graphs/graph_json.h"
#include "cli/graphs/graph_words.h"
#include "cli/text/display_text.h"
#include "cli/text/quantities.h"
#include "cli/text/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

std::string or_dash(std::string text) { return text.empty() ? "-" : std::move(text); }

/// "frontend=Frontend", "backend=Mock×2,Vllm×1..4"; an empty slot is not mentioned.
std::string slot_words(const SlotView& slot) {
  std::vector<std::string> components;
  for (const ComponentView& component : slot.components) {
    components.push_back(component.component + times_words(component.replicas));
  }
  return fmt::format("{}={}", slot.name, fmt::join(components, ","));
}

std::string slots_words(const std::vector<SlotView>& slots) {
  std::vector<std::string> words;
  for (const SlotView& slot : slots) {
    if (!slot.components.empty()) words.push_back(slot_words(slot));
  }
  return or_dash(fmt::format("{}", fmt::join(words, " ")));
}

std::string endpoint_words(const std::vector<EndpointView>& endpoints) {
  std::vector<std::string> words;
  for (const EndpointView& endpoint : endpoints) {
    std::string text = fmt::format("{} {}", endpoint.name, word(endpoint.protocol));
    if (!endpoint.port.is_null()) text += " " + value_words(endpoint.port);
    if (endpoint.listen == Listen::Fd) text += " fd";
    words.push_back(std::move(text));
  }
  return or_dash(fmt::format("{}", fmt::join(words, ", ")));
}

void add_slots(Table& table, const std::vector<SlotView>& slots, bool sidecars) {
  for (const SlotView& slot : slots) {
    const std::string type = type_words(slot.arity, slot.type);
    const std::string start = sidecars ? fmt::format("sidecar, {}", word(slot.start)) : "slot";
    if (slot.components.empty()) table.add({slot.name, type, "(empty)", "-", "-", "-", start});
    for (const ComponentView& component : slot.components) {
      const std::string gpus = component.gpus.is_null() ? "-" : value_words(component.gpus);
      table.add({slot.name, type, component.component, range_words(component.replicas), gpus,
                 endpoint_words(component.endpoints), start});
    }
  }
}

std::string_view how_words(Wiring how) {
  switch (how) {
    case Wiring::Declared: return "the slot's declared type fits";
    case Wiring::Bound: return "the bound component fits";
    case Wiring::Named: return "of several that fit, it has the client's name";
    case Wiring::Wire: return "`wire` says so";
    case Wiring::None: return "nothing fits; it is optional";
  }
  return {};
}

std::string process_ports(const PlannedProcess& process) {
  std::vector<std::string> words;
  const auto number = [](const PortWish& port) { return port.number ? std::to_string(*port.number) : "auto"; };
  for (const PlannedEndpoint& endpoint : process.endpoints) {
    std::string where = endpoint.port ? number(*endpoint.port) : fmt::format("({})", word(endpoint.protocol));
    if (endpoint.listen == Listen::Fd) where += " (fd)";
    words.push_back(endpoint.name + " " + where);
  }
  for (const PlannedPort& port : process.ports) words.push_back(port.name + " " + number(port.port));
  return or_dash(fmt::format("{}", fmt::join(words, ", ")));
}

/// One line per slot and component: replicas that follow one another share it.
void add_processes(Table& table, const Plan& plan) {
  for (std::size_t index = 0; index < plan.processes.size();) {
    const PlannedProcess& first = plan.processes[index];
    std::size_t end = index + 1;
    while (end < plan.processes.size() && plan.processes[end].slot == first.slot &&
           plan.processes[end].component == first.component) {
      ++end;
    }
    const PlannedProcess& last = plan.processes[end - 1];
    const std::string id = first.replica == last.replica ? first.id() : fmt::format("{}..{}", first.id(), last.replica);
    std::vector<std::string> gpus;
    for (; index < end; ++index) {
      const PlannedProcess& one = plan.processes[index];
      if (!one.gpus.empty()) gpus.push_back(fmt::format("{}", fmt::join(one.gpus, ",")));
    }
    const PlannedSlot* slot = plan.find_slot(first.slot);
    const bool sidecar = slot != nullptr && slot->sidecar;
    std::string waits = "-";
    if (sidecar) {
      waits = fmt::format("sidecar, {}", word(slot->phase));
    } else if (slot != nullptr && !slot->waits_for.empty()) {
      waits = fmt::format("{}", fmt::join(slot->waits_for, " "));
    }
    const std::string level = slot != nullptr && slot->level ? std::to_string(*slot->level) : "";
    table.add(
        {level, id, first.component, or_dash(fmt::format("{}", fmt::join(gpus, " "))), process_ports(first), waits});
  }
}

/// What somebody wrote, and below it what that beats.
std::string origins_table(const std::vector<Origin>& origins, int width, const Style& style) {
  Table table({{"VALUE", Fit::Path}, {"IS", Fit::Cut}, {"SET BY", Fit::Wrap}, {"AT", Fit::Place}});
  for (const Origin& origin : origins) {
    if (origin.settings.size() == 1 && origin.settings.front().at.line == 0) continue;
    for (auto setting = origin.settings.rbegin(); setting != origin.settings.rend(); ++setting) {
      const bool counts = setting == origin.settings.rbegin();
      table.add({counts ? origin.path : "  over", or_dash(setting->value), setting->by, or_dash(setting->at.text())});
    }
  }
  return table.text(width, style) + "what is not listed is a default of the language; -o json lists it, too\n";
}

}  // namespace

std::string list_table(const GraphList& list, int width, const Style& style) {
  std::string result;
  if (!list.graphs.empty()) {
    Table table({{"GRAPH"}, {"SPEC"}, {"SLOTS", Fit::Wrap}, {"SIDECARS", Fit::Wrap}, {"GPUS"}});
    for (const GraphSummary& graph : list.graphs) {
      table.add(
          {graph.name, graph.spec, slots_words(graph.slots), slots_words(graph.sidecars), range_words(graph.gpus)});
    }
    result += table.text(width, style);
  }
  if (!list.specs.empty()) {
    Table table({{"SPEC"}, {"ENTRY"}, {"RUNS AS IT STANDS"}});
    for (const SpecSummary& spec : list.specs) table.add({spec.name, spec.entry, spec.servable ? "yes" : "no"});
    result += (result.empty() ? "" : "\n") + table.text(width, style);
  }
  if (result.empty()) return fmt::format("{} holds no graphs and no specs\n", visible(list.file));
  return result;
}

std::string show_table(const GraphView& graph, int width, const Style& style) {
  std::string result =
      fmt::format("{} · spec {} · namespace {} · entry {}\n", style.paint(Ink::Bold, visible(graph.graph)),
                  visible(graph.spec), visible(graph.name_space), visible(graph.entry));
  for (const auto& [name, value] : graph.params) {
    result += fmt::format("  {} = {}\n", visible(name), visible(value_words(value)));
  }
  Table slots({{"SLOT"},
               {"TYPE", Fit::Wrap},
               {"COMPONENT"},
               {"REPLICAS"},
               {"GPUS", Fit::Wrap},
               {"ENDPOINTS", Fit::Wrap},
               {"KIND", Fit::Wrap}});
  add_slots(slots, graph.slots, false);
  add_slots(slots, graph.sidecars, true);
  result += "\n" + slots.text(width, style);
  if (!graph.edges.empty()) {
    Table edges({{"CLIENT"}, {"NEEDS", Fit::Wrap}, {"GETS", Fit::Wrap}, {"BECAUSE", Fit::Wrap}});
    for (const Edge& edge : graph.edges) {
      const char* restarts = edge.on_restart == OnRestart::Restart ? ", restarts with it" : "";
      edges.add({edge.from + "." + edge.client, type_words(edge.arity, edge.type) + restarts,
                 or_dash(fmt::format("{}", fmt::join(edge.to, " "))), std::string(how_words(edge.how))});
    }
    result += "\n" + edges.text(width, style);
  }
  if (!graph.origins.empty()) result += "\n" + origins_table(graph.origins, width, style);
  return result;
}

namespace {

/// Whether its entry has an endpoint at all: a task has none.
bool entry_listens(const Plan& plan) {
  return std::any_of(plan.processes.begin(), plan.processes.end(),
                     [&](const PlannedProcess& one) { return one.slot == plan.entry && !one.endpoints.empty(); });
}

}  // namespace

std::string plan_table(const Plan& plan, int width, const Style& style) {
  Table table(
      {{"LEVEL"}, {"REPLICA"}, {"COMPONENT"}, {"GPUS", Fit::Wrap}, {"PORTS", Fit::Wrap}, {"WAITS FOR", Fit::Wrap}});
  add_processes(table, plan);
  std::string last;
  if (!plan.gpus_visible.empty() || plan.gpus_needed > 0) {
    last = fmt::format("{} of {}", plan.gpus_needed, count_words(plan.gpus_visible.size(), "GPU"));
  } else {
    last = "no GPUs needed";
  }
  const auto address = entry_address(plan, true);
  last += " · entry ";
  last +=
      address ? *address : visible(plan.entry) + (entry_listens(plan) ? ", on a port that is chosen at the start" : "");
  return table.text(width, style) + last + "\n";
}

}  // namespace dynamo
