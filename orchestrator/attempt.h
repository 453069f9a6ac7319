#pragma once
// What the kinds of probes share: an operation with a deadline, an open connection, reasons in words. Not for others.

#include "orchestrator/async.h"
#include "orchestrator/clock.h"
#include "orchestrator/probe.h"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace dynamo {

/// Runs `operation`, which does not throw unless it is cancelled, for at most `timeout`; afterwards the result is
/// "`what` within 10 s".
Awaitable<ProbeResult> attempt(Clock& clock, std::chrono::milliseconds timeout, Awaitable<ProbeResult> operation,
                               std::string_view what = "no answer");

using ProbeSocket = asio::generic::stream_protocol::socket;

/// Connects; the result says why not.
Awaitable<ProbeResult> connect_to(ProbeSocket& socket, const ProbeAddress& address);

/// A timer that goes off so late means that this process did not run.
inline constexpr std::chrono::milliseconds held_up{200};

/// No more descriptors or memory for us: nothing that the other side could mend.
bool is_own_shortage(int error);

/// "connection refused"
std::string reason_words(const boost::system::error_code& error);

/// Whether `error` of a read or a write says that the other side hung up. Which of the three it is depends on the
/// instant; a write that meets it may still leave an answer to read.
bool is_hang_up(const boost::system::error_code& error);

/// The reason of a probe whose question was not answered.
inline constexpr std::string_view no_answer = "the connection was closed without an answer";

}  // namespace dynamo
