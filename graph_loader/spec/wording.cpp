#include "graph_loader/spec/wording.h"

#include "graph_loader/spec/spelling.h"

#include <fmt/format.h>

#include <cctype>
#include <utility>

namespace dynamo {
namespace {

/// "its ports are", for one of them.
std::string for_one(std::string_view introduction) {
  if (introduction == "there are") return "there is only";
  if (!introduction.starts_with("its ") || !introduction.ends_with("s are")) return std::string(introduction);
  return fmt::format("its only {} is", introduction.substr(4, introduction.size() - 4 - 5));
}

}  // namespace

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

std::string must_be(std::string_view what, std::string_view expected, std::string_view found) {
  if (found == "nothing") return fmt::format("{} is empty, and must be {}", what, expected);
  return fmt::format("{} must be {}, not {}", what, expected, found);
}

std::string quoted(std::span<const std::string_view> names) {
  std::string result;
  for (const std::string_view name : names) result += fmt::format("{}`{}`", result.empty() ? "" : ", ", name);
  return result;
}

std::string all_of(std::span<const std::string_view> names) {
  if (names.size() < 2) return quoted(names);
  return fmt::format("{} and `{}`", quoted(names.first(names.size() - 1)), names.back());
}

std::string some_of(std::span<const std::string_view> names) {
  constexpr std::size_t most = 24;
  if (names.size() <= most) return quoted(names);
  return fmt::format("{} and {} more", quoted(names.first(most)), names.size() - most);
}

std::string one_of(std::span<const std::string_view> words) {
  if (words.size() < 2) return quoted(words);
  return fmt::format("{} or `{}`", quoted(words.first(words.size() - 1)), words.back());
}

std::optional<std::string> suggest(DiagnosticBuilder& diagnostic, std::string_view wanted,
                                   const std::vector<std::string_view>& names, std::string_view introduction) {
  if (!diagnostic.sink().afford_hint(names.size())) return std::nullopt;
  if (const auto guess = nearest(wanted, names)) {
    diagnostic.label(fmt::format("did you mean `{}`?", *guess));
    return std::string(*guess);
  }
  if (!names.empty() && !introduction.empty()) {
    const std::string begin = names.size() == 1 ? for_one(introduction) : std::string(introduction);
    diagnostic.help(fmt::format("{} {}", begin, some_of(names)));
  }
  return std::nullopt;
}

namespace {

bool is_word_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

/// The only place of a word in a span; none if it is not there, or several times.
std::optional<Span> place_of_word(Span where, std::string_view word) {
  if (!where || word.empty()) return std::nullopt;
  const std::string_view text = where.text();
  std::optional<Span> found;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at > 0 && is_word_letter(text[at - 1])) || (end < text.size() && is_word_letter(text[end]))) continue;
    if (found) return std::nullopt;
    found =
        Span{where.file, where.begin + static_cast<std::uint32_t>(at), where.begin + static_cast<std::uint32_t>(end)};
  }
  return found;
}

}  // namespace

std::optional<std::string> suggest_fix(DiagnosticBuilder& diagnostic, Span where, std::string_view wanted,
                                       const std::vector<std::string_view>& names, std::string_view introduction) {
  auto guess = suggest(diagnostic, wanted, names, introduction);
  if (!guess) return guess;
  if (const auto place = place_of_word(where, wanted)) {
    diagnostic.fix(
        replace_by(*place, *guess, is_slip(wanted, *guess, names) ? Applicability::Machine : Applicability::Maybe));
  }
  return guess;
}

Fix replace_by(Span where, std::string text, Applicability applicability) {
  std::string title = fmt::format("write `{}`", text);
  return {std::move(title), applicability, {{where, std::move(text)}}};
}

}  // namespace dynamo
