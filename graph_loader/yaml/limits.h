#pragma once
// What a file may cost: DG0007 beyond.

#include "graph_loader/yaml/finding.h"

#include <cstddef>

namespace dynamo {

/// Values of a file, keys among them, an alias counted as everything that it stands for.
inline constexpr std::size_t max_values = 1'000'000;
inline constexpr std::size_t max_bytes = 32UL << 20U;
inline constexpr std::size_t max_aliases = 1000;
inline constexpr std::size_t max_depth = 64;  ///< of collections, the top mapping being the first

/// Each at bytes [begin, end) of the text, or at the byte `begin`.
Finding too_many_values(std::size_t begin, std::size_t end);
Finding too_many_aliases(std::size_t begin, std::size_t end);
Finding too_deep(std::size_t begin);
Finding too_long(std::size_t begin);

}  // namespace dynamo
