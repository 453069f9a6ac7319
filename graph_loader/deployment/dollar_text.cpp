#include "graph_loader/deployment/dollar_text.h"

#include <algorithm>

namespace dynamo::deployment {

std::string literal(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      result += text[at++];
      continue;
    }
    const std::size_t end = std::min(text.find_first_not_of('$', at), text.size());
    const std::size_t count = end - at;
    // A single dollar sign is one already, unless a brace makes a reference of it.
    const bool doubled = count > 1 || (end < text.size() && text[end] == '{');
    result.append(doubled ? 2 * count : count, '$');
    at = end;
  }
  return result;
}

namespace {

/// The same text, safe in front of whatever follows: its last dollar sign begins no reference.
std::string closed(std::string text) {
  const std::size_t end = text.find_last_not_of('$');
  const std::size_t count = text.size() - (end == std::string::npos ? 0 : end + 1);
  if (count % 2 == 1) text += '$';
  return text;
}

}  // namespace

std::string expanded(std::string_view text, const Expansion& expansion) {
  std::string result;
  std::string plain;  // pieces that stand side by side are made literal together: `$` and `{` may meet
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$' || at + 1 == text.size()) {
      plain += text[at++];
    } else if (text[at + 1] == '$') {
      plain += '$';
      at += 2;
    } else if (const std::size_t end = text[at + 1] == '(' ? text.find(')', at) : std::string_view::npos;
               end != std::string_view::npos) {
      const std::string_view name = text.substr(at + 2, end - at - 2);
      if (const auto known = expansion(name)) {
        result += closed(literal(plain)) + closed(*known);
        plain.clear();
        at = end + 1;
      } else {
        // A reference that means nothing stands as it is, and what is in it is not looked at again.
        plain += text.substr(at, end + 1 - at);
        at = end + 1;
      }
    } else {
      plain += text[at++];
    }
  }
  return result + literal(plain);
}

}  // namespace dynamo::deployment
