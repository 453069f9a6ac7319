#include "graph_loader/yaml/lines.h"

#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>

namespace dynamo::yaml_text {

std::size_t line_begin(std::string_view text, std::size_t at) {
  const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return before == std::string_view::npos ? std::min(byte_order_mark(text), at) : before + 1;
}

std::size_t line_end(std::string_view text, std::size_t at) {
  const std::size_t end = std::min(text.find('\n', at), text.size());
  return end > at && text[end - 1] == '\r' ? end - 1 : end;
}

std::size_t next_line(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::size_t column(std::string_view text, std::size_t at) { return at - line_begin(text, at); }

std::size_t content_begin(std::string_view text, std::size_t at) {
  std::size_t begin = line_begin(text, at);
  const std::size_t end = line_end(text, at);
  while (begin < end && is_blank(text[begin])) ++begin;
  return begin;
}

std::size_t content_end(std::string_view text, std::size_t at) {
  const std::size_t line = line_end(text, at);
  std::size_t end = at;
  char quote = '\0';
  for (std::size_t next = at; next < line; ++next) {
    const char letter = text[next];
    const bool starts = next == at || is_blank(text[next - 1]);
    if (quote != '\0') {
      if (letter == '\\' && quote == '"') ++next;
      if (letter == quote) quote = '\0';
    } else if (letter == '#' && starts) {
      break;
    } else if ((letter == '"' || letter == '\'') &&
               (starts || std::string_view("[{,").find(text[next - 1]) != std::string_view::npos)) {
      quote = letter;
    }
    if (!is_blank(letter)) end = std::min(next + 1, line);
  }
  return end;
}

bool is_blank_line(std::string_view text, std::size_t at) {
  const std::size_t begin = content_begin(text, at);
  return begin == line_end(text, at) || text[begin] == '#';
}

bool is_first(std::string_view text, std::size_t at) {
  const std::size_t begin = byte_order_mark(text);
  while (at > begin && is_blank(text[at - 1])) --at;
  return at <= begin || text[at - 1] == '\n';
}

LineKey line_key(std::string_view text, std::size_t at) {
  LineKey key{at, at, text.size(), at};
  const std::size_t end = content_end(text, at);
  std::size_t next = at;
  if (at < end && (text[at] == '"' || text[at] == '\'')) next = std::min(quoted_end(text, at).value_or(end), end);
  for (; next < end; ++next) {
    if (text[next] != ':' || !is_separation_at(text, next + 1)) continue;
    key.colon = next;
    break;
  }
  key.end = std::min(key.colon, end);
  while (key.end > at && is_blank(text[key.end - 1])) --key.end;
  key.value = std::min(key.colon, end);
  if (key.colon < end) ++key.value;
  while (key.value < end && is_blank(text[key.value])) ++key.value;
  return key;
}

std::string quoted_words(std::string_view words) {
  constexpr std::size_t most = 40;
  std::string result = "`";
  for (const char letter : words) {
    if (is_separation(letter) && (result.back() == ' ' || result.size() == 1)) continue;
    // Not in the middle of a character.
    if (result.size() > most && (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U) {
      result += "...";
      break;
    }
    result += is_separation(letter) ? ' ' : letter;
  }
  return result + "`";
}

std::string in_quotes(std::string_view plain) {
  const auto holds = [&](char letter) { return plain.find(letter) != std::string_view::npos; };
  if (!holds('"') && !holds('\\')) return '"' + std::string(plain) + '"';
  std::string result = "'";
  for (const char letter : plain) result.append(letter == '\'' ? 2 : 1, letter);
  return result + "'";
}

}  // namespace dynamo::yaml_text
