#include "orchestrator/socket_owner.h"

#include "orchestrator/ports.h"
#include "tests/unit/orchestrator/kernel_test.h"

namespace dynamo {
namespace {

using namespace std::chrono_literals;

/// Listens on 127.0.0.1:PORT or on a path, and then writes its number to `up`.
constexpr const char* listener = R"(
import socket, os, sys, time
where = sys.argv[1]
s = socket.socket(socket.AF_UNIX if '/' in where else socket.AF_INET)
s.bind(where if '/' in where else ('127.0.0.1', int(where)))
s.listen()
open('up.new', 'w').write(str(os.getpid()) + '\n')
os.rename('up.new', 'up')
time.sleep(1000)
)";

class SocketOwner : public test::KernelTest {
 protected:
  std::unique_ptr<Process> start_listener(const std::string& where, bool daemon) {
    ProcessSpec spec = shell("");
    spec.environment = {"PATH=" + std::string(std::getenv("PATH"))};
    const char* as_child = "python3 -c \"$0\" \"$1\"; true";
    const char* as_daemon = "setsid sh -c 'python3 -c \"$0\" \"$1\" & exit' \"$0\" \"$1\"; exec sleep 1000";
    spec.arguments = {"sh", "-c", daemon ? as_daemon : as_child, listener, where};
    spec.mark = "/runs/1#a/0#1";
    auto process = start(spec);
    wait_for_pid("up");
    return process;
  }
  /// Reserved as a run does it until the test ends, so that no run beside it takes the port.
  int free_port() { return *registry_.allocate(); }
  PortRegistry registry_;
};

TEST_F(SocketOwner, IsNobodyAtFirst) {
  EXPECT_EQ(ListeningSockets::read().tcp(free_port(), {::getpid()}), Listening::Nobody);
  EXPECT_EQ(ListeningSockets::read().unix_path(folder_.file("socket"), {::getpid()}), Listening::Nobody);
}

TEST_F(SocketOwner, IsAnyProcessOfTheTree) {
  const int port = free_port();
  auto process = start_listener(std::to_string(port), false);
  EXPECT_EQ(ListeningSockets::read().tcp(port, process->tree()), Listening::Own);
  EXPECT_EQ(ListeningSockets::read().tcp(port, {::getpid()}), Listening::Stranger);
  run(process->kill_tree());
  EXPECT_EQ(ListeningSockets::read().tcp(port, process->tree()), Listening::Nobody);
}

TEST_F(SocketOwner, IsADaemonToo) {
  const int port = free_port();
  auto process = start_listener(std::to_string(port), true);
  EXPECT_TRUE(
      loop_while_waiting_for([&] { return ListeningSockets::read().tcp(port, process->tree()) == Listening::Own; }));
  run(process->kill_tree());
}

TEST_F(SocketOwner, OfAPathIsFoundAsWell) {
  const std::string path = folder_.file("a socket");
  auto process = start_listener(path, false);
  EXPECT_EQ(ListeningSockets::read().unix_path(path, process->tree()), Listening::Own);
  EXPECT_EQ(ListeningSockets::read().unix_path(path, {::getpid()}), Listening::Stranger);
  run(process->kill_tree());
}

TEST_F(SocketOwner, IsCheapToAsk) {
  const int port = free_port();
  auto process = start_listener(std::to_string(port), false);
  const auto before = clock_.now();
  constexpr int replicas = 100;
  const ListeningSockets sockets = ListeningSockets::read();
  for (int i = 0; i < replicas; ++i) EXPECT_EQ(sockets.tcp(port, process->tree()), Listening::Own);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - before);
  RecordProperty("microseconds_for_100_replicas", static_cast<int>(took.count()));
  EXPECT_LT(took, 500ms) << "a round of checks is made once a second";
  run(process->kill_tree());
}

}  // namespace
}  // namespace dynamo
