// The `grpc` probe: one call of grpc.health.v1.Health/Check, as
// https://github.com/grpc/grpc/blob/master/doc/health-checking.md describes it, over HTTP/2 without TLS. The library
// nghttp2 knows the frames; a message of the service is so small that it is written and read by hand:
//
//   HealthCheckRequest  { string service = 1; }      HealthCheckResponse { ServingStatus status = 1; }

#include "orchestrator/attempt.h"

#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

namespace dynamo {
namespace {

constexpr std::size_t longest_answer = 4096;
/// Of HealthCheckResponse.ServingStatus.
constexpr int serving = 1;
constexpr std::array<std::string_view, 4> serving_words = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
/// Of the status codes of gRPC.
constexpr int not_found = 5;
constexpr int unimplemented = 12;

void append_varint(std::string& text, std::size_t number) {
  for (; number >= 0x80; number >>= 7U) text += static_cast<char>((number & 0x7fU) | 0x80U);
  text += static_cast<char>(number);
}

/// A message as it travels: not compressed, its length, the bytes.
std::string request_for(std::string_view service) {
  std::string message;
  if (!service.empty()) {
    message += '\x0a';  // field 1, bytes
    append_varint(message, service.size());
    message += service;
  }
  std::string framed(1, '\0');
  for (const unsigned shift : {24U, 16U, 8U, 0U}) framed += static_cast<char>((message.size() >> shift) & 0xffU);
  return framed + message;
}

/// The status in such a message; none if there is no whole one.
std::optional<int> status_in(std::string_view framed) {
  constexpr std::size_t head = 5;
  if (framed.size() < head || framed[0] != '\0') return std::nullopt;
  std::size_t size = 0;
  for (std::size_t at = 1; at < head; ++at) size = size << 8U | static_cast<unsigned char>(framed[at]);
  framed.remove_prefix(head);
  if (framed.size() < size) return std::nullopt;
  framed = framed.substr(0, size);
  // The default of an enum is not written: an empty message says UNKNOWN.
  if (framed.empty()) return 0;
  constexpr char field_one_varint = '\x08';
  if (framed.size() < 2 || framed[0] != field_one_varint) return std::nullopt;
  return static_cast<unsigned char>(framed[1]);
}

/// What comes back from one call.
struct Call {
  std::string answer;
  std::optional<int> http_status;
  std::optional<int> grpc_status;
  std::string grpc_message;
  std::string request;
  std::size_t sent = 0;
  bool ended = false;
};

Call& call_of(void* user) { return *static_cast<Call*>(user); }

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {static_cast<const char*>(static_cast<const void*>(bytes)), size};
}

void take_number(std::string_view text, std::optional<int>& number) {
  int value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc()) number = value;
}

int on_header(nghttp2_session* /*session*/, const nghttp2_frame* /*frame*/, const std::uint8_t* name,
              std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/,
              void* user) {
  Call& call = call_of(user);
  const std::string_view header = view(name, name_size);
  const std::string_view text = view(value, value_size);
  if (header == ":status") take_number(text, call.http_status);
  if (header == "grpc-status") take_number(text, call.grpc_status);
  if (header == "grpc-message") call.grpc_message = text.substr(0, 200);
  return 0;
}

int on_data(nghttp2_session* /*session*/, std::uint8_t /*flags*/, std::int32_t /*stream*/, const std::uint8_t* data,
            std::size_t size, void* user) {
  Call& call = call_of(user);
  const std::size_t room = longest_answer - std::min(longest_answer, call.answer.size());
  call.answer += view(data, std::min(size, room));
  return 0;
}

int on_close(nghttp2_session* /*session*/, std::int32_t /*stream*/, std::uint32_t /*error*/, void* user) {
  call_of(user).ended = true;
  return 0;
}

ssize_t read_request(nghttp2_session* /*session*/, std::int32_t /*stream*/, std::uint8_t* buffer, std::size_t room,
                     std::uint32_t* flags, nghttp2_data_source* source, void* /*user*/) {
  Call& call = call_of(source->ptr);
  const std::size_t size = std::min(room, call.request.size() - call.sent);
  std::memcpy(buffer, call.request.data() + call.sent, size);
  call.sent += size;
  if (call.sent == call.request.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(size);
}

struct SessionDeleter {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
};
using Session = std::unique_ptr<nghttp2_session, SessionDeleter>;

Session begin_session(Call& call) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session* session = nullptr;
  nghttp2_session_client_new(&session, callbacks, &call);
  nghttp2_session_callbacks_del(callbacks);
  return Session(session);
}

