#include "cli/output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace dynamo {

void DescriptorOutput::write(std::string_view text) {
  while (!text.empty() && !closed_) {
    const ssize_t count = ::write(descriptor_, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      // Somebody who shares the terminal with us made it non-blocking.
      pollfd wait{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      closed_ = true;
    }
  }
}

}  // namespace dynamo
