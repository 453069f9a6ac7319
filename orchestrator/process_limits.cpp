#include "orchestrator/process_limits.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace dynamo {
namespace {

/// In the order of LimitKind.
constexpr std::array resources = {RLIMIT_AS,     RLIMIT_CORE,  RLIMIT_DATA,   RLIMIT_FSIZE, RLIMIT_MEMLOCK,
                                  RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_RTPRIO, RLIMIT_STACK};
static_assert(resources.size() == Words<LimitKind>::list.size());

std::string words_of(rlim_t value) { return value == RLIM_INFINITY ? "unlimited" : std::to_string(value); }

}  // namespace

ProcessLimit process_limit(const Ulimit& limit) {
  return {resources.at(static_cast<std::size_t>(limit.kind)), limit.value.value_or(RLIM_INFINITY)};
}

std::optional<std::string> why_not(const Ulimit& limit) {
  const auto [resource, value] = process_limit(limit);
  rlimit present{};
  if (::getrlimit(resource, &present) != 0 || value <= present.rlim_max) return std::nullopt;
  // Only the kernel knows who may go beyond the hard limit, and that no one may go beyond some.
  rlimit wanted = present;
  wanted.rlim_max = value;
  if (::setrlimit(resource, &wanted) == 0) {
    ::setrlimit(resource, &present);
    return std::nullopt;
  }
  const std::string_view name = word(limit.kind);
  return fmt::format("`{}` of `ulimits` cannot be {}, because the hard limit here is {}: {}", name, words_of(value),
                     words_of(present.rlim_max), std::strerror(errno));
}

}  // namespace dynamo
