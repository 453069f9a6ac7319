// The `tcp` probe, and what it shares with the others.

#include "orchestrator/attempt.h"
#include "orchestrator/ports.h"

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>

#include <cctype>
#include <cerrno>
#include <utility>

namespace dynamo {

Awaitable<ProbeResult> attempt(Clock& clock, std::chrono::milliseconds timeout, Awaitable<ProbeResult> operation,
                               std::string_view what) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const auto deadline = clock.now() + timeout;
  auto winner = co_await (std::move(operation) || clock.sleep_until(deadline));
  if (winner.index() == 0) co_return std::get<0>(std::move(winner));
  ProbeResult result = ProbeResult::bad(fmt::format("{} within {}", what, seconds_words(timeout)));
  // An answer may lie there that we, who were not running, have not seen.
  result.inconclusive = clock.now() - deadline > held_up;
  co_return result;
}

bool is_own_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS; }

std::string reason_words(const boost::system::error_code& error) {
  std::string words = error.message();
  if (!words.empty()) words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
  return words;
}

bool is_hang_up(const boost::system::error_code& error) {
  return error == asio::error::eof || error == asio::error::broken_pipe || error == asio::error::connection_reset;
}

Awaitable<ProbeResult> connect_to(ProbeSocket& socket, const ProbeAddress& address) {
  asio::generic::stream_protocol::endpoint endpoint;
  if (address.socket_path.empty()) {
    boost::system::error_code invalid;
    const auto ip = asio::ip::make_address(connectable_host(address.host), invalid);
    if (invalid) co_return ProbeResult::bad(fmt::format("`{}` is not a numeric address", address.host));
    endpoint = asio::ip::tcp::endpoint(ip, static_cast<std::uint16_t>(address.port));
  } else {
    if (address.socket_path.size() > longest_socket_path) co_return ProbeResult::bad("the socket's path is too long");
    endpoint = asio::local::stream_protocol::endpoint(address.socket_path);
  }
  const auto [error] = co_await socket.async_connect(endpoint, quiet);
  if (error && is_own_shortage(error.value())) co_return ProbeResult::unknown(reason_words(error));
  if (error) co_return ProbeResult::bad(reason_words(error));
  co_return ProbeResult::good();
}

namespace {

Awaitable<ProbeResult> only_connect(ProbeAddress address) {
  ProbeSocket socket(co_await asio::this_coro::executor);
  co_return co_await connect_to(socket, address);
}

}  // namespace

Awaitable<ProbeResult> probe_connect(Clock& clock, ProbeAddress address, std::chrono::milliseconds timeout) {
  co_return co_await attempt(clock, timeout, only_connect(std::move(address)));
}

}  // namespace dynamo
