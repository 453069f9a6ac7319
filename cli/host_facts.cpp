#include "cli/host_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace dynamo {
namespace {

/// No machine has more; a range beyond it is a slip of the finger.
constexpr int highest_id = 1023;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<int> id_of(std::string_view text) {
  text = trimmed(text);
  int id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id < 0 || id > highest_id) return std::nullopt;
  return id;
}

template <class Handle>
void for_each_item(std::string_view list, Handle handle) {
  while (true) {
    const std::size_t comma = list.find(',');
    if (!handle(trimmed(list.substr(0, comma))) || comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

/// As the CUDA runtime reads it: the list ends at the first item that is no GPU, such as -1.
GpuPool visible_devices(std::string_view value) {
  GpuPool pool;
  for_each_item(value, [&](std::string_view item) {
    if (const auto id = id_of(item)) {
      pool.ids.push_back(*id);
      return true;
    }
    if (item.starts_with("GPU-") || item.starts_with("MIG-")) {
      pool.remark = fmt::format(
          "CUDA_VISIBLE_DEVICES names its GPUs by UUID (`{}`), but GPUs are given to replicas by number: "
          "set it to numbers (`nvidia-smi -L` lists both), or pass --gpus 0,1",
          item);
    }
    return false;
  });
  if (pool.ids.empty() && pool.remark.empty() && !trimmed(value).empty() && trimmed(value) != "-1") {
    pool.remark = fmt::format("CUDA_VISIBLE_DEVICES is `{}`, which names no GPU", value);
  }
  return pool;
}

}  // namespace

std::optional<std::vector<int>> parse_gpu_list(std::string_view text) {
  std::vector<int> ids;
  if (trimmed(text).empty()) return ids;
  bool good = true;
  for_each_item(text, [&](std::string_view item) {
    const std::size_t dash = item.find('-');
    const auto first = id_of(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : id_of(item.substr(dash + 1));
    good = first && last && *first <= *last;
    for (int id = good ? *first : 0; good && id <= *last; ++id) {
      good = std::find(ids.begin(), ids.end(), id) == ids.end();
      ids.push_back(id);
    }
    return good;
  });
  if (!good) return std::nullopt;
  return ids;
}

GpuPool host_gpus(const Environment& environment) {
  if (const auto value = environment.variable("CUDA_VISIBLE_DEVICES")) return visible_devices(*value);
  std::error_code error;
  GpuPool pool;
  for (std::filesystem::directory_iterator entry(environment.nvidia_folder, error), end; !error && entry != end;
       entry.increment(error)) {
    pool.ids.push_back(static_cast<int>(pool.ids.size()));
  }
  if (pool.ids.empty())
    pool.remark = "this machine has no NVIDIA driver that lists GPUs; --gpus 0-1 gives a list by hand";
  return pool;
}

}  // namespace dynamo
