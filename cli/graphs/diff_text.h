#pragma once
// A difference between two graphs as people read it: `+` for what comes, `-` for what goes, `~` for what changes, each
// with what it means for the replicas of a running graph.

#include "cli/graphs/diff_json.h"
#include "cli/text/style.h"

#include <string>

namespace dynamo {

/// `width`: columns of the terminal, 0 if nobody counts. Nothing is cut; what is too long is written below each other.
std::string diff_text(const GraphDiff& diff, const DiffSide& before, const DiffSide& after, int width,
                      const Style& style);

}  // namespace dynamo
