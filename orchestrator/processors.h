#pragma once
// Which processors a replica with GPUs should run on: those that are near its GPUs, where the host has several memory
// nodes and tells which GPU belongs to which.

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace dynamo {

/// "0-3,8" as numbers; none if it is not a list.
std::optional<std::vector<int>> parse_processor_list(std::string_view text);

/// The processors that this process may use.
std::vector<int> allowed_processors();

/// Those of `allowed` that are local to at least one of these GPUs (their numbers in the order of the bus, as CUDA
/// counts with CUDA_DEVICE_ORDER=PCI_BUS_ID). Empty where there is no choice: one node, nothing known, or all are near.
/// `root` holds `proc` and `sys`.
std::vector<int> processors_near(const std::vector<int>& gpus, const std::vector<int>& allowed,
                                 const std::filesystem::path& root = "/");

}  // namespace dynamo