nghttp2_nv header(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    // The library copies what it is given and never writes to it.
    return static_cast<std::uint8_t*>(static_cast<void*>(const_cast<char*>(text.data())));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

void submit(nghttp2_session* session, Call& call, std::string_view authority) {
  const std::array headers = {
      header(":method", "POST"),       header(":scheme", "http"), header(":path", "/grpc.health.v1.Health/Check"),
      header(":authority", authority), header("te", "trailers"),  header("content-type", "application/grpc"),
      header("user-agent", "dynamo"),
  };
  nghttp2_data_provider body{};
  body.source.ptr = &call;
  body.read_callback = read_request;
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  nghttp2_submit_request(session, nullptr, headers.data(), headers.size(), &body, nullptr);
}

/// All that the session has to say now.
std::string take_frames(nghttp2_session* session) {
  std::string frames;
  const std::uint8_t* bytes = nullptr;
  for (ssize_t size = 0; (size = nghttp2_session_mem_send(session, &bytes)) > 0;) {
    frames += view(bytes, static_cast<std::size_t>(size));
  }
  return frames;
}

ProbeResult judge(const Call& call) {
  if (call.http_status && *call.http_status != 200)
    return ProbeResult::bad(fmt::format("status {}", *call.http_status));
  if (call.grpc_status.value_or(0) == unimplemented) {
    return ProbeResult::bad("the server has no service grpc.health.v1.Health");
  }
  if (call.grpc_status.value_or(0) == not_found) return ProbeResult::bad("the server does not know the service");
  if (call.grpc_status.value_or(0) != 0) {
    return ProbeResult::bad(
        fmt::format("gRPC status {}{}{}", *call.grpc_status, call.grpc_message.empty() ? "" : ": ", call.grpc_message));
  }
  const std::optional<int> status = status_in(call.answer);
  if (!status) return ProbeResult::bad("the answer is not one of grpc.health.v1");
  if (*status == serving) return ProbeResult::good();
  const auto place = static_cast<std::size_t>(*status);
  return ProbeResult::bad(place < serving_words.size() ? std::string(serving_words[place])
                                                       : fmt::format("health status {}", *status));
}

Awaitable<ProbeResult> check_health(ProbeAddress address, std::string service) {
  ProbeSocket socket(co_await asio::this_coro::executor);
  ProbeResult connected = co_await connect_to(socket, address);
  if (!connected.ok) co_return connected;

  Call call;
  call.request = request_for(service);
  const Session session = begin_session(call);
  const std::string authority =
      address.socket_path.empty() ? fmt::format("{}:{}", address.host, address.port) : std::string("localhost");
  submit(session.get(), call, authority);

  std::array<char, 8192> piece{};
  while (!call.ended) {
    // In one piece: small writes would wait for each other's acknowledgement.
    const std::string frames = take_frames(session.get());
    if (!frames.empty()) {
      const auto [error, ignored] = co_await asio::async_write(socket, asio::buffer(frames), quiet);
      if (error && !is_hang_up(error)) co_return ProbeResult::bad(reason_words(error));
    }
    const auto [error, count] = co_await socket.async_read_some(asio::buffer(piece), quiet);
    if (error) co_return ProbeResult::bad(is_hang_up(error) ? std::string(no_answer) : reason_words(error));
    const auto* bytes = static_cast<const std::uint8_t*>(static_cast<const void*>(piece.data()));
    if (nghttp2_session_mem_recv(session.get(), bytes, count) < 0) {
      co_return ProbeResult::bad("the answer is not HTTP/2");
    }
  }
  co_return judge(call);
}

}  // namespace

Awaitable<ProbeResult> probe_grpc(Clock& clock, ProbeAddress address, std::string service,
                                  std::chrono::milliseconds timeout) {
  co_return co_await attempt(clock, timeout, check_health(std::move(address), std::move(service)));
}

}  // namespace dynamo
