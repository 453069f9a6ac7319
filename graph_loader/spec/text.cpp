#include "graph_loader/spec/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; }

/// What stands between `${` and `}`; none if it is not readable.
std::optional<Reference> parse_reference(std::string_view inner) {
  Reference result;
  std::size_t end = 0;
  bool word_started = false;
  for (; end < inner.size(); ++end) {
    const char c = inner[end];
    if (!word_started) {
      if (!is_letter(c) && c != '_') return std::nullopt;
      word_started = true;
    } else if (c == '.') {
      word_started = false;
    } else if (!is_word(c)) {
      break;
    }
  }
  if (!word_started) return std::nullopt;
  const std::string_view path = inner.substr(0, end);
  const std::string_view rest = inner.substr(end);
  if (rest.starts_with(":-") || rest.starts_with(":?")) {
    result.fallback = rest[1] == '-' ? Fallback::Default : Fallback::Error;
    result.fallback_text = rest.substr(2);
  } else if (!rest.empty()) {
    return std::nullopt;
  }
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  result.scope = from_word<ReferenceScope>(path.substr(0, dot)).value_or(ReferenceScope::Unknown);
  result.name = path.substr(dot + 1);
  if (result.scope == ReferenceScope::Env && !is_variable(result.name)) return std::nullopt;
  return result;
}

/// DG0606, with what was probably meant.
void report_unreadable(Span where, std::string_view written, bool open, DiagnosticSink& sink) {
  if (open) {
    report(sink, codes::bad_interpolation, where, "`${` is not closed")
        .label("no `}` follows")
        .help("write `${SCOPE.NAME}`; `$$` is a dollar sign");
    return;
  }
  auto diagnostic = report(sink, codes::bad_interpolation, where, fmt::format("`{}` is not a reference", written));
  std::string_view inner = written.substr(2, written.size() - 3);
  std::string without_blanks;
  for (const char c : inner) {
    if (c != ' ' && c != '\t') without_blanks += c;
  }
  if (without_blanks != inner && parse_reference(without_blanks)) {
    const std::string fixed = fmt::format("${{{}}}", without_blanks);
    diagnostic.help(fmt::format("write `{}`", fixed))
        .fix({fmt::format("write `{}`", fixed), Applicability::Machine, {{where, fixed}}});
    return;
  }
  const std::size_t dash = inner.find('-');
  if (inner.starts_with("env.") && dash != std::string_view::npos) {
    diagnostic.help(
        fmt::format("write `${{{}:{}}}` for a text if it is not set", inner.substr(0, dash), inner.substr(dash)));
    return;
  }
  if (is_variable(inner)) {
    const bool upper = std::none_of(inner.begin(), inner.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    diagnostic.help(
        upper ? fmt::format(
                    "write `${{env.{0}}}` for a variable of the environment, or `$${{{0}}}` for the text itself", inner)
              : fmt::format(
                    "write `${{params.{0}}}` for a param of the component, or `${{graph.{0}}}` for one of the graph",
                    inner));
    return;
  }
  diagnostic.help("write `${SCOPE.NAME}`, `${SCOPE.NAME:-text}` or `${SCOPE.NAME:?message}`; `$$` is a dollar sign");
}

}  // namespace

bool Text::has_references() const {
  return std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.reference != nullptr; });
}

std::string Text::as_written() const {
  std::string result;
  for (const Piece& piece : pieces) result += piece.reference ? piece.reference->as_written : piece.literal;
  return result;
}

const Reference* Text::whole_reference() const {
  return pieces.size() == 1 && pieces.front().reference ? pieces.front().reference.get() : nullptr;
}

Text read_text(const Node& scalar, DiagnosticSink& sink, std::size_t begin, std::size_t length) {
  const std::string_view text = scalar.text.substr(begin, length);
  Text result;
  result.where = begin == 0 && length >= scalar.text.size() ? scalar.where : scalar.part(begin, text.size());
  std::string literal;
  const auto close_literal = [&] {
    if (!literal.empty()) result.pieces.push_back({std::exchange(literal, {}), nullptr});
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t dollar = text.find('$', at);
    literal += text.substr(at, dollar - at);
    if (dollar == std::string_view::npos) break;
    if (text.substr(dollar, 2) == "$$") {
      literal += '$';
      at = dollar + 2;
      continue;
    }
    if (text.substr(dollar, 2) != "${") {
      literal += '$';
      at = dollar + 1;
      continue;
    }
    const std::size_t close = text.find('}', dollar);
    const std::size_t inside = text.find("${", dollar + 2);
    if (close != std::string_view::npos && inside < close) {
      report(sink, codes::bad_interpolation, scalar.part(begin + inside, 2), "a reference cannot hold another one")
          .also(scalar.part(begin + dollar, 2), "the outer one")
          .help("give the inner one to a param of its own, and name that here");
      result.readable = false;
      at = std::min(text.find('}', close + 1), text.size() - 1) + 1;
      continue;
    }
    std::optional<Reference> reference;
    if (close != std::string_view::npos) reference = parse_reference(text.substr(dollar + 2, close - dollar - 2));
    if (!reference) {
      const bool open = close == std::string_view::npos;
      const std::size_t end = open ? text.size() : close + 1;
      report_unreadable(scalar.part(begin + dollar, open ? 2 : end - dollar), text.substr(dollar, end - dollar), open,
                        sink);
      result.readable = false;
      at = end;
      continue;
    }
    close_literal();
    reference->as_written = text.substr(dollar, close + 1 - dollar);
    reference->where = scalar.part(begin + dollar, close + 1 - dollar);
    result.pieces.push_back({{}, std::make_shared<const Reference>(std::move(*reference))});
    at = close + 1;
  }
  close_literal();
  return result;
}

std::optional<Span> find_reference(const Node& scalar) {
  std::size_t at = 0;
  while ((at = scalar.text.find('$', at)) != std::string_view::npos) {
    const std::string_view two = scalar.text.substr(at, 2);
    if (two == "${") return scalar.part(at, 2);
    at += two == "$$" ? 2U : 1U;
  }
  return std::nullopt;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 63 && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(), is_word);
}

bool is_variable(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

}  // namespace dynamo
