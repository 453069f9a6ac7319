#include "orchestrator/ports.h"

#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <set>

namespace dynamo {
namespace {

using boost::system::errc::address_in_use;
using ::testing::HasSubstr;

class Ports : public test::KernelTest {
 protected:
  Ports() { std::filesystem::create_directory(locks_); }
  std::filesystem::path locks_ = folder_.path() / "ports";
};

TEST_F(Ports, AreDifferentAndFree) {
  PortRegistry registry(locks_);
  std::set<int> seen;
  for (int i = 0; i < 100; ++i) {
    const auto port = registry.allocate();
    ASSERT_TRUE(port) << port.error().message();
    EXPECT_GE(*port, PortRegistry::first_auto);
    EXPECT_LE(*port, PortRegistry::last_auto);
    EXPECT_TRUE(seen.insert(*port).second);
    EXPECT_TRUE(listen_tcp("127.0.0.1", *port));
    EXPECT_TRUE(listen_tcp("0.0.0.0", *port));
  }
}

TEST_F(Ports, AreNeverChosenByTwoRuns) {
  PortRegistry one(locks_);
  PortRegistry other(locks_);
  const auto port = one.allocate();
  ASSERT_TRUE(port);
  const auto taken = other.reserve(*port);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().error, address_in_use);
  const auto holder = other.who_holds(*port);
  ASSERT_TRUE(holder);
  EXPECT_TRUE(holder->other_run);
  EXPECT_EQ(holder->words(), "another run of dynamo (pid " + std::to_string(::getpid()) + ")");
  one.release(*port);
  EXPECT_TRUE(other.reserve(*port));
}

TEST_F(Ports, AreFreeAgainHoweverTheRunEnded) {
  PortRegistry registry(locks_);
  const int port = *registry.allocate();
  registry.release(port);
  const pid_t pid = ::fork();
  if (pid == 0) {
    PortRegistry theirs(locks_);
    if (theirs.reserve(port)) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it had reserved the port";
  EXPECT_TRUE(registry.reserve(port)) << "the stale file is harmless";
}

TEST_F(Ports, AreRefusedWhileSomebodyListensAndTellWho) {
  PortRegistry registry(locks_);
  const int port = *registry.allocate();
  registry.release(port);
  const auto listener = listen_tcp("127.0.0.1", port);
  ASSERT_TRUE(listener);
  const auto taken = registry.reserve(port);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().message(), "cannot bind 127.0.0.1:" + std::to_string(port) + ": Address already in use");
  const auto holder = registry.who_holds(port);
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->pid, ::getpid());
  EXPECT_EQ(holder->words(), "`" + read_process(::getpid())->name + "` (pid " + std::to_string(::getpid()) + ")");
}

TEST_F(Ports, AreRefusedWhileSomebodyListensOnAnotherAddressOfOurs) {
  PortRegistry registry(locks_);
  const int port = *registry.allocate();
  registry.release(port);
  const auto listener = listen_tcp("0.0.0.0", port);
  ASSERT_TRUE(listener);
  EXPECT_FALSE(registry.reserve(port));
}

TEST_F(Ports, AreUsableRightAfterAServerHasClosedConnections) {
  PortRegistry registry(locks_);
  const int port = *registry.allocate();
  {
    const auto listener = listen_tcp("127.0.0.1", port);
    const FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(client.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address),
              0);
    // The server closes first: its end stays in TIME_WAIT.
    FileDescriptor(::accept(listener->get(), nullptr, nullptr)).close();
  }
  registry.release(port);
  EXPECT_TRUE(registry.reserve(port));
}

TEST_F(Ports, WorkWithoutAFolderForLocks) {
  std::filesystem::create_symlink("/etc", folder_.path() / "link");
  PortRegistry registry(folder_.path() / "link");
  EXPECT_TRUE(registry.allocate()) << "they are still checked by binding them";
  EXPECT_FALSE(std::filesystem::exists("/etc/" + std::to_string(*registry.allocate())));
}

TEST_F(Ports, RefuseAddressesOfOtherHosts) {
  PortRegistry registry(locks_);
  const auto port = registry.allocate("192.0.2.1");
  ASSERT_FALSE(port);
  EXPECT_THAT(port.error().message(), HasSubstr("192.0.2.1"));
}

TEST_F(Ports, ListenForWorkersInBlockingMode) {
  PortRegistry registry(locks_);
  const auto socket = listen_tcp("127.0.0.1", *registry.allocate());
  ASSERT_TRUE(socket);
  EXPECT_EQ(::fcntl(socket->get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(socket->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(Ports, ReplaceOnlyStaleSocketFiles) {
  const std::string path = folder_.file("socket");
  {
    const auto first = listen_unix(path);
    ASSERT_TRUE(first) << first.error().message();
    struct stat facts {};
    ::stat(path.c_str(), &facts);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    remove_stale_socket(path);
    EXPECT_TRUE(std::filesystem::exists(path)) << "somebody listens";
    const auto second = listen_unix(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().error, address_in_use);
  }
  EXPECT_TRUE(std::filesystem::exists(path)) << "the file outlives its listener";
  EXPECT_TRUE(listen_unix(path));
  remove_stale_socket(path);
  EXPECT_FALSE(std::filesystem::exists(path));
  std::ofstream(path) << "precious";
  remove_stale_socket(path);
  EXPECT_EQ(test::contents(path), "precious");
  EXPECT_FALSE(listen_unix(path));
}

TEST_F(Ports, TellAPathThatIsTooLong) {
  const auto socket = listen_unix(folder_.path() / std::string(200, 'x'));
  ASSERT_FALSE(socket);
  EXPECT_THAT(socket.error().message(), HasSubstr("File name too long"));
}

}  // namespace
}  // namespace dynamo
