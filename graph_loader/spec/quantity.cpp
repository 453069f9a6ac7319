#include "graph_loader/spec/quantity.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace dynamo {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Digits with at most one dot, no sign and no exponent: the NUMBER of durations and sizes.
std::optional<double> plain_number(std::string_view text) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (!all_digits(whole)) return std::nullopt;
  if (dot != std::string_view::npos && !all_digits(text.substr(dot + 1))) return std::nullopt;
  return parse_number(text);
}

template <std::size_t N>
std::optional<double> scaled(std::string_view text, const std::array<std::pair<std::string_view, double>, N>& units) {
  for (const auto& [unit, factor] : units) {
    if (!text.ends_with(unit)) continue;
    const auto number = plain_number(text.substr(0, text.size() - unit.size()));
    if (number) return *number * factor;
  }
  return std::nullopt;
}

/// NUMBER and a unit of the table in any case, with blanks between them or not.
template <std::size_t N>
std::optional<std::string> respelled(std::string_view text,
                                     const std::array<std::pair<std::string_view, std::string_view>, N>& units) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::size_t begin = std::min(text.find_first_not_of(' ', end), text.size());
  if (!plain_number(text.substr(0, end))) return std::nullopt;
  std::string wanted(text.substr(begin));
  for (char& c : wanted) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& [unit, spelling] : units) {
    if (unit == wanted) return std::string(text.substr(0, end)) + std::string(spelling);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> meant_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 20> units = {
      {{"ms", "ms"}, {"msec", "ms"}, {"millis", "ms"}, {"milliseconds", "ms"}, {"millisecond", "ms"},
       {"s", "s"},   {"sec", "s"},   {"secs", "s"},    {"second", "s"},        {"seconds", "s"},
       {"m", "m"},   {"min", "m"},   {"mins", "m"},    {"minute", "m"},        {"minutes", "m"},
       {"h", "h"},   {"hr", "h"},    {"hrs", "h"},     {"hour", "h"},          {"hours", "h"}}};
  return respelled(text, units);
}

std::optional<std::string> meant_size(std::string_view text) {
  // Not `m`: that is a thousandth in Kubernetes.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> units = {{{"kib", "Ki"},
                                                                                           {"mib", "Mi"},
                                                                                           {"gib", "Gi"},
                                                                                           {"tib", "Ti"},
                                                                                           {"ki", "Ki"},
                                                                                           {"mi", "Mi"},
                                                                                           {"gi", "Gi"},
                                                                                           {"ti", "Ti"},
                                                                                           {"kb", "K"},
                                                                                           {"mb", "M"},
                                                                                           {"gb", "G"},
                                                                                           {"tb", "T"},
                                                                                           {"k", "K"},
                                                                                           {"g", "G"},
                                                                                           {"t", "T"},
                                                                                           {"gig", "G"}}};
  return respelled(text, units);
}

std::optional<Duration> parse_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 4> units = {
      {{"ms", 1.0}, {"s", 1000.0}, {"m", 60'000.0}, {"h", 3'600'000.0}}};
  const auto milliseconds = scaled(text, units);
  if (!milliseconds) return std::nullopt;
  // A century is enough for any wait and keeps every sum far from overflow.
  return Duration(std::llround(std::min(*milliseconds, 3.2e12)));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr double ki = 1024.0;
  static constexpr std::array<std::pair<std::string_view, double>, 8> units = {{{"Ki", ki},
                                                                                {"Mi", ki * ki},
                                                                                {"Gi", ki * ki * ki},
                                                                                {"Ti", ki * ki * ki * ki},
                                                                                {"K", 1e3},
                                                                                {"M", 1e6},
                                                                                {"G", 1e9},
                                                                                {"T", 1e12}}};
  const auto bytes = scaled(text, units);
  if (!bytes) return std::nullopt;
  return static_cast<std::uint64_t>(std::min(*bytes, 9.2e18));
}

bool is_in_bytes(LimitKind kind) {
  return kind != LimitKind::OpenFiles && kind != LimitKind::Processes && kind != LimitKind::RealTimePriority;
}

std::optional<Ulimit> parse_ulimit(std::string_view text, LimitKind kind) {
  if (text == "unlimited") return Ulimit{kind, std::nullopt};
  if (const auto number = parse_integer(text)) {
    // What a bare number of bytes means depends on the tool: to a shell, it is in units of 1024.
    if (*number < 0 || (*number > 0 && is_in_bytes(kind))) return std::nullopt;
    return Ulimit{kind, static_cast<std::uint64_t>(*number)};
  }
  const auto bytes = is_in_bytes(kind) ? parse_size(text) : std::nullopt;
  return bytes ? std::optional(Ulimit{kind, bytes}) : std::nullopt;
}

std::optional<long long> parse_integer(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (!all_digits(digits)) return std::nullopt;
  long long value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) value = std::numeric_limits<long long>::max();
  return negative ? -value : value;
}

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

std::optional<RangeText> parse_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto number = parse_integer(text);
    if (!number) return std::nullopt;
    return RangeText{*number, *number};
  }
  const auto min = parse_integer(text.substr(0, dots));
  const auto max = parse_integer(text.substr(dots + 2));
  if (!min || !max) return std::nullopt;
  return RangeText{*min, *max};
}

std::optional<std::vector<int>> parse_id_list(std::string_view text) {
  std::vector<int> result;
  if (text.empty()) return result;
  std::size_t begin = 0;
  while (true) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view item = text.substr(begin, comma - begin);
    const std::size_t dash = item.find('-');
    const std::string_view first_text = item.substr(0, dash);
    const std::string_view last_text = dash == std::string_view::npos ? first_text : item.substr(dash + 1);
    if (!all_digits(first_text) || !all_digits(last_text) || first_text.size() > 5 || last_text.size() > 5) {
      return std::nullopt;
    }
    const int first = static_cast<int>(*parse_integer(first_text));
    const int last = static_cast<int>(*parse_integer(last_text));
    if (first > last) return std::nullopt;
    for (int id = first; id <= last; ++id) result.push_back(id);
    if (comma == text.size()) return result;
    begin = comma + 1;
  }
}

}  // namespace dynamo
