#include "cli/plot/plot.h"

#include "cli/graphs/graph_words.h"
#include "cli/text/display_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace dynamo {
namespace {

constexpr int address_width = 36;
constexpr std::size_t address_lines_at_most = 4;

std::string gpu_words(const boost::json::value& gpus) {
  if (gpus.is_int64()) {
    const std::int64_t count = gpus.get_int64();
    return count == 0 ? "" : fmt::format("{} GPU{}", count, count == 1 ? "" : "s");
  }
  if (gpus.is_array()) {
    const auto& ids = gpus.get_array();
    return ids.empty() ? "" : fmt::format("GPU{} {}", ids.size() == 1 ? "" : "s", value_words(gpus));
  }
  return gpus.is_null() ? "" : "GPUs " + value_words(gpus);
}

std::string component_words(const ComponentView& component) {
  std::string text = component.component;
  if (const std::string times = times_words(component.replicas); !times.empty()) text += " " + times;
  if (const std::string gpus = gpu_words(component.gpus); !gpus.empty()) text += " · " + gpus;
  return text;
}

/// A sidecar that only the graph knows has the type `Any`, which says nothing.
std::vector<std::string> sidecar_notes(const SlotView& slot) {
  std::vector<std::string> notes;
  if (slot.type != "Any") notes.push_back(type_words(slot.arity, slot.type));
  if (slot.start != Phase::After) notes.push_back(fmt::format("start: {}", word(slot.start)));
  if (slot.on_failure != OnFailure::Restart) notes.push_back(fmt::format("on_failure: {}", word(slot.on_failure)));
  if (slot.where.size() == 1) notes.push_back(fmt::format("where: {}", slot.where.front()));
  return notes;
}

/// The first endpoint whose address is known before the start, else the first one.
std::string door_words(const SlotView& entry) {
  std::string first;
  for (const ComponentView& component : entry.components) {
    for (const EndpointView& endpoint : component.endpoints) {
      const std::string protocol(word(endpoint.protocol));
      if (endpoint.port.is_int64()) return fmt::format("{} {}", protocol, endpoint.port.get_int64());
      if (endpoint.protocol == Protocol::Dyn) return protocol;
      if (first.empty()) first = protocol;
    }
  }
  return first.empty() ? "entry" : first;
}

class Plotter {
 public:
  explicit Plotter(const GraphView& graph) : graph_(graph) {}

  Plot run() {
    plot_.graph = graph_.graph;
    plot_.spec = graph_.spec;
    for (const SlotView& slot : graph_.slots) {
      if (!slot.components.empty()) add_slot(slot);
    }
    for (const SlotView& slot : graph_.sidecars) {
      if (slot.components.empty()) continue;
      PlotBox& box = add_named(PlotKind::Sidecar, "sidecar_", slot.name);
      box.notes = sidecar_notes(slot);
      for (const ComponentView& component : slot.components) box.components.push_back(component_words(component));
    }
    for (const Edge& edge : graph_.edges) add_arrows(edge);
    return std::move(plot_);
  }

 private:
  void add_slot(const SlotView& slot) {
    PlotBox& box = add_named(PlotKind::Slot, "slot_", slot.name);
    box.level = slot.level;
    const std::string type = type_words(slot.arity, slot.type);
    for (const ComponentView& component : slot.components) box.components.push_back(component_words(component));
    // `frontend: Frontend = Frontend` needs no second line that says the same.
    if (box.components.size() > 1 || box.components.front() != type) box.notes.push_back(type);
    plot_.levels = std::max(plot_.levels, slot.level);
    if (slot.name != graph_.entry) return;
    box.entry = true;
    plot_.door = door_words(slot);
  }

  PlotBox& add_named(PlotKind kind, std::string_view prefix, const std::string& name) {
    std::string id(prefix);
    for (const char c : name) id += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    const std::string wanted = id;
    for (int number = 2; !ids_.insert(id).second; ++number) id = fmt::format("{}_{}", wanted, number);
    return add(kind, std::move(id), name);
  }

  PlotBox& add(PlotKind kind, std::string id, const std::string& name) {
    indices_[name] = plot_.boxes.size();
    PlotBox& box = plot_.boxes.emplace_back();
    box.id = std::move(id);
    box.kind = kind;
    box.name = name;
    return box;
  }

  PlotBox& target(const std::string& name) {
    const auto known = indices_.find(name);
    if (known != indices_.end()) return plot_.boxes[known->second];
    return add(PlotKind::Address, fmt::format("address_{}", ++addresses_), name);
  }

  /// A client of type `Any` that sees every slot: one arrow says it better than one for each.
  [[nodiscard]] bool sees_every_slot(const Edge& edge, const PlotBox& from) const {
    if (edge.type != "Any" || from.kind != PlotKind::Sidecar || edge.to.size() < 2) return false;
    const auto is_slot = [](const PlotBox& box) { return box.kind == PlotKind::Slot; };
    return std::all_of(plot_.boxes.begin(), plot_.boxes.end(), [&](const PlotBox& box) {
      return !is_slot(box) || std::find(edge.to.begin(), edge.to.end(), box.name) != edge.to.end();
    });
  }

  void add_arrows(const Edge& edge) {
    const auto from = indices_.find(edge.from);
    if (from == indices_.end()) return;
    const PlotBox source = plot_.boxes[from->second];
    PlotArrow arrow;
    arrow.from = source.id;
    arrow.label = edge.client;
    arrow.optional = edge.arity == Arity::Optional || edge.arity == Arity::OptionalMany;
    if (!arrow.optional && !edge.wait) arrow.label += " · wait: false";
    if (sees_every_slot(edge, source)) {
      add_once(std::move(arrow));
      return;
    }
    for (const std::string& name : edge.to) {
      const PlotBox& box = target(name);
      PlotArrow one = arrow;
      one.to = box.id;
      if (source.kind == PlotKind::Slot && box.kind == PlotKind::Slot) one.descent = source.level - box.level;
      add_once(std::move(one));
    }
  }

  /// Several components of one slot may have the same client.
  void add_once(PlotArrow arrow) {
    if (drawn_.insert({arrow.from, arrow.to, arrow.label, arrow.optional}).second)
      plot_.arrows.push_back(std::move(arrow));
  }

  const GraphView& graph_;
  Plot plot_;
  std::set<std::string> ids_;
  int addresses_ = 0;
  std::map<std::string, std::size_t> indices_;  ///< boxes by the name of the slot, or by the URL
  std::set<std::tuple<std::string, std::string, std::string, bool>> drawn_;
};

}  // namespace

const PlotBox* Plot::entry() const {
  const auto found = std::find_if(boxes.begin(), boxes.end(), [](const PlotBox& box) { return box.entry; });
  return found != boxes.end() ? &*found : nullptr;
}

bool Plot::has(PlotKind kind) const {
  return std::any_of(boxes.begin(), boxes.end(), [&](const PlotBox& box) { return box.kind == kind; });
}

Plot make_plot(const GraphView& graph) { return Plotter(graph).run(); }

std::vector<std::string> address_lines(const std::string& url) {
  std::vector<std::string> lines(1);
  int width = 0;
  for (const Cell& cell : cells_of(visible(url))) {
    if (width + cell.width > address_width) {
      if (lines.size() == address_lines_at_most) {
        lines.back() += "…";
        break;
      }
      lines.emplace_back();
      width = 0;
    }
    lines.back() += cell.text;
    width += cell.width;
  }
  return lines;
}

}  // namespace dynamo
