#include "graph_loader/spec/spelling.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>

namespace dynamo {

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

namespace {

/// Optimal string alignment distance; more than `limit` is not told apart.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) return limit + 1;
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t best = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      best = std::min(best, row[j]);
    }
    if (best > limit) return limit + 1;
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

/// In lower case, and with one kind of dash.
std::string folded(std::string_view text) {
  std::string result = lower_case(text);
  std::replace(result.begin(), result.end(), '_', '-');
  return result;
}

/// `from` is `to` with a letter lost, a letter doubled, or two neighbours swapped; not the first one, and no digit.
bool is_one_slip(std::string_view from, std::string_view to) {
  std::size_t same = 0;
  while (same < std::min(from.size(), to.size()) && from[same] == to[same]) ++same;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (same == 0) return false;
  if (from.size() + 1 == to.size()) return !is_digit(to[same]) && from.substr(same) == to.substr(same + 1);
  if (from.size() == to.size() + 1)
    return from[same] == from[same - 1] && !is_digit(from[same]) && from.substr(same + 1) == to.substr(same);
  if (from.size() != to.size() || same + 2 > from.size() || is_digit(from[same]) || is_digit(to[same])) return false;
  return from[same] == to[same + 1] && from[same + 1] == to[same] && from.substr(same + 2) == to.substr(same + 2);
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view wanted, const std::vector<std::string_view>& candidates) {
  const std::string folded = lower_case(wanted);
  const std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  std::optional<std::string_view> result;
  std::size_t best = limit + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate == wanted) continue;
    const std::size_t found = distance(folded, lower_case(candidate), limit);
    if (found >= best) continue;
    best = found;
    result = candidate;
  }
  return result;
}

bool is_slip(std::string_view wanted, std::string_view guess, const std::vector<std::string_view>& candidates) {
  const std::string from = folded(wanted);
  const std::string to = folded(guess);
  const auto begins_with_it = [&](std::string_view other) {
    return other != guess && other != wanted && folded(other).starts_with(from);
  };
  if (from == to) {
    return std::none_of(candidates.begin(), candidates.end(), [&](std::string_view other) {
      return other != guess && other != wanted && folded(other) == to;
    });
  }
  if (from.size() < 4 || !is_one_slip(from, to)) return false;
  return std::none_of(candidates.begin(), candidates.end(), [&](std::string_view other) {
    return begins_with_it(other) || (other != guess && other != wanted && distance(from, folded(other), 2) <= 2);
  });
}

}  // namespace dynamo
