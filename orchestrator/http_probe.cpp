// The `http` probe. Beast is slow to compile: it is included here and nowhere else among the probes.

#include "orchestrator/attempt.h"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <utility>

namespace dynamo {

namespace {

namespace http = boost::beast::http;

constexpr std::size_t longest_body = std::size_t{1} << 20U;

std::string host_header(const ProbeAddress& address) {
  if (!address.socket_path.empty()) return "localhost";
  const bool v6 = address.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", address.host, address.port) : fmt::format("{}:{}", address.host, address.port);
}

bool is_wanted(int status, const std::optional<int>& wanted) {
  return wanted ? status == *wanted : status >= 200 && status < 300;
}

/// Beast has one sentence for a server that closes early, written for programmers.
std::string http_reason(const boost::system::error_code& error) {
  if (is_hang_up(error) || error == http::error::end_of_stream || error == http::error::partial_message) {
    return std::string(no_answer);
  }
  if (error.category() == http::make_error_code(http::error::bad_version).category()) {
    return fmt::format("the answer is not HTTP: {}", error.message());
  }
  return reason_words(error);
}

using Parser = http::response_parser<http::buffer_body>;

Awaitable<std::string> read_body(ProbeSocket& socket, boost::beast::flat_buffer& buffer, Parser& parser) {
  std::string body;
  std::array<char, 8192> piece{};
  while (!parser.is_done() && body.size() < longest_body) {
    parser.get().body().data = piece.data();
    parser.get().body().size = piece.size();
    const auto [error, ignored] = co_await http::async_read_some(socket, buffer, parser, quiet);
    body.append(piece.data(), piece.size() - parser.get().body().size);
    if (error && error != http::error::need_buffer) break;
  }
  co_return body;
}

Awaitable<ProbeResult> ask(ProbeAddress address, HttpExpectation expected) {
  ProbeSocket socket(co_await asio::this_coro::executor);
  ProbeResult connected = co_await connect_to(socket, address);
  if (!connected.ok) co_return connected;

  constexpr unsigned version = 11;
  http::request<http::empty_body> request(http::verb::get, expected.path, version);
  request.set(http::field::host, host_header(address));
  request.set(http::field::user_agent, "dynamo");
  request.set(http::field::accept, "*/*");
  request.set(http::field::connection, "close");
  const auto [write_error, written] = co_await http::async_write(socket, request, quiet);
  if (write_error && !is_hang_up(write_error)) co_return ProbeResult::bad(http_reason(write_error));

  boost::beast::flat_buffer buffer;
  Parser parser;
  parser.body_limit(boost::none);
  const auto [read_error, read] = co_await http::async_read_header(socket, buffer, parser, quiet);
  if (read_error) co_return ProbeResult::bad(http_reason(read_error));

  const int status = static_cast<int>(parser.get().result_int());
  if (!is_wanted(status, expected.status)) co_return ProbeResult::bad(fmt::format("status {}", status));
  if (expected.body == nullptr) co_return ProbeResult::good();
  const std::string body = co_await read_body(socket, buffer, parser);
  if (expected.body->matches(body)) co_return ProbeResult::good();
  co_return ProbeResult::bad("the body does not match");
}

}  // namespace

Awaitable<ProbeResult> probe_http(Clock& clock, ProbeAddress address, HttpExpectation expected,
                                  std::chrono::milliseconds timeout) {
  co_return co_await attempt(clock, timeout, ask(std::move(address), std::move(expected)));
}

}  // namespace dynamo
