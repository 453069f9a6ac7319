#pragma once
// Completion of an override: `SLOT=`, `SLOT.KEY=`, `PARAM=`, `~SLOT`, along the grammar of a binding.

#include "cli/completion/complete.h"
#include "graph_loader/views/outline.h"

#include <string>
#include <vector>

namespace dynamo {

/// Words that `typed` may become; some may not begin with it.
std::vector<Candidate> complete_override(const std::string& typed, const Outline& outline);

}  // namespace dynamo
