#include "cli/commands/graph_explain.h"

#include "cli/help/explain_pages.h"
#include "cli/help/page_text.h"
#include "cli/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>

namespace dynamo {
namespace {

/// A number that no version reports any more, and that nothing else will get.
struct RetiredCode {
  std::string_view code;
  std::string_view was;
};

constexpr auto retired_codes = std::to_array<RetiredCode>({
    {"DG0308", "an endpoint without a signature. Signatures are optional"},
    {"DG0707", "a range of replicas that nobody scales. Ranges are moved by hand, too"},
    {"DG0903", "a warning of a draft"},
    {"DG0904", "a warning of a draft"},
});

/// What was typed, as the beginning of a code: `401`, `0401`, `dg0401` and `error[DG0401]:` are all DG0401, and `dg04`
/// is DG04.
std::string beginning_of(std::string_view typed) {
  const std::size_t open = typed.find('[');
  if (open != std::string_view::npos) typed = typed.substr(open + 1, typed.find(']') - open - 1);
  const auto is_digit = [](unsigned char letter) { return std::isdigit(letter) != 0; };
  const bool named = typed.size() >= 2 && (typed[0] == 'D' || typed[0] == 'd') && (typed[1] == 'G' || typed[1] == 'g');
  if (named) typed.remove_prefix(2);
  if (!std::all_of(typed.begin(), typed.end(), is_digit)) return {};
  // A number alone may lack the noughts before it.
  return named || typed.starts_with('0') ? fmt::format("DG{}", typed) : fmt::format("DG{:0>4}", typed);
}

/// The code with the most equal digits at its places; of several the one with the nearest number.
const CodeInfo& nearest(std::string_view wanted) {
  const auto distance = [&](const CodeInfo& info) {
    const std::string text = info.code.text();
    int different = 0;
    for (std::size_t index = 2; index < text.size(); ++index) {
      if (index >= wanted.size() || wanted[index] != text[index]) ++different;
    }
    const int number = wanted.size() > 2 ? std::atoi(std::string(wanted.substr(2)).c_str()) : 0;
    return different * 10'000 + std::abs(info.code.number - number);
  };
  return *std::min_element(all_codes().begin(), all_codes().end(),
                           [&](const CodeInfo& a, const CodeInfo& b) { return distance(a) < distance(b); });
}

std::string page(const CodeInfo& info, const Environment& environment) {
  return page_text(explain_page(info.code), environment.out.width, environment.style(environment.out));
}

/// A line for each code that begins so; empty if none does.
std::string listed(std::string_view beginning, const Style& style) {
  std::string result;
  for (const CodeInfo& info : all_codes()) {
    const std::string text = info.code.text();
    if (text.starts_with(beginning)) result += fmt::format("{}  {}\n", style.paint(Ink::Bold, text), info.title);
  }
  return result;
}

/// What is said about one word; empty if it is no code.
std::string explained(const std::string& typed, const Environment& environment) {
  const std::string beginning = beginning_of(typed);
  if (beginning.empty()) return {};
  if (const CodeInfo* info = find_code(beginning)) return page(*info, environment);
  for (const RetiredCode& retired : retired_codes) {
    if (retired.code == beginning) return fmt::format("{} is retired: it was {}.\n", retired.code, retired.was);
  }
  return listed(beginning, environment.style(environment.out));
}

}  // namespace

ExitCode run_explain(const ExplainOptions& options, Environment& environment) {
  if (options.codes.empty()) {
    environment.print(listed("DG", environment.style(environment.out)));
    return ExitCode::Good;
  }
  std::string text;
  for (const std::string& typed : options.codes) {
    const std::string one = explained(typed, environment);
    if (one.empty()) {
      const CodeInfo& near = nearest(beginning_of(typed));
      return fail(environment, ExitCode::WrongUsage,
                  fmt::format("there is no code `{}`; the nearest is {}: {}", typed, near.code.text(), near.title));
    }
    text += (text.empty() ? "" : "\n") + one;
  }
  environment.print(text);
  return ExitCode::Good;
}

}  // namespace dynamo
