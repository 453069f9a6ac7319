#include "graph_loader/yaml/scalar_text.h"

#include "graph_loader/yaml/syntax_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace dynamo {
namespace {

constexpr std::size_t long_text = 100;

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }

/// Characters beyond ASCII that YAML takes for a line end or forbids; the bytes that begin them.
bool is_strange(std::string_view rest) {
  const bool c1 = rest.size() > 1 && rest[0] == '\xC2' && static_cast<unsigned char>(rest[1]) < 0xA0;
  return c1 || rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9") ||
         rest.starts_with("\xEF\xBB\xBF") || rest.starts_with("\xEF\xBF");
}

bool needs_escapes(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_control(text[at]) || is_strange(text.substr(at))) return true;
  }
  return false;
}

bool can_stand_plain(std::string_view text, bool in_brackets) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || reads_as_no_text(text)) return false;
  const bool dash = text.front() == '-' && text.size() > 1 && text[1] != ' ';
  if (!dash && std::string_view("-?:,[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos) return false;
  if (text.back() == ':' || text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) {
    return false;
  }
  if (!in_brackets) return true;
  return text.find_first_of(",[]{}?") == std::string_view::npos;
}

/// Lines of a text that is folded at single blanks. Empty if there is no good place.
std::string folded(std::string_view text, const std::string& indent, std::size_t width) {
  std::string result;
  while (!text.empty()) {
    std::size_t cut = text.size();
    if (text.size() > width) {
      cut = text.size();
      for (std::size_t at = text.find(' '); at != std::string_view::npos; at = text.find(' ', at + 1)) {
        const bool single = at > 0 && text[at - 1] != ' ' && at + 1 < text.size() && text[at + 1] != ' ';
        if (!single) continue;
        if (at > width && cut != text.size()) break;
        cut = at;
      }
    }
    result += "\n" + indent + std::string(text.substr(0, cut));
    text.remove_prefix(std::min(text.size(), cut + 1));
  }
  return result;
}

}  // namespace

bool reads_as_no_text(std::string_view text) {
  if (scalar_kind(text) != NodeKind::String) return true;
  std::string lower(text);
  for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  constexpr auto words = std::to_array<std::string_view>(
      {"null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "-.inf", "+.inf", "<<", "="});
  if (std::find(words.begin(), words.end(), lower) != words.end()) return true;
  const std::size_t first = text.find_first_not_of("+-.");
  if (first == std::string_view::npos) return true;
  if (std::isdigit(static_cast<unsigned char>(text[first])) == 0) return false;
  return text.find_first_not_of("0123456789abcdefABCDEFxXoO_.:+-TZ ") == std::string_view::npos;
}

std::string escaped_text(std::string_view text) {
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char letter = text[at];
    switch (letter) {
      case '"': result += "\\\""; break;
      case '\\': result += "\\\\"; break;
      case '\n': result += "\\n"; break;
      case '\t': result += "\\t"; break;
      case '\r': result += "\\r"; break;
      default:
        if (is_control(letter)) {
          result += fmt::format("\\x{:02X}", static_cast<unsigned char>(letter));
        } else if (is_strange(text.substr(at)) && letter == '\xC2') {
          result += fmt::format("\\x{:02X}", static_cast<unsigned char>(text[++at]));
        } else if (is_strange(text.substr(at)) && at + 2 < text.size()) {
          const auto bits = [&](std::size_t offset) { return static_cast<unsigned char>(text[at + offset]) & 0x3FU; };
          const unsigned high = static_cast<unsigned char>(letter) & 0x0FU;
          result += fmt::format("\\u{:04X}", high << 12U | bits(1) << 6U | bits(2));
          at += 2;
        } else {
          result += letter;
        }
    }
  }
  return result + "\"";
}

std::string scalar_text(std::string_view text, bool in_brackets) {
  if (needs_escapes(text)) return escaped_text(text);
  if (can_stand_plain(text, in_brackets)) return std::string(text);
  const bool doubles = text.find_first_of("\"\\") != std::string_view::npos;
  if (!doubles) return fmt::format("\"{}\"", text);
  if (text.find('\'') == std::string_view::npos) return fmt::format("'{}'", text);
  return escaped_text(text);
}

bool wants_block(std::string_view text) {
  if (text.find('\n') != std::string_view::npos) return true;
  const bool both_quotes =
      text.find_first_of("\"\\") != std::string_view::npos && text.find('\'') != std::string_view::npos;
  const bool foldable = text.size() > long_text && text.find(' ') != std::string_view::npos;
  return both_quotes || foldable;
}

std::optional<std::string> block_text(std::string_view text, std::size_t indent, std::size_t width) {
  const std::string_view body = text.substr(0, text.find_last_not_of('\n') + 1);
  if (body.empty() || body.front() == ' ' || body.front() == '\n' || body.back() == ' ') return std::nullopt;
  std::string without_ends(body);
  std::replace(without_ends.begin(), without_ends.end(), '\n', ' ');
  if (needs_escapes(without_ends)) return std::nullopt;
  // More line ends than one would take in the empty lines that follow in the file.
  const std::size_t ends = text.size() - body.size();
  if (ends > 1) return std::nullopt;
  const std::string_view chomping = ends == 0 ? "-" : "";
  const std::string blanks(indent, ' ');
  if (body.find('\n') == std::string_view::npos && body.size() > long_text) {
    return fmt::format(">{}{}", chomping, folded(body, blanks, std::max(width, indent + 40) - indent));
  }
  std::string result = fmt::format("|{}", chomping);
  for (std::string_view rest = body;;) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (!line.empty() && line.find_first_not_of(' ') == std::string_view::npos) return std::nullopt;
    result += line.empty() ? "\n" : "\n" + blanks + std::string(line);
    if (end == std::string_view::npos) return result;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace dynamo
