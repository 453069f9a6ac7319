#pragma once
// Quantities of Kubernetes, `500m`, `32Gi`, `1e9`, in the notation of the graph language. Pure; none: it is none.

#include <optional>
#include <string>
#include <string_view>

namespace dynamo::deployment {

/// `500m` -> `0.5`, a number of cores; none for 0, too.
std::optional<std::string> cpus_of(std::string_view quantity);
/// `1Gi` -> `1Gi`, `500k` -> `500K`, `1073741824` -> `1Gi`; none for 0, too.
std::optional<std::string> memory_of(std::string_view quantity);
/// `2` -> 2: a whole number of devices.
std::optional<long long> count_of(std::string_view quantity);

}  // namespace dynamo::deployment
