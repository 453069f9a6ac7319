// notify_ready FILE [MESSAGE...]: tells NOTIFY_SOCKET that it is ready when the test creates FILE. The second message
// is sent when there is FILE.2, the third with FILE.3.

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
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const std::string file = argv[1];
  for (int number = 1; number == 1 || number + 1 < argc; ++number) {
    worker::wait_for_file(number == 1 ? file : file + "." + std::to_string(number));
    const std::string message = argc > 2 ? argv[number + 1] : "READY=1\n";
    if (::sendto(fd, message.data(), message.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof address) <
        0) {
      worker::give_up("sendto");
    }
    worker::say("told");
  }
  worker::serve(-1);
}
