// grpc_health FILE: answers grpc.health.v1.Health/Check, NOT_SERVING until the test creates FILE; of the service
// `unknown` it has never heard.

#include "tests/workers/worker.h"

#include <nghttp2/nghttp2.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace {

const char* gate = "";

struct Connection {
  std::string request;
  std::string answer;
  std::size_t sent = 0;
  bool ended = false;
};

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

ssize_t read_answer(nghttp2_session* session, std::int32_t stream, std::uint8_t* buffer, std::size_t room,
                    std::uint32_t* flags, nghttp2_data_source* source, void* /*user*/) {
  auto& connection = *static_cast<Connection*>(source->ptr);
  const std::size_t size = std::min(room, connection.answer.size() - connection.sent);
  std::memcpy(buffer, connection.answer.data() + connection.sent, size);
  connection.sent += size;
  if (connection.sent == connection.answer.size()) {
    *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const std::array trailers = {field("grpc-status", "0")};
    nghttp2_submit_trailer(session, stream, trailers.data(), trailers.size());
  }
  return static_cast<ssize_t>(size);
}

int on_data(nghttp2_session* /*session*/, std::uint8_t /*flags*/, std::int32_t /*stream*/, const std::uint8_t* data,
            std::size_t size, void* user) {
  static_cast<Connection*>(user)->request.append(reinterpret_cast<const char*>(data), size);
  return 0;
}

int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
  auto& connection = *static_cast<Connection*>(user);
  if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0 || frame->hd.type != NGHTTP2_DATA) return 0;
  const std::array headers = {field(":status", "200"), field("content-type", "application/grpc")};
  if (connection.request.find("unknown") != std::string::npos) {
    const std::array only = {headers[0], headers[1], field("grpc-status", "5"), field("grpc-message", "unknown")};
    nghttp2_submit_response(session, frame->hd.stream_id, only.data(), only.size(), nullptr);
    return 0;
  }
  const char status = std::filesystem::exists(gate) ? '\x01' : '\x02';
  connection.answer = std::string("\0\0\0\0\x02\x08", 6) + status;
  nghttp2_data_provider body{};
  body.source.ptr = &connection;
  body.read_callback = read_answer;
  nghttp2_submit_response(session, frame->hd.stream_id, headers.data(), headers.size(), &body);
  return 0;
}

int on_close(nghttp2_session* /*session*/, std::int32_t /*stream*/, std::uint32_t /*error*/, void* user) {
  static_cast<Connection*>(user)->ended = true;
  return 0;
}

void answer(int client) {
  Connection connection;
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session* session = nullptr;
  nghttp2_session_server_new(&session, callbacks, &connection);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  std::array<std::uint8_t, 4096> piece{};
  while (!connection.ended) {
    const std::uint8_t* bytes = nullptr;
    for (ssize_t size = 0; (size = nghttp2_session_mem_send(session, &bytes)) > 0;) {
      if (::send(client, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL) != size) connection.ended = true;
    }
    if (connection.ended) break;
    const ssize_t count = ::recv(client, piece.data(), piece.size(), 0);
    if (count <= 0 || nghttp2_session_mem_recv(session, piece.data(), static_cast<std::size_t>(count)) < 0) break;
  }
  nghttp2_session_del(session);
  // To close a connection with unread bytes in it resets it, and what was not sent yet is lost.
  ::shutdown(client, SHUT_WR);
  while (::recv(client, piece.data(), piece.size(), 0) > 0) {
  }
  ::close(client);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  gate = argv[1];
  const int listener = worker::listen_on_port();
  for (;;) {
    const int client = ::accept(listener, nullptr, nullptr);
    if (client >= 0) answer(client);
  }
}
