#include "graph_loader/deployment/cluster_quantity.h"

#include "graph_loader/spec/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace dynamo::deployment {
namespace {

struct Quantity {
  std::string_view number;  ///< as written
  double value = 0;
  std::string_view suffix;
};

constexpr double binary = 1024;
constexpr auto suffixes = std::to_array<std::pair<std::string_view, double>>({
    {"", 1},
    {"n", 1e-9},
    {"u", 1e-6},
    {"m", 1e-3},
    {"k", 1e3},
    {"M", 1e6},
    {"G", 1e9},
    {"T", 1e12},
    {"P", 1e15},
    {"E", 1e18},
    {"Ki", binary},
    {"Mi", binary* binary},
    {"Gi", binary* binary* binary},
    {"Ti", binary* binary* binary* binary},
    {"Pi", binary* binary* binary* binary* binary},
    {"Ei", binary* binary* binary* binary* binary* binary},
});

std::optional<Quantity> read(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("+-.0123456789"), text.size());
  Quantity quantity{text.substr(0, end), 0, text.substr(end)};
  const auto number = parse_number(quantity.number);
  if (!number) return std::nullopt;
  quantity.value = *number;
  const bool exponent =
      quantity.suffix.size() > 1 && (quantity.suffix[0] == 'e' || quantity.suffix[0] == 'E') && quantity.suffix != "Ei";
  if (exponent) {
    const auto whole = parse_number(text);
    if (!whole || !std::isfinite(*whole)) return std::nullopt;
    return Quantity{{}, *whole, {}};
  }
  const auto* known =
      std::find_if(suffixes.begin(), suffixes.end(), [&](const auto& one) { return one.first == quantity.suffix; });
  if (known == suffixes.end()) return std::nullopt;
  quantity.value *= known->second;
  return quantity;
}

}  // namespace

std::optional<std::string> cpus_of(std::string_view quantity) {
  const auto read_one = read(quantity);
  if (!read_one || !(read_one->value > 0)) return std::nullopt;
  // Thousandths are the smallest part that a scheduler knows; this also takes the noise out of the last digits.
  const double thousandths = std::ceil(read_one->value * 1000 - 1e-6);
  if (thousandths > 1e12) return std::nullopt;
  return fmt::format("{}", thousandths / 1000);
}

std::optional<std::string> memory_of(std::string_view quantity) {
  const auto read_one = read(quantity);
  if (!read_one || !(read_one->value >= 1) || read_one->value > 9e18) return std::nullopt;
  if (!read_one->suffix.empty() && parse_size(quantity)) return std::string(quantity);
  const auto bytes = static_cast<unsigned long long>(std::ceil(read_one->value));
  constexpr auto units = std::to_array<std::pair<std::string_view, unsigned long long>>({
      {"Ti", 1ULL << 40U},
      {"Gi", 1ULL << 30U},
      {"Mi", 1ULL << 20U},
      {"T", 1'000'000'000'000},
      {"G", 1'000'000'000},
      {"M", 1'000'000},
      {"Ki", 1ULL << 10U},
      {"K", 1'000},
  });
  for (const auto& [unit, size] : units) {
    if (bytes % size == 0) return fmt::format("{}{}", bytes / size, unit);
  }
  return fmt::format("{}.{:03}K", bytes / 1000, bytes % 1000);
}

std::optional<long long> count_of(std::string_view quantity) {
  const auto read_one = read(quantity);
  if (!read_one || read_one->value < 0 || read_one->value > 1e6) return std::nullopt;
  if (read_one->value != std::floor(read_one->value)) return std::nullopt;
  return static_cast<long long>(read_one->value);
}

}  // namespace dynamo::deployment
