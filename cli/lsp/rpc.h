#pragma once
// JSON-RPC 2.0 as language servers speak it: messages made, and the members of a message asked for.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dynamo::lsp {

/// Numbers of JSON-RPC and of the Language Server Protocol.
enum class ErrorCode : int {
  ParseError = -32700,
  InvalidRequest = -32600,
  MethodNotFound = -32601,
  InvalidParams = -32602,
  InternalError = -32603,
  ServerNotInitialized = -32002,
  RequestFailed = -32803,
  RequestCancelled = -32800,
};

/// The answer to a request that cannot be served; `what()` is a sentence for the user of the editor.
class RequestError final : public std::runtime_error {
 public:
  RequestError(ErrorCode code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  [[nodiscard]] ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

boost::json::object response(const boost::json::value& id, boost::json::value result);
boost::json::object error_response(const boost::json::value& id, ErrorCode code, std::string_view sentence);
boost::json::object notification(std::string_view method, boost::json::value params);
boost::json::object request(std::int64_t id, std::string_view method, boost::json::value params);

/// The member of an object; null if there is none.
const boost::json::value* find(const boost::json::value& object, std::string_view key);
/// The value behind several keys; null if one of them is not there.
template <class... Keys>
const boost::json::value* find(const boost::json::value& object, std::string_view key, Keys... keys) {
  const boost::json::value* inner = find(object, key);
  return inner == nullptr ? nullptr : find(*inner, keys...);
}
/// Whether the value behind the keys is `true`.
template <class... Keys>
bool is_true(const boost::json::value& object, Keys... keys) {
  const boost::json::value* value = find(object, keys...);
  return value != nullptr && value->is_bool() && value->get_bool();
}

// Each throws a RequestError (InvalidParams) where the member is missing or of another kind.
const boost::json::value& member(const boost::json::value& object, std::string_view key);
std::string text_member(const boost::json::value& object, std::string_view key);
std::int64_t number_member(const boost::json::value& object, std::string_view key);

}  // namespace dynamo::lsp
