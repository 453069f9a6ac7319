#include "orchestrator/async.h"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

namespace dynamo {

Awaitable<> Condition::wait() {
  // The timer ends in the same way for a notification and for a cancelled coroutine; the two are told apart by the
  // state of the coroutine, because the condition itself may be gone by now.
  co_await timer_.async_wait(quiet);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

}  // namespace dynamo
