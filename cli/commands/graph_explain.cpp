#include "cli/commands/graph_explain.h"

#include "cli/help/explain_pages.h"
#include "cli/help/page_text.h"
#include "cli/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace dynamo {
namespace {

/// "401", "0401" and "dg0401" are all DG0401.
std::string whole_code(std::string_view typed) {
  if (typed.size() >= 2 && (typed[0] == 'D' || typed[0] == 'd') && (typed[1] == 'G' || typed[1] == 'g')) {
    typed.remove_prefix(2);
  }
  const bool number = !typed.empty() && typed.size() <= 4 &&
                      std::all_of(typed.begin(), typed.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return number ? fmt::format("DG{:0>4}", typed) : std::string(typed);
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

}  // namespace

ExitCode run_explain(const ExplainOptions& options, Environment& environment) {
  const std::string code = whole_code(options.code);
  const CodeInfo* info = find_code(code);
  if (info == nullptr) {
    const CodeInfo& near = nearest(code);
    return fail(
        environment, ExitCode::WrongUsage,
        fmt::format("there is no code `{}`; the nearest is {}: {}", options.code, near.code.text(), near.title));
  }
  const Style style = environment.style(environment.out);
  const std::string_view page = explain_page(info->code);
  if (page.empty()) {
    environment.print(fmt::format("{}: {}\n", info->code.text(), info->title));
  } else {
    environment.print(page_text(page, environment.out.width, style));
  }
  return ExitCode::Good;
}

}  // namespace dynamo
