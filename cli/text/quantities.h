#pragma once
// Times and counts as people read them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dynamo {

/// A measured time: "0.21 s", "12.4 s", "3 min 5 s", "2 h 10 min".
std::string elapsed_words(std::int64_t milliseconds);
/// A time that was chosen, or is told while it passes: "250 ms", "1 s", "1.5 s", "2 min 30 s", "1 h".
std::string time_words(std::int64_t milliseconds);
/// "1 error", "2 errors".
std::string count_words(std::size_t count, std::string_view one, std::string_view many);
inline std::string count_words(std::size_t count, std::string_view one) {
  return count_words(count, one, std::string(one) + "s");
}
/// "14:03:22.145", local time.
std::string clock_words(std::int64_t milliseconds_since_1970);
/// "2026-11-23T14:03:22.145Z".
std::string timestamp(std::int64_t milliseconds_since_1970);

}  // namespace dynamo
