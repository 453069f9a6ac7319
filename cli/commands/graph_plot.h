#pragma once
// `dynamo graph plot`: a picture of one graph.

#include "cli/report.h"

namespace dynamo {

enum class PlotFormat { Mermaid, Dot, Svg };
DYNAMO_WORDS(PlotFormat, "mermaid", "dot", "svg");

struct PlotOptions {
  LoadOptions load;
  PlotFormat output = PlotFormat::Mermaid;
};

ExitCode run_plot(const PlotOptions& options, Environment& environment);

}  // namespace dynamo
