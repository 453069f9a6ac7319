#include "cli/env_file.h"

#include <cctype>
#include <optional>

namespace dynamo {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

bool is_name(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) != 0) return false;
  for (const char letter : text) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0 && letter != '_') return false;
  }
  return true;
}

/// None if a quote is not closed at the end of the value.
std::optional<std::string> value_of(std::string_view text) {
  if (text.empty() || (text.front() != '"' && text.front() != '\'')) return std::string(text);
  const char quote = text.front();
  std::string value;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == quote) return at + 1 == text.size() ? std::optional(value) : std::nullopt;
    if (quote == '"' && text[at] == '\\' && at + 1 < text.size()) {
      ++at;
      value += text[at] == 'n' ? '\n' : text[at] == 't' ? '\t' : text[at];
    } else {
      value += text[at];
    }
  }
  return std::nullopt;
}

}  // namespace

EnvFile parse_env_file(std::string_view text) {
  EnvFile result;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with("export ")) line = trimmed(line.substr(7));
    const std::size_t equals = line.find('=');
    const std::string_view name = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(name)) {
      result.bad_line = number;
      return result;
    }
    const auto value = value_of(trimmed(line.substr(equals + 1)));
    if (!value) {
      result.bad_line = number;
      return result;
    }
    result.variables[std::string(name)] = *value;
  }
  return result;
}

}  // namespace dynamo
