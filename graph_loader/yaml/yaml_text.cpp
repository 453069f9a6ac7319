#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <cstdint>

namespace dynamo::yaml_text {
namespace {

constexpr std::string_view mark = "\xEF\xBB\xBF";
constexpr std::string_view flow_indicators = ",[]{}";

bool is_flow_indicator(char letter) { return flow_indicators.find(letter) != std::string_view::npos; }

/// The escape at `at` (a backslash) of a double-quoted scalar: bytes in the text and bytes in the value.
Range escape_lengths(std::string_view form, std::size_t at) {
  if (at + 1 >= form.size()) return {1, 0};
  std::size_t digits = 0;
  switch (form[at + 1]) {
    case 'x': digits = 2; break;
    case 'u': digits = 4; break;
    case 'U': digits = 8; break;
    case 'N':
    case '_': return {2, 2};
    case 'L':
    case 'P': return {2, 3};
    case '\r':
    case '\n': {
      // An escaped line end and the indentation of the next line are nothing.
      std::size_t end = std::min(form.find('\n', at), form.size() - 1) + 1;
      while (end < form.size() && is_blank(form[end])) ++end;
      return {end - at, 0};
    }
    default: return {2, 1};
  }
  std::uint32_t code = 0;
  for (std::size_t index = at + 2; index < std::min(at + 2 + digits, form.size()); ++index) {
    const char digit = form[index];
    const int value = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
    code = code * 16 + static_cast<std::uint32_t>(value & 0xF);
  }
  return {digits + 2, code < 0x80 ? 1U : code < 0x800 ? 2U : code < 0x10000 ? 3U : 4U};
}

/// Follows the letters of `value` through the text, where line ends and indentation may stand for a blank.
std::optional<std::size_t> follow(std::string_view text, std::size_t at, std::string_view value) {
  for (const char letter : value) {
    if (is_separation(letter)) continue;
    while (at < text.size() && is_separation(text[at])) ++at;
    if (at >= text.size() || text[at] != letter) return std::nullopt;
    ++at;
  }
  return at;
}

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[index]));
  };
  const std::uint32_t first = byte(at);
  std::size_t length = 0;
  std::uint32_t smallest = 0;
  std::uint32_t code = 0;
  if (first < 0x80) return {first, 1};
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2, smallest = 0x80, code = first & 0x1FU;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3, smallest = 0x800, code = first & 0x0FU;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4, smallest = 0x10000, code = first & 0x07U;
  } else {
    return {};
  }
  if (text.size() - at < length) return {};
  for (std::size_t index = at + 1; index < at + length; ++index) {
    if ((byte(index) & 0xC0U) != 0x80U) return {};
    code = (code << 6U) | (byte(index) & 0x3FU);
  }
  if (code < smallest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, length};
}

std::string code_text(std::uint32_t code) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (int shift = code > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) result += digits[(code >> shift) & 0xFU];
  return "U+" + result;
}

std::size_t byte_order_mark(std::string_view text) { return text.starts_with(mark) ? mark.size() : 0; }

std::optional<Offence> forbidden_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7F) {
      ++at;
      continue;
    }
    if (byte < 0x80) {
      const bool line_end = byte == '\n' || (byte == '\r' && at + 1 < text.size() && text[at + 1] == '\n');
      if (byte == '\r' && !line_end) return Offence{at, "a carriage return must be followed by a line feed"};
      if (!line_end && byte != '\t') return Offence{at, "the character " + code_text(byte) + " is not allowed"};
      ++at;
      continue;
    }
    const Character character = character_at(text, at);
    if (character.length == 0) return Offence{at, "this byte is not UTF-8"};
    const bool control = character.code < 0xA0 && character.code != 0x85;
    if (control || character.code == 0xFFFE || character.code == 0xFFFF) {
      return Offence{at, "the character " + code_text(character.code) + " is not allowed"};
    }
    at += character.length;
  }
  return std::nullopt;
}

std::vector<std::size_t> tabs_in_indentation(std::string_view text) {
  std::vector<std::size_t> result;
  std::size_t begin = byte_order_mark(text);
  while (begin < text.size()) {
    const std::size_t content = std::min(text.find_first_not_of(" \t", begin), text.size());
    const std::size_t tab = text.substr(0, content).find('\t', begin);
    const bool blank = content == text.size() || is_line_end(text[content]);
    if (tab != std::string_view::npos && !blank) result.push_back(tab);
    const std::size_t end = text.find('\n', content);
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
  return result;
}

bool is_indented_by_tabs(std::string_view text) {
  for (std::size_t begin = byte_order_mark(text); begin < text.size();) {
    const std::size_t content = std::min(text.find_first_not_of(" \t", begin), text.size());
    const bool blank = content == text.size() || is_line_end(text[content]);
    if (!blank && text.substr(begin, content - begin).find(' ') != std::string_view::npos) return false;
    const std::size_t end = text.find('\n', content);
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
  return true;
}

bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }
bool is_line_end(char letter) { return letter == '\n' || letter == '\r'; }
bool is_separation(char letter) { return is_blank(letter) || is_line_end(letter); }
bool is_separation_at(std::string_view text, std::size_t at) { return at >= text.size() || is_separation(text[at]); }

std::size_t skip_separation(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (is_separation(text[at])) {
      ++at;
    } else if (text[at] == '#' && (at == byte_order_mark(text) || is_separation(text[at - 1]))) {
      at = std::min(text.find('\n', at), text.size());
    } else {
      break;
    }
  }
  return at;
}

