#include "cli/plot/mermaid.h"

#include "cli/plot/colors.h"
#include "cli/text/display_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace dynamo {
namespace {

/// Text inside "...". Whatever Mermaid, or the HTML that it makes, takes for more than text becomes an entity: quotes
/// end the text, `<` and `&` are HTML, `#35;` is an entity, `%%{` a directive, `$$` a formula, a backtick Markdown, and
/// a colon makes icons and style declarations.
std::string escaped(std::string_view text) {
  constexpr std::string_view special = "\"<>&#%$`\\:;";
  const std::string shown = visible(text);
  std::string result;
  for (std::size_t at = 0; at < shown.size(); ++at) {
    const char c = shown[at];
    if (c == '\\' && at + 1 < shown.size() && shown[at + 1] == 'n') {
      result += "#92;#8288;";  // with something invisible behind it, or it would end the line
    } else if (c == '"') {
      result += "#quot;";
    } else if (c == '<') {
      result += "#lt;";
    } else if (c == '>') {
      result += "#gt;";
    } else if (c == '&') {
      result += "#amp;";
    } else if (special.find(c) != std::string_view::npos) {
      result += fmt::format("#{};", static_cast<int>(c));
    } else {
      result += c;
    }
  }
  return result;
}

std::string label_of(const PlotBox& box) {
  std::string label;
  if (box.kind == PlotKind::Address) {
    for (const std::string& line : address_lines(box.name)) label += (label.empty() ? "" : "<br>") + escaped(line);
    return label;
  }
  label = fmt::format("<b>{}</b>", escaped(box.name));
  for (const std::string& component : box.components) label += "<br>" + escaped(component);
  for (const std::string& note : box.notes) label += fmt::format("<br><small><i>{}</i></small>", escaped(note));
  return label;
}

std::string_view class_of(const PlotBox& box) {
  if (box.entry) return "entry";
  switch (box.kind) {
    case PlotKind::Slot: return "slot";
    case PlotKind::Sidecar: return "sidecar";
    case PlotKind::Address: return "address";
  }
  return {};
}

void add_boxes(std::string& out, const Plot& plot, PlotKind kind, std::string_view indent) {
  for (const PlotBox& box : plot.boxes) {
    if (box.kind != kind) continue;
    const bool square = kind == PlotKind::Address;
    out += fmt::format("{}{}{}\"{}\"{}:::{}\n", indent, box.id, square ? "[" : "(", label_of(box), square ? "]" : ")",
                       class_of(box));
  }
}

/// An arrow that goes down several levels is longer, so that each level stays a rank.
std::string line_of(const PlotArrow& arrow) {
  const auto length = static_cast<std::size_t>(std::max(arrow.descent, 1));
  return arrow.optional ? "-" + std::string(length, '.') + "->" : std::string(length + 1, '-') + ">";
}

}  // namespace

std::string plot_mermaid(const Plot& plot) {
  std::string out = fmt::format("flowchart {}\n", plot.left_to_right() ? "LR" : "TB");
  if (const PlotBox* entry = plot.entry()) {
    out += fmt::format("  door([\"{}\"]):::door ==> {}\n", escaped(plot.door), entry->id);
  }
  out += fmt::format("  subgraph slots [\"<b>{}</b> · {}\"]\n", escaped(plot.graph), escaped(plot.spec));
  add_boxes(out, plot, PlotKind::Slot, "    ");
  out += "  end\n";
  if (plot.has(PlotKind::Sidecar)) {
    out += "  subgraph sidecars [\"sidecars\"]\n";
    add_boxes(out, plot, PlotKind::Sidecar, "    ");
    out += "  end\n";
  }
  add_boxes(out, plot, PlotKind::Address, "  ");
  for (const PlotArrow& arrow : plot.arrows) {
    out += fmt::format("  {} {}|\"{}\"| {}\n", arrow.from, line_of(arrow), escaped(arrow.label),
                       arrow.to.empty() ? "slots" : arrow.to);
  }
  const auto add_class = [&](std::string_view name, const BoxColors& colors, std::string_view more) {
    out +=
        fmt::format("  classDef {} fill:{},stroke:{},color:{}{}\n", name, colors.fill, colors.line, text_color, more);
  };
  add_class("slot", slot_colors, "");
  if (plot.entry() != nullptr) {
    add_class("entry", entry_colors, ",stroke-width:2px");
    out += fmt::format("  classDef door fill:{0},stroke:{0},color:#ffffff\n", door_color);
    out += fmt::format("  linkStyle 0 stroke:{},stroke-width:2px\n", door_color);
  }
  if (plot.has(PlotKind::Sidecar)) add_class("sidecar", sidecar_colors, "");
  if (plot.has(PlotKind::Address)) add_class("address", address_colors, ",stroke-dasharray:4 3");
  out += fmt::format("  style slots fill:none,stroke:{}\n", frame_color);
  if (plot.has(PlotKind::Sidecar))
    out += fmt::format("  style sidecars fill:none,stroke:{},stroke-dasharray:5 5\n", frame_color);
  return out;
}

}  // namespace dynamo
