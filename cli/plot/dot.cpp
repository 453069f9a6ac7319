#include "cli/plot/dot.h"

#include "cli/plot/colors.h"
#include "cli/text/display_text.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <vector>

namespace dynamo {
namespace {

/// Beyond so many arrows Graphviz is asked for less care, or it takes minutes: labels of arrows get no room of their
/// own, which would double the levels of the picture, and boxes are moved to their best places in fewer steps.
constexpr std::size_t many_arrows = 150;

/// Text inside a label that looks like HTML, which Graphviz reads as XML. The backslash is an escape in other labels
/// only.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : visible(text)) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

/// Text between quotes.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : visible(text)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// A column of lines. Each is a row of a table, because lines of a plain label stand too close.
class Label {
 public:
  void add(std::string_view open, std::string_view text, std::string_view close) {
    rows_ += fmt::format("<tr><td>{}{}{}</td></tr>", open, escaped(text), close);
  }
  [[nodiscard]] std::string text() const {
    return fmt::format("<table border=\"0\" cellspacing=\"0\" cellpadding=\"1\">{}</table>", rows_);
  }

 private:
  std::string rows_;
};

std::string label_of(const PlotBox& box) {
  Label label;
  if (box.kind == PlotKind::Address) {
    for (const std::string& line : address_lines(box.name)) label.add("", line, "");
    return label.text();
  }
  label.add("<b>", box.name, "</b>");
  for (const std::string& component : box.components) label.add("", component, "");
  const std::string small = fmt::format("<font point-size=\"10\" color=\"{}\">", note_color);
  for (const std::string& note : box.notes) label.add(small, note, "</font>");
  return label.text();
}

void add_box(std::string& out, const PlotBox& box, std::string_view indent) {
  const auto add = [&](std::string_view name, const BoxColors& colors, std::string_view more) {
    out += fmt::format("{}{} [class={}, label=<{}>, fillcolor=\"{}\", color=\"{}\"{}]\n", indent, box.id, name,
                       label_of(box), colors.fill, colors.line, more);
  };
  if (box.entry) {
    add("entry", entry_colors, ", penwidth=2");
  } else if (box.kind == PlotKind::Slot) {
    add("slot", slot_colors, "");
  } else if (box.kind == PlotKind::Sidecar) {
    add("sidecar", sidecar_colors, "");
  } else {
    add("address", address_colors, ", style=\"filled,dashed\"");
  }
}

/// Slots of one level stand side by side.
void add_slots(std::string& out, const Plot& plot) {
  std::map<int, std::vector<const PlotBox*>, std::greater<>> levels;
  for (const PlotBox& box : plot.boxes) {
    if (box.kind == PlotKind::Slot) levels[box.level].push_back(&box);
  }
  for (const auto& [level, boxes] : levels) {
    out += fmt::format("    subgraph level_{} {{\n      rank=same\n", level);
    for (const PlotBox* box : boxes) add_box(out, *box, "      ");
    out += "    }\n";
  }
}

/// The slot at which an arrow to the frame around all slots ends: one of those nearest to the entry.
const PlotBox* top_slot(const Plot& plot) {
  const PlotBox* top = nullptr;
  for (const PlotBox& box : plot.boxes) {
    if (box.kind == PlotKind::Slot && (top == nullptr || box.level >= top->level)) top = &box;
  }
  return top;
}

void add_arrow(std::string& out, const Plot& plot, const PlotArrow& arrow) {
  std::string to = arrow.to;
  std::string more;
  if (to.empty()) {
    to = top_slot(plot)->id;
    more += ", lhead=cluster_slots";
  }
  if (arrow.optional) more += ", style=dashed";
  const bool ordered = arrow.descent > 0 || to.starts_with("address_");
  if (arrow.descent > 1) more += fmt::format(", minlen={}", arrow.descent);
  if (!ordered) more += ", constraint=false";
  const char* label = plot.arrows.size() > many_arrows ? "xlabel" : "label";
  out += fmt::format("  {} -> {} [{}=<&#160;{}&#160;>{}]\n", arrow.from, to, label, escaped(arrow.label), more);
}

}  // namespace

std::string plot_dot(const Plot& plot) {
  constexpr std::string_view font = "fontname=\"Helvetica,Arial,sans-serif\"";
  std::string out = fmt::format("digraph {} {{\n", quoted(plot.graph));
  out += fmt::format(
      "  graph [rankdir={}, compound=true, bgcolor=white, pad=0.2, nodesep=0.4, ranksep=0.6, {}, fontsize=12, "
      "fontcolor=\"{}\"{}]\n",
      plot.left_to_right() ? "LR" : "TB", font, text_color, plot.arrows.size() > many_arrows ? ", nslimit=10" : "");
  out += fmt::format(
      "  node [shape=box, style=\"filled,rounded\", {}, fontsize=12, fontcolor=\"{}\", margin=\"0.2,0.1\"]\n", font,
      text_color);
  out += fmt::format("  edge [color=\"{0}\", {1}, fontsize=10, fontcolor=\"{2}\", arrowsize=0.7]\n", slot_colors.line,
                     font, note_color);
  if (const PlotBox* entry = plot.entry()) {
    out += fmt::format(
        "  door [class=door, label=<{0}>, style=\"filled,rounded\", fillcolor=\"{1}\", color=\"{1}\", "
        "fontcolor=white, margin=\"0.15,0.05\", height=0.3]\n",
        escaped(plot.door), door_color);
    out += fmt::format("  door -> {} [class=door, color=\"{}\", penwidth=2]\n", entry->id, door_color);
  }
  out += fmt::format(
      "  subgraph cluster_slots {{\n    label=<<b>{}</b>&#160;&#160;·&#160;{}>\n    labeljust=l\n    style=rounded\n   "
      " color=\"{}\"\n    margin=16\n",
      escaped(plot.graph), escaped(plot.spec), frame_color);
  add_slots(out, plot);
  out += "  }\n";
  if (plot.has(PlotKind::Sidecar)) {
    out += fmt::format(
        "  subgraph cluster_sidecars {{\n    label=\"sidecars\"\n    labeljust=l\n    style=\"rounded,dashed\"\n    "
        "color=\"{}\"\n    margin=16\n",
        frame_color);
    for (const PlotBox& box : plot.boxes) {
      if (box.kind == PlotKind::Sidecar) add_box(out, box, "    ");
    }
    out += "  }\n";
  }
  for (const PlotBox& box : plot.boxes) {
    if (box.kind == PlotKind::Address) add_box(out, box, "  ");
  }
  for (const PlotArrow& arrow : plot.arrows) add_arrow(out, plot, arrow);
  return out + "}\n";
}

std::string with_dark_colors(std::string svg) {
  constexpr std::string_view style = R"(
<style>
@media (prefers-color-scheme: dark) {
  .graph > polygon { fill: #0d1117 }
  .graph text { fill: #e2e8f0 }
  .graph text[fill="#475569"], .edge text { fill: #a3b1c6 }
  .cluster path, .cluster polygon { fill: none; stroke: #64748b }
  .slot path, .slot polygon { fill: #1e293b; stroke: #94a3b8 }
  .entry path, .entry polygon { fill: #172c54; stroke: #60a5fa }
  .sidecar path, .sidecar polygon { fill: #3b2a0c; stroke: #f59e0b }
  .address path, .address polygon { fill: #0d1117; stroke: #94a3b8 }
  .edge path { stroke: #94a3b8 }
  .edge polygon { fill: #94a3b8; stroke: #94a3b8 }
  .edge.door path, .edge.door polygon { stroke: #60a5fa }
  .edge.door polygon { fill: #60a5fa }
}
</style>)";
  const std::size_t tag = svg.find("<svg");
  const std::size_t end = tag == std::string::npos ? tag : svg.find('>', tag);
  if (end != std::string::npos) svg.insert(end + 1, style);
  return svg;
}

}  // namespace dynamo
