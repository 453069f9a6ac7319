#include "cli/lsp/rpc.h"

#include "cli/text/json_text.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace dynamo::lsp {

namespace json = boost::json;

json::object response(const json::value& id, json::value result) {
  json::object message;
  message["jsonrpc"] = "2.0";
  message["id"] = id;
  message["result"] = std::move(result);
  return message;
}

json::object error_response(const json::value& id, ErrorCode code, std::string_view sentence) {
  json::object error;
  error["code"] = static_cast<int>(code);
  error["message"] = json_string(sentence);
  json::object message;
  message["jsonrpc"] = "2.0";
  message["id"] = id;
  message["error"] = std::move(error);
  return message;
}

json::object notification(std::string_view method, json::value params) {
  json::object message;
  message["jsonrpc"] = "2.0";
  message["method"] = method;
  message["params"] = std::move(params);
  return message;
}

json::object request(std::int64_t id, std::string_view method, json::value params) {
  json::object message = notification(method, std::move(params));
  message["id"] = id;
  return message;
}

const json::value* find(const json::value& object, std::string_view key) {
  const json::object* members = object.if_object();
  return members == nullptr ? nullptr : members->if_contains(key);
}

const json::value& member(const json::value& object, std::string_view key) {
  const json::value* found = find(object, key);
  if (found == nullptr) throw RequestError(ErrorCode::InvalidParams, fmt::format("`{}` is missing", key));
  return *found;
}

std::string text_member(const json::value& object, std::string_view key) {
  const json::value& found = member(object, key);
  if (!found.is_string()) throw RequestError(ErrorCode::InvalidParams, fmt::format("`{}` must be a string", key));
  return std::string(found.get_string());
}

std::int64_t number_member(const json::value& object, std::string_view key) {
  const json::value& found = member(object, key);
  if (found.is_int64()) return found.get_int64();
  if (found.is_uint64()) return std::numeric_limits<std::int64_t>::max();
  throw RequestError(ErrorCode::InvalidParams, fmt::format("`{}` must be a whole number", key));
}

}  // namespace dynamo::lsp
