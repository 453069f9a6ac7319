// notify_ready FILE [MESSAGE]: tells NOTIFY_SOCKET that it is ready when the test creates FILE.

#include "tests/workers/worker.h"

#include <sys/un.h>

#include <algorithm>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string path = worker::variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return 3;
  std::copy(path.begin(), path.end(), address.sun_path);
  worker::wait_for_file(argv[1]);
  const std::string message = argc > 2 ? argv[2] : "READY=1\n";
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (::sendto(fd, message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address) <
      0) {
    worker::give_up("sendto");
  }
  worker::say("told");
  worker::serve(-1);
}
