#pragma once
// What this machine has that a plan needs to know: the pool of GPUs.

#include "cli/environment.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct GpuPool {
  std::vector<int> ids;
  /// Why ids are missing although there may be GPUs, in words for the user; only of interest if too few remain.
  std::string remark;
};

/// "0,2-3" -> {0, 2, 3}; an empty text is an empty pool. None if it is not a list of GPU numbers.
std::optional<std::vector<int>> parse_gpu_list(std::string_view text);

/// CUDA_VISIBLE_DEVICES of the caller, else every GPU that the NVIDIA driver knows.
GpuPool host_gpus(const Environment& environment);

}  // namespace dynamo
