#include "cli/text/json_text.h"

#include "cli/text/display_text.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace dynamo {
namespace {

namespace json = boost::json;

/// A collection that fits into so many columns stands on one line.
constexpr std::size_t line_width = 100;

std::string_view view_of(const json::string& text) { return {text.data(), text.size()}; }

std::string indent_of(int depth) { return std::string(static_cast<std::size_t>(depth) * 2, ' '); }

bool is_empty(const json::value& value) {
  return (value.is_object() && value.get_object().empty()) || (value.is_array() && value.get_array().empty());
}

bool is_collection(const json::value& value) { return value.is_object() || value.is_array(); }

/// One line with blanks behind colons and commas, as people write it.
void write_flat(const json::value& value, std::string& out) {
  if (value.is_object()) {
    out += '{';
    const char* separator = "";
    for (const auto& [key, item] : value.get_object()) {
      out += separator + json::serialize(json::string(key)) + ": ";
      write_flat(item, out);
      separator = ", ";
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    const char* separator = "";
    for (const json::value& item : value.get_array()) {
      out += separator;
      write_flat(item, out);
      separator = ", ";
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

/// An upper bound that ends early, so that a large value is not written twice at every depth.
std::size_t flat_size(const json::value& value, std::size_t enough) {
  std::size_t size = 2;
  if (value.is_object()) {
    for (const auto& [key, item] : value.get_object()) {
      size += key.size() + 6;
      if (size < enough) size += flat_size(item, enough - size);
      if (size >= enough) break;
    }
  } else if (value.is_array()) {
    for (const json::value& item : value.get_array()) {
      size += 2;
      if (size < enough) size += flat_size(item, enough - size);
      if (size >= enough) break;
    }
  } else if (value.is_string()) {
    size += value.get_string().size();
  } else {
    size += 4;
  }
  return size;
}

void write_pretty(const json::value& value, int depth, std::string& out) {
  const std::size_t room = line_width - std::min<std::size_t>(line_width - 20, static_cast<std::size_t>(depth) * 2);
  if (!is_collection(value) || is_empty(value) || (depth > 0 && flat_size(value, room) < room)) {
    write_flat(value, out);
    return;
  }
  const std::string indent = indent_of(depth + 1);
  const char* separator = "\n";
  if (value.is_object()) {
    out += '{';
    for (const auto& [key, item] : value.get_object()) {
      out += separator + indent + json::serialize(json::string(key)) + ": ";
      write_pretty(item, depth + 1, out);
      separator = ",\n";
    }
    out += "\n" + indent_of(depth) + "}";
  } else {
    out += '[';
    for (const json::value& item : value.get_array()) {
      out += separator + indent;
      write_pretty(item, depth + 1, out);
      separator = ",\n";
    }
    out += "\n" + indent_of(depth) + "]";
  }
}

/// Whether a YAML reader of any version takes the plain text for this string.
bool is_plain(std::string_view text) {
  if (text.empty() || text.size() > 80) return false;
  if (std::isalpha(static_cast<unsigned char>(text.front())) == 0 && text.front() != '/' && text.front() != '_') {
    return false;
  }
  constexpr std::string_view allowed = "_-./@+";
  const auto harmless = [&](char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || allowed.find(letter) != std::string_view::npos;
  };
  if (!std::all_of(text.begin(), text.end(), harmless)) return false;
  std::string lower(text);
  for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  constexpr std::array<std::string_view, 9> words = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  return std::find(words.begin(), words.end(), lower) == words.end();
}

std::string yaml_scalar(const json::value& value) {
  if (value.is_string() && is_plain(view_of(value.get_string()))) return std::string(view_of(value.get_string()));
  // Every JSON scalar is the same value in YAML; empty collections have no block form.
  return json::serialize(value);
}

std::string yaml_key(std::string_view key) {
  return is_plain(key) ? std::string(key) : json::serialize(json::string(json::string_view(key.data(), key.size())));
}

/// Writes the value behind `key:` or `-`, which stand at `depth` and are not yet ended.
void write_yaml(const json::value& value, int depth, bool in_list, std::string& out) {
  if (!is_collection(value) || is_empty(value)) {
    out += " " + yaml_scalar(value) + "\n";
    return;
  }
  // Inside a list the first line stands beside the dash.
  bool beside = in_list;
  if (!beside) out += "\n";
  const auto start_line = [&] {
    out += beside ? " " : indent_of(depth);
    beside = false;
  };
  if (value.is_object()) {
    for (const auto& [key, item] : value.get_object()) {
      start_line();
      out += yaml_key({key.data(), key.size()}) + ":";
      write_yaml(item, depth + 1, false, out);
    }
  } else {
    for (const json::value& item : value.get_array()) {
      start_line();
      out += "-";
      write_yaml(item, depth + 1, true, out);
    }
  }
}

}  // namespace

json::value json_string(std::string_view text) {
  const std::string valid = valid_utf8(text);
  return json::value(json::string_view(valid.data(), valid.size()));
}

json::array strings_json(const std::vector<std::string>& texts) {
  json::array result;
  for (const std::string& text : texts) result.push_back(json_string(text));
  return result;
}

std::string json_text(const json::value& value) {
  std::string out;
  write_pretty(value, 0, out);
  out += '\n';
  return out;
}

std::string json_line(const json::value& value) { return json::serialize(value); }

std::string yaml_text(const json::value& value) {
  std::string out;
  if (!is_collection(value) || is_empty(value)) return yaml_scalar(value) + "\n";
  write_yaml(value, 0, false, out);
  return out.substr(1);
}

}  // namespace dynamo
