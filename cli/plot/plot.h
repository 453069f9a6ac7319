#pragma once
// What a picture of a graph shows, free of any syntax: boxes for what is in the slots, arrows for clients that have a
// provider. Empty slots and clients that stay unconnected are left out: `graph show` lists them. plot_mermaid.h and
// plot_dot.h write it down.

#include "graph_loader/graph/graph.h"

#include <string>
#include <vector>

namespace dynamo {

enum class PlotKind { Slot, Sidecar, Address };

struct PlotBox {
  std::string id;  ///< letters, digits and `_`; unique, and no word of Mermaid or DOT
  PlotKind kind = PlotKind::Slot;
  bool entry = false;
  int level = 0;                        ///< of a slot, from 1
  std::string name;                     ///< of the slot; the URL of an address outside the graph
  std::vector<std::string> components;  ///< "VllmDecode ×2 · 1 GPU"
  std::vector<std::string> notes;       ///< the slot's type, and how a sidecar is kept where that is not the default
};

struct PlotArrow {
  std::string from;
  std::string to;  ///< id of a box; empty: every slot, so the frame around them
  std::string label;
  bool optional = false;
  int descent = 0;  ///< between slots: by how many levels it goes down; 0 or less: it says nothing about the order
};

struct Plot {
  std::string graph;
  std::string spec;
  std::string door;  ///< how the entry is reached: "http 8000"
  int levels = 0;
  std::vector<PlotBox> boxes;  ///< slots, sidecars, addresses
  std::vector<PlotArrow> arrows;

  [[nodiscard]] const PlotBox* entry() const;
  [[nodiscard]] bool has(PlotKind kind) const;
  /// A short graph reads best from left to right, a long one from top to bottom.
  [[nodiscard]] bool left_to_right() const { return levels <= 3; }
};

Plot make_plot(const GraphView& graph);

/// A long address in pieces that fit into a box.
std::vector<std::string> address_lines(const std::string& url);

}  // namespace dynamo
