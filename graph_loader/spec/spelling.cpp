#include "graph_loader/spec/spelling.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>

namespace dynamo {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

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

}  // namespace

std::optional<std::string_view> nearest(std::string_view wanted, const std::vector<std::string_view>& candidates) {
  const std::string folded = lower(wanted);
  const std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  std::optional<std::string_view> result;
  std::size_t best = limit + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate == wanted) continue;
    const std::size_t found = distance(folded, lower(candidate), limit);
    if (found >= best) continue;
    best = found;
    result = candidate;
  }
  return result;
}

bool is_slip(std::string_view wanted, std::string_view guess, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t most = 2;
  const auto digits = [](std::string_view text) {
    std::string result;
    std::copy_if(text.begin(), text.end(), std::back_inserter(result),
                 [](unsigned char c) { return std::isdigit(c) != 0; });
    return result;
  };
  const std::string folded = lower(wanted);
  const std::size_t found = distance(folded, lower(guess), most);
  if (found > most || found * 4 > wanted.size() || digits(wanted) != digits(guess)) return false;
  return std::none_of(candidates.begin(), candidates.end(), [&](std::string_view other) {
    if (other == guess || other == wanted) return false;
    return lower(other).starts_with(folded) || distance(folded, lower(other), most) <= most;
  });
}

}  // namespace dynamo
