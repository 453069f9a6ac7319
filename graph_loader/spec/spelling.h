#pragma once
// The name that somebody probably meant.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// ASCII letters in lower case.
std::string lower_case(std::string_view text);

/// The candidate nearest to `wanted` by insertions, deletions, substitutions and swaps of neighbours; none
/// if all differ by more than a third of the length (one letter is always forgiven). Case counts little;
/// of equally near ones the first.
std::optional<std::string_view> nearest(std::string_view wanted, const std::vector<std::string_view>& candidates);

/// Whether `wanted` can only be a slip of the pen for `guess`, its nearest candidate: another case or dash, or four
/// letters or more of which one is lost or doubled, or two neighbours are swapped. Not the first letter, and no digit
/// (`gpu1` is not `gpu2`); and no other candidate is near or begins with it. A letter in the place of another is no
/// slip: `min` is not `max`.
bool is_slip(std::string_view wanted, std::string_view guess, const std::vector<std::string_view>& candidates);

}  // namespace dynamo
