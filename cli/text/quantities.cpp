#include "cli/text/quantities.h"

#include <fmt/format.h>

#include <ctime>

namespace dynamo {

std::string elapsed_words(std::int64_t milliseconds) {
  if (milliseconds < 0) milliseconds = 0;
  const double seconds = static_cast<double>(milliseconds) / 1000;
  if (milliseconds < 9'995) return fmt::format("{:.2f} s", seconds);
  if (milliseconds < 59'950) return fmt::format("{:.1f} s", seconds);
  const std::int64_t whole = (milliseconds + 500) / 1000;
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string time_words(std::int64_t milliseconds) {
  if (milliseconds < 1000) return fmt::format("{} ms", milliseconds);
  if (milliseconds < 60'000) return fmt::format("{:.3g} s", static_cast<double>(milliseconds) / 1000);
  const std::int64_t seconds = milliseconds / 1000;
  const std::int64_t hours = seconds / 3600;
  const std::int64_t minutes = seconds % 3600 / 60;
  std::string text;
  if (hours > 0) text += fmt::format("{} h ", hours);
  if (minutes > 0) text += fmt::format("{} min ", minutes);
  if (seconds % 60 > 0) text += fmt::format("{} s ", seconds % 60);
  text.pop_back();
  return text;
}

std::string count_words(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string clock_words(std::int64_t milliseconds_since_1970) {
  const std::time_t seconds = milliseconds_since_1970 / 1000;
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", parts.tm_hour, parts.tm_min, parts.tm_sec,
                     milliseconds_since_1970 % 1000);
}

std::string timestamp(std::int64_t milliseconds_since_1970) {
  const std::time_t seconds = milliseconds_since_1970 / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, milliseconds_since_1970 % 1000);
}

}  // namespace dynamo
