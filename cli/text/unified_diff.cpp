#include "cli/text/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dynamo {
namespace {

constexpr std::size_t context = 3;
/// Texts that differ in more lines than this are shown as one change: the search takes the square of it.
constexpr std::size_t most_differences = 2000;

/// With their line ends, so that a missing one at the end is a difference.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// One line of the diff: ' ', '-' or '+'.
struct Step {
  char kind = ' ';
  std::string_view line;
};

using Lines = std::vector<std::string_view>;

/// The shortest way from one text to the other, after Myers: `furthest` holds, for each number of differences, how far
/// each diagonal gets.
std::vector<Step> shortest_way(const Lines& before, const Lines& after) {
  const auto rows = static_cast<std::ptrdiff_t>(before.size());
  const auto columns = static_cast<std::ptrdiff_t>(after.size());
  const auto at = [](std::ptrdiff_t index) { return static_cast<std::size_t>(index); };
  std::vector<std::vector<std::ptrdiff_t>> history;
  const auto limit = static_cast<std::ptrdiff_t>(std::min(before.size() + after.size(), most_differences));
  bool found = false;
  for (std::ptrdiff_t differences = 0; differences <= limit && !found; ++differences) {
    std::vector<std::ptrdiff_t> furthest(at(2 * differences + 1), 0);
    const std::vector<std::ptrdiff_t>* last = history.empty() ? nullptr : &history.back();
    const auto reached = [&](std::ptrdiff_t diagonal) -> std::ptrdiff_t {
      const std::ptrdiff_t index = diagonal + differences - 1;
      return index < 0 || index >= static_cast<std::ptrdiff_t>(last->size()) ? -1 : (*last)[at(index)];
    };
    for (std::ptrdiff_t diagonal = -differences; diagonal <= differences; diagonal += 2) {
      std::ptrdiff_t row = 0;
      if (last != nullptr) {
        const std::ptrdiff_t down = reached(diagonal + 1);
        const std::ptrdiff_t right = reached(diagonal - 1);
        // A row is a line of `before`: leaving it out goes one row on.
        row = diagonal == -differences ? down : diagonal == differences ? right + 1 : std::max(down, right + 1);
      }
      std::ptrdiff_t column = row - diagonal;
      while (row < rows && column < columns && before[at(row)] == after[at(column)]) ++row, ++column;
      furthest[at(diagonal + differences)] = row;
      found = found || (row >= rows && column >= columns);
    }
    history.push_back(std::move(furthest));
  }
  std::vector<Step> steps;
  if (!found) {
    for (const std::string_view line : before) steps.push_back({'-', line});
    for (const std::string_view line : after) steps.push_back({'+', line});
    return steps;
  }
  std::ptrdiff_t row = rows;
  std::ptrdiff_t column = columns;
  for (auto differences = static_cast<std::ptrdiff_t>(history.size()) - 1; differences > 0; --differences) {
    const std::vector<std::ptrdiff_t>& last = history[at(differences - 1)];
    const std::ptrdiff_t diagonal = row - column;
    const auto reached = [&](std::ptrdiff_t wanted) -> std::ptrdiff_t {
      const std::ptrdiff_t index = wanted + differences - 1;
      return index < 0 || index >= static_cast<std::ptrdiff_t>(last.size()) ? -1 : last[at(index)];
    };
    const std::ptrdiff_t down = reached(diagonal + 1);
    const std::ptrdiff_t right = reached(diagonal - 1);
    const bool comes = diagonal == -differences || (diagonal != differences && down >= right + 1);
    const std::ptrdiff_t from_row = comes ? down : right;
    const std::ptrdiff_t from_column = from_row - (comes ? diagonal + 1 : diagonal - 1);
    while (row > from_row + (comes ? 0 : 1) && column > from_column + (comes ? 1 : 0)) {
      steps.push_back({' ', before[at(--row)]});
      --column;
    }
    steps.push_back(comes ? Step{'+', after[at(from_column)]} : Step{'-', before[at(from_row)]});
    row = from_row;
    column = from_column;
  }
  while (row > 0) steps.push_back({' ', before[at(--row)]});
  std::reverse(steps.begin(), steps.end());
  return steps;
}

std::vector<Step> steps_of(const Lines& before, const Lines& after) {
  const auto [before_change, after_change] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  const auto [before_back, after_back] = std::mismatch(before.rbegin(), std::make_reverse_iterator(before_change),
                                                       after.rbegin(), std::make_reverse_iterator(after_change));
  std::vector<Step> steps;
  for (auto line = before.begin(); line != before_change; ++line) steps.push_back({' ', *line});
  const std::vector<Step> middle =
      shortest_way(Lines(before_change, before_back.base()), Lines(after_change, after_back.base()));
  steps.insert(steps.end(), middle.begin(), middle.end());
  for (auto line = before_back.base(); line != before.end(); ++line) steps.push_back({' ', *line});
  return steps;
}

std::string range(std::size_t begin, std::size_t count) {
  // An empty range stands behind the line that it names.
  if (count == 1) return fmt::format("{}", begin + 1);
  return fmt::format("{},{}", count == 0 ? begin : begin + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, const std::string& name,
                         const std::string& note) {
  if (before == after) return {};
  const std::vector<Step> steps = steps_of(lines_of(before), lines_of(after));
  std::string result = fmt::format("--- {0}\n+++ {0}\t{1}\n", name, note);
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  for (std::size_t at = 0; at < steps.size();) {
    // A hunk goes on while the next change is near.
    std::size_t change = at;
    while (change < steps.size() && steps[change].kind == ' ') ++change;
    if (change == steps.size()) break;
    const std::size_t begin = std::max(at, change - std::min(change, context));
    std::size_t last = change;
    for (std::size_t next = change; next < steps.size() && next <= last + 2 * context + 1; ++next) {
      if (steps[next].kind != ' ') last = next;
    }
    const std::size_t end = std::min(last + context + 1, steps.size());
    old_line += begin - at;
    new_line += begin - at;
    std::size_t old_count = 0;
    std::size_t new_count = 0;
    std::string body;
    for (std::size_t index = begin; index < end; ++index) {
      const Step& step = steps[index];
      old_count += step.kind == '+' ? 0 : 1;
      new_count += step.kind == '-' ? 0 : 1;
      body += step.kind;
      body += step.line;
      if (!step.line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
    }
    result += fmt::format("@@ -{} +{} @@\n{}", range(old_line, old_count), range(new_line, new_count), body);
    old_line += old_count;
    new_line += new_count;
    at = end;
  }
  return result;
}

std::string color_diff(std::string_view diff, const Style& style) {
  if (!style.colored()) return std::string(diff);
  std::string result;
  for (const std::string_view line : lines_of(diff)) {
    const std::string_view text = line.substr(0, line.size() - 1);
    if (line.starts_with("--- ") || line.starts_with("+++ ")) {
      result += style.paint(Ink::Bold, text);
    } else if (line.starts_with("@@")) {
      result += style.paint(Ink::Cyan, text);
    } else if (line.starts_with('-')) {
      result += style.paint(Ink::Red, text);
    } else if (line.starts_with('+')) {
      result += style.paint(Ink::Green, text);
    } else {
      result += text;
    }
    result += '\n';
  }
  return result;
}

}  // namespace dynamo
