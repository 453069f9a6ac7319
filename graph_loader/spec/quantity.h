#pragma once
// The small notations of the language: durations, sizes, numbers, port and GPU words. Pure functions from
// text to value; the caller reports.

#include "proto/plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// NUMBER (ms|s|m|h): "30s", "1.5m".
std::optional<Duration> parse_duration(std::string_view text);
/// NUMBER (Ki|Mi|Gi|Ti|K|M|G|T) in bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// Whether a limit of this kind is a number of bytes, and not of things.
bool is_in_bytes(LimitKind kind);
/// What such a limit may be: a number; where it is in bytes, a size or 0; or `unlimited`.
std::optional<Ulimit> parse_ulimit(std::string_view text, LimitKind kind);
/// The duration or size that other tools spell so: `30 sec` is `30s`, `32GiB` is `32Gi`. None where it is not plain.
std::optional<std::string> meant_duration(std::string_view text);
std::optional<std::string> meant_size(std::string_view text);
/// A decimal integer with an optional sign; values beyond long long saturate.
std::optional<long long> parse_integer(std::string_view text);
/// A decimal number.
std::optional<double> parse_number(std::string_view text);
/// true, True, TRUE, false, False, FALSE.
std::optional<bool> parse_bool(std::string_view text);

/// `N` or `A..B`, without a judgement about their values.
struct RangeText {
  long long min = 0;
  long long max = 0;
};
std::optional<RangeText> parse_range(std::string_view text);

/// A list such as "0,2-3" (`--gpus`); none if it is not one. The same id twice is kept.
std::optional<std::vector<int>> parse_id_list(std::string_view text);

}  // namespace dynamo
