#pragma once
// A picture as the source of a Graphviz graph, and what makes Graphviz's SVG of it right on dark pages too.

#include "cli/plot/plot.h"

#include <string>

namespace dynamo {

std::string plot_dot(const Plot& plot);

/// SVG that `dot` drew from plot_dot(), with colours for readers who prefer dark pages.
std::string with_dark_colors(std::string svg);

}  // namespace dynamo
