// The `exec` probe: a command of its own session, whose tree never outlives the attempt.

#include "orchestrator/attempt.h"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <exception>
#include <utility>

namespace dynamo {

namespace {

Awaitable<ProbeResult> wait_for_end(Process& process) {
  const ExitStatus status = co_await process.wait();
  co_return status.success() ? ProbeResult::good() : ProbeResult::bad(status.words());
}

}  // namespace

Awaitable<ProbeResult> probe_exec(Clock& clock, ProcessLauncher& launcher, ProcessSpec spec,
                                  std::chrono::milliseconds timeout) {
  LaunchResult launched = launcher.launch(spec);
  if (!launched) {
    // EAGAIN: no more processes.
    const int error = launched.error().error;
    if (is_own_shortage(error) || error == EAGAIN) co_return ProbeResult::unknown(launched.error().words());
    co_return ProbeResult::bad(launched.error().words());
  }
  const std::unique_ptr<Process> process = std::move(*launched);
  ProbeResult result;
  std::exception_ptr error;
  try {
    result = co_await attempt(clock, timeout, wait_for_end(*process), "not finished");
  } catch (...) {
    error = std::current_exception();
  }
  // Also when we are cancelled, the tree is ended before we go.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await process->kill_tree();
  co_await asio::this_coro::throw_if_cancelled(true);
  if (error) std::rethrow_exception(error);
  co_return result;
}

}  // namespace dynamo
