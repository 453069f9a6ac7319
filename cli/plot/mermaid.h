#pragma once
// A picture as the source of a Mermaid flowchart, which GitHub, GitLab and many editors draw.

#include "cli/plot/plot.h"

#include <string>

namespace dynamo {

std::string plot_mermaid(const Plot& plot);

}  // namespace dynamo
