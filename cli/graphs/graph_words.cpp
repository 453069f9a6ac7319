#include "cli/graphs/graph_words.h"

#include "cli/text/json_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>

#include <vector>

namespace dynamo {

std::string value_words(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.get_string().data(), value.get_string().size());
  if (value.is_array()) {
    std::vector<std::string> items;
    for (const boost::json::value& item : value.get_array()) items.push_back(value_words(item));
    return fmt::format("{}", fmt::join(items, ","));
  }
  return json_line(value);
}

std::string range_words(const ReplicaRange& range) {
  if (range.min < 0) return "?";
  return range.min == range.max ? std::to_string(range.min) : fmt::format("{}..{}", range.min, range.max);
}

std::string times_words(const ReplicaRange& range) {
  return range.min == 1 && range.max == 1 ? "" : "×" + range_words(range);
}

std::string type_words(Arity arity, const std::string& type) {
  return arity == Arity::One ? type : fmt::format("{} {}", word(arity), type);
}

}  // namespace dynamo
