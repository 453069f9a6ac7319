#include "graph_loader/language/symbols.h"

#include <algorithm>

namespace dynamo {

std::size_t Symbols::family_of(std::size_t symbol) const {
  while (parents_[symbol] != symbol) symbol = parents_[symbol];
  return symbol;
}

const Occurrence* Symbols::at(std::string_view path, std::uint32_t byte) const {
  const Occurrence* best = nullptr;
  const std::uint32_t from = byte - std::min(byte, longest_);
  auto one = std::partition_point(occurrences_.begin(), occurrences_.end(), [&](const Occurrence& other) {
    const int order = std::string_view(other.where.file->name()).compare(path);
    return order < 0 || (order == 0 && other.where.begin < from);
  });
  for (; one != occurrences_.end() && one->where.begin <= byte && one->where.file->name() == path; ++one) {
    if (byte > one->where.end) continue;
    // Of two that meet at the byte, the one that begins there.
    if (best == nullptr || one->where.begin > best->where.begin || one->where.end < best->where.end) best = &*one;
  }
  return best;
}

std::vector<Occurrence> Symbols::family(std::size_t symbol) const {
  std::vector<Occurrence> result;
  const std::size_t wanted = family_of(symbol);
  for (const Occurrence& one : occurrences_) {
    if (family_of(one.symbol) != wanted) continue;
    if (!result.empty() && result.back().where.file->name() == one.where.file->name() &&
        result.back().where.begin == one.where.begin) {
      continue;
    }
    result.push_back(one);
  }
  return result;
}

std::vector<Span> Symbols::definitions(const Occurrence& occurrence) const {
  const Symbol& symbol = symbols_[occurrence.symbol];
  const bool here = symbol.declared && symbol.declared.file->name() == occurrence.where.file->name() &&
                    symbol.declared.begin == occurrence.where.begin;
  if (symbol.declared && !here) return {symbol.declared};
  std::vector<Span> result;
  for (const Occurrence& one : family(occurrence.symbol)) {
    if (one.role == Role::Definition) result.push_back(one.where);
  }
  if (result.empty() && symbol.declared) result.push_back(symbol.declared);
  return result;
}

}  // namespace dynamo
