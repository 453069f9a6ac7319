#pragma once
// JSON out and JSON in for every described struct, from its one description (Boost.Describe).
// Enums travel as their words, paths as text, durations as milliseconds, steady times as nanoseconds, absent optionals
// as null; unknown keys of an object are ignored, so that a newer program can be read by an older one.

#include "proto/words.h"

#include <boost/describe/bases.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dynamo {

namespace json_detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};
template <class T>
struct IsDuration : std::false_type {};
template <class R, class P>
struct IsDuration<std::chrono::duration<R, P>> : std::true_type {};
using SteadyTime = std::chrono::steady_clock::time_point;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

}  // namespace json_detail

template <class T>
boost::json::value to_json(const T& value) {
  using namespace json_detail;
  if constexpr (HasWords<T>) {
    return boost::json::value(boost::json::string_view(word(value).data(), word(value).size()));
  } else if constexpr (std::is_same_v<T, bool> || std::is_arithmetic_v<T>) {
    return boost::json::value(value);
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    const std::string_view text(value);
    return boost::json::value(boost::json::string_view(text.data(), text.size()));
  } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
    return to_json(value.native());
  } else if constexpr (IsDuration<T>::value) {
    return boost::json::value(std::chrono::duration_cast<std::chrono::milliseconds>(value).count());
  } else if constexpr (std::is_same_v<T, SteadyTime>) {
    return boost::json::value(std::chrono::duration_cast<std::chrono::nanoseconds>(value.time_since_epoch()).count());
  } else if constexpr (IsOptional<T>::value) {
    return value ? to_json(*value) : boost::json::value(nullptr);
  } else if constexpr (IsVector<T>::value) {
    boost::json::array result;
    result.reserve(value.size());
    for (const auto& item : value) result.push_back(to_json(item));
    return result;
  } else if constexpr (IsMap<T>::value) {
    boost::json::object result;
    for (const auto& [key, item] : value) result.emplace(key, to_json(item));
    return result;
  } else {
    boost::json::object result;
    boost::mp11::mp_for_each<Members<T>>(
        [&](auto member) { result.emplace(member.name, to_json(value.*member.pointer)); });
    return result;
  }
}

/// False when the value does not have the shape of T; `value` is then partly filled.
template <class T>
[[nodiscard]] bool from_json(const boost::json::value& json, T& value) {
  using namespace json_detail;
  if constexpr (HasWords<T>) {
    if (!json.is_string()) return false;
    const auto found = from_word<T>(std::string_view(json.get_string().data(), json.get_string().size()));
    if (found) value = *found;
    return found.has_value();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!json.is_bool()) return false;
    value = json.get_bool();
    return true;
  } else if constexpr (std::is_arithmetic_v<T>) {
    boost::json::error_code error;
    const T number = json.to_number<T>(error);
    if (error) return false;
    value = number;
    return true;
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!json.is_string()) return false;
    value.assign(json.get_string().data(), json.get_string().size());
    return true;
  } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
    std::string text;
    if (!from_json(json, text)) return false;
    value = std::move(text);
    return true;
  } else if constexpr (IsDuration<T>::value) {
    std::int64_t count = 0;
    if (!from_json(json, count)) return false;
    value = std::chrono::duration_cast<T>(std::chrono::milliseconds(count));
    return true;
  } else if constexpr (std::is_same_v<T, SteadyTime>) {
    std::int64_t count = 0;
    if (!from_json(json, count)) return false;
    value = SteadyTime(std::chrono::nanoseconds(count));
    return true;
  } else if constexpr (IsOptional<T>::value) {
    value.reset();
    if (json.is_null()) return true;
    return from_json(json, value.emplace());
  } else if constexpr (IsVector<T>::value) {
    if (!json.is_array()) return false;
    value.clear();
    for (const auto& item : json.get_array()) {
      if (!from_json(item, value.emplace_back())) return false;
    }
    return true;
  } else if constexpr (IsMap<T>::value) {
    if (!json.is_object()) return false;
    value.clear();
    for (const auto& [key, item] : json.get_object()) {
      if (!from_json(item, value[std::string(key)])) return false;
    }
    return true;
  } else {
    if (!json.is_object()) return false;
    bool good = true;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
      const boost::json::value* found = json.get_object().if_contains(member.name);
      if (found != nullptr && !from_json(*found, value.*member.pointer)) good = false;
    });
    return good;
  }
}

}  // namespace dynamo
