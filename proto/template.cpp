#include "proto/template.h"

#include <algorithm>
#include <utility>

namespace dynamo {

Template::Template(std::string literal) {
  if (!literal.empty()) parts.push_back({std::move(literal), std::nullopt});
}

std::string Template::as_written() const {
  std::string result;
  for (const TemplatePart& part : parts) result += part.text;
  return result;
}

bool Template::is_literal() const {
  return std::none_of(parts.begin(), parts.end(), [](const TemplatePart& part) { return part.reference.has_value(); });
}

std::string Template::fill(const std::function<std::string(std::string_view)>& value_of,
                           std::optional<std::string>& error) const {
  std::string result;
  for (const TemplatePart& part : parts) {
    if (!part.reference) {
      result += part.text;
      continue;
    }
    const std::string value = value_of(part.reference->name);
    if (!value.empty()) {
      result += value;
    } else if (part.reference->fallback == Fallback::Default) {
      result += part.reference->text;
    } else if (part.reference->fallback == Fallback::Error && !error) {
      error = part.reference->name + ": " + part.reference->text;
    }
  }
  return result;
}

}  // namespace dynamo
