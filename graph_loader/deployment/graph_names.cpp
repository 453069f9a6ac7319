#include "graph_loader/deployment/graph_names.h"

#include "graph_loader/spec/text.h"

#include <fmt/format.h>

#include <cctype>

namespace dynamo::deployment {
namespace {

constexpr std::size_t longest_name = 63;

bool is_letter(char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'); }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

}  // namespace

std::string graph_name(std::string_view name, std::string_view prefix) {
  if (is_name(name)) return std::string(name);
  std::string result;
  for (const char letter : name) {
    const bool good = is_letter(letter) || is_digit(letter) || letter == '_' || letter == '-';
    if (good || result.empty() || result.back() != '-') result += good ? letter : '-';
  }
  if (result.empty() || !is_letter(result.front())) {
    const bool dash = !result.empty() && result.front() == '-';
    result = fmt::format("{}{}{}", prefix, dash ? "" : "-", result);
  }
  result.resize(std::min(result.size(), longest_name));
  while (result.back() == '-') result.pop_back();
  return result;
}

std::string camel_case(std::string_view name) {
  std::string result;
  bool upper = true;
  for (const char letter : name) {
    if (!is_letter(letter) && !is_digit(letter)) {
      upper = true;
      continue;
    }
    result += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
    upper = false;
  }
  if (result.empty() || is_digit(result.front())) result = "Graph" + result;
  result.resize(std::min(result.size(), longest_name));
  return result;
}

std::string lower_first(std::string_view name) {
  std::string result(name);
  if (!result.empty()) result.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(result.front())));
  return result;
}

std::string unique_name(const std::string& name, std::set<std::string>& taken) {
  std::string result = name;
  for (int number = 2; !taken.insert(result).second; ++number) {
    const std::string suffix = fmt::format("-{}", number);
    result = name.substr(0, longest_name - suffix.size()) + suffix;
  }
  return result;
}

}  // namespace dynamo::deployment
