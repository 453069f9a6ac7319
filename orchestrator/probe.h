#pragma once
// One attempt of each kind of probe. An attempt never takes longer than its timeout, and throws nothing but
// operation_aborted when the coroutine that makes it is cancelled. When to try, how often, and what follows is
// decided elsewhere.
//
// To add a kind: a function here, a word in proto/plan.h, and a case where the run picks the probe.

#include "orchestrator/async.h"
#include "orchestrator/clock.h"
#include "orchestrator/launcher.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace dynamo {

inline constexpr std::chrono::seconds attempt_timeout{10};

struct ProbeResult {
  bool ok = false;
  std::string reason;     ///< why not, in words: "connection refused", "status 503", "no answer within 10 s"
  bool stranger = false;  ///< why not: somebody answers, but it is not this replica
  /// Why not: we ourselves were suspended, or have no descriptor or process left. It tells nothing about the replica.
  bool inconclusive = false;

  ProbeResult() = default;
  ProbeResult(bool is_ok, std::string why) : ok(is_ok), reason(std::move(why)) {}
  static ProbeResult good() { return ProbeResult(true, ""); }
  static ProbeResult bad(std::string why) { return ProbeResult(false, std::move(why)); }
  static ProbeResult unknown(std::string why) {
    ProbeResult result = bad(std::move(why));
    result.inconclusive = true;
    return result;
  }
};

/// A compiled pattern of the graph. Invalid ones are reported by the loader where the text is known; one that only
/// the run could complete is checked here: `error()` is then not empty and nothing matches.
class Pattern {
 public:
  explicit Pattern(const std::string& expression);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  /// Somewhere in `text`; it is not anchored.
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] std::string error() const;

 private:
  std::unique_ptr<re2::RE2> expression_;
};

/// Where an HTTP or TCP probe goes: a numeric host and a port, or the path of a unix socket.
struct ProbeAddress {
  std::string host;
  int port = 0;
  std::string socket_path;  ///< not empty: `host` and `port` do not count

  ProbeAddress() = default;
  ProbeAddress(std::string at_host, int at_port) : host(std::move(at_host)), port(at_port) {}
  explicit ProbeAddress(std::string path) : socket_path(std::move(path)) {}
};

struct HttpExpectation {
  std::string path = "/";
  std::optional<int> status;      ///< none: any 2xx
  const Pattern* body = nullptr;  ///< may be null; must outlive the attempt. Only the first MiB is looked at

  HttpExpectation() = default;
  HttpExpectation(std::string at_path, std::optional<int> wanted, const Pattern* pattern)
      : path(std::move(at_path)), status(wanted), body(pattern) {}
};

Awaitable<ProbeResult> probe_http(Clock& clock, ProbeAddress address, HttpExpectation expected,
                                  std::chrono::milliseconds timeout = attempt_timeout);
/// `grpc.health.v1.Health/Check` says SERVING; `service` may be empty.
Awaitable<ProbeResult> probe_grpc(Clock& clock, ProbeAddress address, std::string service,
                                  std::chrono::milliseconds timeout = attempt_timeout);
/// A connection is accepted.
Awaitable<ProbeResult> probe_connect(Clock& clock, ProbeAddress address,
                                     std::chrono::milliseconds timeout = attempt_timeout);
/// The command ends with status 0. Its whole tree is gone when this returns, also after a timeout or a cancel.
/// `spec.mark` must differ from the replica's. Its output is discarded unless descriptors are given.
Awaitable<ProbeResult> probe_exec(Clock& clock, ProcessLauncher& launcher, ProcessSpec spec,
                                  std::chrono::milliseconds timeout = attempt_timeout);

/// Remembers whether a line of this incarnation has matched: LogCapture::watch([&](auto line) { log.feed(line); }).
class LogProbe {
 public:
  LogProbe(const asio::any_io_executor& executor, const std::string& expression);

  void feed(std::string_view line);
  [[nodiscard]] bool matched() const { return matched_; }
  [[nodiscard]] std::string error() const { return pattern_.error(); }
  /// An earlier program has seen the line.
  void set_matched() { matched_ = true; }
  /// Forgets the match: for the next attempt of a `live` probe, or for a new incarnation.
  void reset() { matched_ = false; }
  /// Returns when a line has matched. Throws operation_aborted when cancelled.
  Awaitable<> wait();

 private:
  Pattern pattern_;
  bool matched_ = false;
  Condition changed_;
};

/// wait() with a deadline, as one attempt: "no matching line within 10 s".
Awaitable<ProbeResult> probe_log(Clock& clock, LogProbe& log, std::chrono::milliseconds timeout = attempt_timeout);

/// "10 s", "250 ms", "1.5 s"
std::string seconds_words(std::chrono::milliseconds time);

}  // namespace dynamo
