#pragma once
// JSON and YAML as text for people and programs: keys in the order in which they were put in, short
// collections on one line, never bytes that are not UTF-8.

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

/// A JSON string; bytes that are not UTF-8 become `\xNN`.
boost::json::value json_string(std::string_view text);
/// A list of them.
boost::json::array strings_json(const std::vector<std::string>& texts);

/// Indented by two, ends with a line end.
std::string json_text(const boost::json::value& value);
/// On one line, without a line end.
std::string json_line(const boost::json::value& value);

/// The same data as YAML 1.2 in block style. A string stands without quotes only where no reader can take it for
/// anything else.
std::string yaml_text(const boost::json::value& value);

}  // namespace dynamo