std::size_t name_end(std::string_view text, std::size_t at) {
  if (text.substr(at).starts_with("!<")) {
    const std::size_t closing = text.find_first_of("> \n", at);
    return closing == std::string_view::npos ? text.size() : closing + (text[closing] == '>' ? 1 : 0);
  }
  while (at < text.size() && !is_separation(text[at]) && !is_flow_indicator(text[at])) ++at;
  return at;
}

std::optional<std::size_t> quoted_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t next = at + 1; next < text.size(); ++next) {
    if (quote == '"' && text[next] == '\\') {
      ++next;
    } else if (text[next] == quote) {
      const bool doubled = quote == '\'' && next + 1 < text.size() && text[next + 1] == quote;
      if (!doubled) return next + 1;
      ++next;
    }
  }
  return std::nullopt;
}

std::optional<std::size_t> unknown_escape(std::string_view form) {
  constexpr std::string_view known = "0abt\tnvfre \"/\\N_LPxuU\r\n";
  for (std::size_t at = form.find('\\'); at != std::string_view::npos; at = form.find('\\', at + 2)) {
    if (at + 1 < form.size() && known.find(form[at + 1]) == std::string_view::npos) return at;
  }
  return std::nullopt;
}

std::optional<std::size_t> plain_end(std::string_view text, std::size_t at, std::string_view value) {
  if (text.substr(at).starts_with(value)) return at + value.size();
  return follow(text, at, value);
}

Range range_in_form(std::string_view form, std::string_view value, std::size_t begin, std::size_t end) {
  const char quote = form.empty() ? ' ' : form.front();
  std::size_t at = 0;
  if (quote == '"' || quote == '\'') at = 1;
  if (quote == '|' || quote == '>') at = std::min(form.find('\n'), form.size());
  Range result{form.size(), form.size()};
  std::size_t index = 0;
  while (at < form.size() && index < end) {
    std::size_t written = 1;
    std::size_t meant = 1;
    if (quote == '"' && form[at] == '\\') {
      const Range lengths = escape_lengths(form, at);
      written = lengths.begin;
      meant = lengths.end;
    } else if (quote == '\'' && form[at] == '\'') {
      written = 2;
    } else if (form[at] != value[index]) {
      // A line end and the blanks around it against what they were folded to.
      const bool indentation = is_separation(form[at]);
      written = indentation ? 1 : 0;
      meant = indentation ? 0 : 1;
    }
    if (index + meant > begin && index <= begin) result.begin = at;
    at += written;
    index += meant;
    result.end = at;
  }
  result.begin = std::min(result.begin, result.end);
  if (begin >= end) result.end = result.begin;
  return result;
}

void look_ahead(std::string_view text, Lookahead& state, std::size_t until) {
  const auto ends_indicator = [&](std::size_t at) { return is_separation_at(text, at) || is_flow_indicator(text[at]); };
  until = std::min(until, text.size());
  while (state.at < until && !state.found()) {
    const char letter = text[state.at];
    const bool inside = state.depth > state.outside;
    const auto count_value = [&] {
      if (++state.values > state.max_values) state.too_full = state.at;
    };
    if (letter == '[' || letter == '{') {
      if (!inside) state.outermost = state.at;
      if (++state.depth > state.max_depth) state.too_deep = state.at;
      count_value();
      ++state.at;
    } else if (letter == ']' || letter == '}') {
      if (!inside || --state.depth == state.outside) return;
      ++state.at;
    } else if (letter == '"' || letter == '\'') {
      const std::optional<std::size_t> end = quoted_end(text, state.at);
      if (!end) state.never_ends = state.at;
      if (!end || !inside) return;
      count_value();
      state.at = *end;
    } else if (letter == '&' || letter == '!' || letter == '*') {
      if (letter == '*') {
        if (++state.aliases > state.max_aliases) state.too_many = state.at;
        count_value();
      }
      state.at = name_end(text, state.at);
    } else if (is_separation(letter) || letter == '#') {
      state.at = std::max(skip_separation(text, state.at), state.at + 1);
    } else if (letter == ',' || ((letter == ':' || letter == '?' || letter == '-') && ends_indicator(state.at + 1))) {
      ++state.at;
    } else if (!inside) {
      return;
    } else {
      // A plain scalar.
      count_value();
      for (++state.at; state.at < until && !is_flow_indicator(text[state.at]); ++state.at) {
        if (text[state.at] == ':' && ends_indicator(state.at + 1)) break;
        if (text[state.at] == '#' && is_separation(text[state.at - 1])) break;
      }
    }
  }
  if (!state.found() && until == text.size() && state.depth > state.outside) state.never_ends = state.outermost;
}

}  // namespace dynamo::yaml_text
