#include "orchestrator/processors.h"

#include <sched.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <set>
#include <string>

namespace dynamo {

std::optional<std::vector<int>> parse_processor_list(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  std::vector<int> result;
  const char* at = text.data();
  const char* end = text.data() + text.size();
  while (at != end) {
    int first = 0;
    const auto begin = std::from_chars(at, end, first);
    if (begin.ec != std::errc() || first < 0) return std::nullopt;
    int last = first;
    at = begin.ptr;
    if (at != end && *at == '-') {
      const auto range = std::from_chars(at + 1, end, last);
      if (range.ec != std::errc() || last < first || last - first > 65536) return std::nullopt;
      at = range.ptr;
    }
    for (int number = first; number <= last; ++number) result.push_back(number);
    if (at == end) break;
    if (*at != ',' || ++at == end) return std::nullopt;
  }
  return result;
}

std::vector<int> allowed_processors() {
  // A set that is large enough for every kernel that is built today.
  constexpr int most = 8192;
  cpu_set_t* set = CPU_ALLOC(most);
  std::vector<int> result;
  const std::size_t size = CPU_ALLOC_SIZE(most);
  if (set != nullptr && ::sched_getaffinity(0, size, set) == 0) {
    for (int number = 0; number < most; ++number) {
      if (CPU_ISSET_S(static_cast<std::size_t>(number), size, set)) result.push_back(number);
    }
  }
  CPU_FREE(set);
  return result;
}

std::vector<int> processors_near(const std::vector<int>& gpus, const std::vector<int>& allowed,
                                 const std::filesystem::path& root) {
  if (gpus.empty()) return {};
  std::set<std::string> buses;  // in the order of the bus
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root / "proc/driver/nvidia/gpus", error), end; !error && entry != end;
       entry.increment(error)) {
    std::string bus = entry->path().filename().string();
    std::ranges::transform(bus, bus.begin(), [](unsigned char letter) { return std::tolower(letter); });
    buses.insert(std::move(bus));
  }
  std::set<int> near;
  for (const int gpu : gpus) {
    if (gpu < 0 || static_cast<std::size_t>(gpu) >= buses.size()) return {};
    std::ifstream file(root / "sys/bus/pci/devices" / *std::next(buses.begin(), gpu) / "local_cpulist");
    std::string text;
    if (!std::getline(file, text)) return {};
    const auto local = parse_processor_list(text);
    if (!local) return {};
    near.insert(local->begin(), local->end());
  }
  std::vector<int> result;
  std::ranges::copy_if(allowed, std::back_inserter(result), [&](int number) { return near.contains(number); });
  if (result.size() == allowed.size()) result.clear();
  return result;
}

}  // namespace dynamo
