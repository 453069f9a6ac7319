#include "graph_loader/wording.h"

#include "graph_loader/spelling.h"

#include <fmt/format.h>

#include <utility>

namespace dynamo {

std::string describe(const Node& node) {
  switch (node.kind) {
    case NodeKind::Null: return "nothing";
    case NodeKind::Bool: return "a boolean";
    case NodeKind::Int:
    case NodeKind::Float: return "a number";
    case NodeKind::String: return "text";
    case NodeKind::Sequence: return "a list";
    case NodeKind::Mapping: return "a mapping";
  }
  return {};
}

std::string quoted(std::span<const std::string_view> names) {
  std::string result;
  for (const std::string_view name : names) result += fmt::format("{}`{}`", result.empty() ? "" : ", ", name);
  return result;
}

std::string one_of(std::span<const std::string_view> words) {
  if (words.size() < 2) return quoted(words);
  return fmt::format("{} or `{}`", quoted(words.first(words.size() - 1)), words.back());
}

std::optional<std::string> suggest(DiagnosticBuilder& diagnostic, std::string_view wanted,
                                   const std::vector<std::string_view>& names, std::string_view introduction) {
  if (const auto guess = nearest(wanted, names)) {
    diagnostic.label(fmt::format("did you mean `{}`?", *guess));
    return std::string(*guess);
  }
  if (!names.empty() && !introduction.empty()) diagnostic.help(fmt::format("{} {}", introduction, quoted(names)));
  return std::nullopt;
}

Fix replace_by(Span where, std::string text, Applicability applicability) {
  std::string title = fmt::format("write `{}`", text);
  return {std::move(title), applicability, {{where, std::move(text)}}};
}

}  // namespace dynamo
