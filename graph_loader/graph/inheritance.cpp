#include "graph_loader/graph/inheritance.h"

#include <fmt/format.h>

namespace dynamo {

bool InheritedEntries::afford(std::size_t entries, Span where) {
  constexpr std::size_t most = 500'000;
  count_ += entries;
  if (count_ <= most) return true;
  if (!told_) {
    report(sink_, codes::too_large, where, fmt::format("{} adds up to more than {} entries", what_, most))
        .help("let fewer definitions extend each other");
  }
  told_ = true;
  return false;
}

}  // namespace dynamo
