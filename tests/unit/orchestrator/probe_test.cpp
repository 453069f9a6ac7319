#include "orchestrator/probe.h"

#include "orchestrator/notify_socket.h"
#include "orchestrator/ports.h"
#include "orchestrator/task_group.h"
#include "tests/unit/orchestrator/kernel_test.h"

#include <gmock/gmock.h>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <thread>

namespace dynamo {
namespace {

using namespace std::chrono_literals;

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using boost::asio::experimental::awaitable_operators::operator||;

/// Answers one connection with fixed bytes, and keeps what it was asked.
class Answering {
 public:
  Answering(const asio::any_io_executor& executor, std::string answer, bool closes = true)
      : acceptor_(executor, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        answer_(std::move(answer)),
        closes_(closes),
        tasks_(executor) {
    tasks_.spawn(serve());
  }
  [[nodiscard]] int port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] const std::string& request() const { return request_; }
  TaskGroup& tasks() { return tasks_; }

 private:
  Awaitable<> serve() {
    auto [accept_error, socket] = co_await acceptor_.async_accept(quiet);
    if (accept_error) co_return;
    std::array<char, 4096> bytes{};
    const auto [error, count] = co_await socket.async_read_some(asio::buffer(bytes), quiet);
    request_.assign(bytes.data(), count);
    co_await asio::async_write(socket, asio::buffer(answer_), quiet);
    // A server that does not close: until the client does.
    if (!closes_) co_await socket.async_read_some(asio::buffer(bytes), quiet);
  }

  asio::ip::tcp::acceptor acceptor_;
  std::string answer_;
  bool closes_;
  std::string request_;
  TaskGroup tasks_;
};

class Probes : public test::KernelTest {
 protected:
  ProbeResult ask(std::string answer, HttpExpectation expected = {}, bool closes = true,
                  std::chrono::milliseconds timeout = 10s) {
    Answering server(context_.get_executor(), std::move(answer), closes);
    ProbeResult result =
        run(probe_http(clock_, ProbeAddress("127.0.0.1", server.port()), std::move(expected), timeout));
    server.tasks().cancel();
    run(server.tasks().join());
    request_ = server.request();
    return result;
  }
  int unused_port() {
    PortRegistry registry(folder_.path() / "ports");
    return *registry.allocate();
  }
  std::string request_;
};

TEST_F(Probes, AcceptAny2xxStatus) {
  EXPECT_TRUE(ask("HTTP/1.1 204 No Content\r\n\r\n").ok);
  EXPECT_EQ(ask("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n").reason, "status 503");
  EXPECT_EQ(ask("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n").reason, "status 302");
}

TEST_F(Probes, AcceptOnlyTheStatusThatIsWanted) {
  EXPECT_TRUE(ask("HTTP/1.1 404 Not Found\r\n\r\n", HttpExpectation("/", 404, nullptr)).ok);
  EXPECT_EQ(ask("HTTP/1.1 200 OK\r\n\r\n", HttpExpectation("/", 404, nullptr)).reason, "status 200");
}

TEST_F(Probes, AskAsABrowserWould) {
  ask("HTTP/1.1 200 OK\r\n\r\n", HttpExpectation("/health?deep=1", std::nullopt, nullptr));
  EXPECT_THAT(request_, StartsWith("GET /health?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
}

TEST_F(Probes, MatchTheBodyHoweverItIsSent) {
  const Pattern ready("\"status\": *\"ready\"");
  const HttpExpectation wanted("/", std::nullopt, &ready);
  EXPECT_TRUE(ask("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"status\":\"ready\"}", wanted, false).ok);
  EXPECT_TRUE(ask("HTTP/1.1 200 OK\r\n\r\n{\"status\": \"ready\"}", wanted).ok);
  EXPECT_TRUE(ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"status\"\r\n9\r\n:\"ready\"}\r\n"
                  "0\r\n\r\n",
                  wanted, false)
                  .ok);
  EXPECT_EQ(ask("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", wanted).reason, "the body does not match");
}

TEST_F(Probes, ReadAtMostAMebibyteOfABody) {
  const Pattern wanted("needle");
  const std::string hay(std::size_t{4} << 20U, 'x');
  const ProbeResult result =
      ask("HTTP/1.1 200 OK\r\n\r\n" + hay + "needle", HttpExpectation("/", std::nullopt, &wanted));
  EXPECT_EQ(result.reason, "the body does not match");
}

TEST_F(Probes, TellWhatIsNotHttp) {
  EXPECT_THAT(ask("220 mail.example ESMTP\r\n").reason, StartsWith("the answer is not HTTP: "));
  EXPECT_EQ(ask("").reason, "the connection was closed without an answer");
}

/// The client may meet the end while it writes or while it reads: both are the same to a user.
TEST_F(Probes, TellAServerThatHangsUpAlwaysInTheSameWords) {
  constexpr int rounds = 50;
  asio::io_context elsewhere;
  asio::ip::tcp::acceptor acceptor(elsewhere, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const std::jthread server([&acceptor] {
    for (int round = 0; round < 2 * rounds; ++round) acceptor.accept();
  });
  const ProbeAddress address("127.0.0.1", acceptor.local_endpoint().port());
  for (int round = 0; round < rounds; ++round) {
    EXPECT_EQ(run(probe_http(clock_, address, HttpExpectation())).reason,
              "the connection was closed without an answer");
    EXPECT_EQ(run(probe_grpc(clock_, address, "")).reason, "the connection was closed without an answer");
  }
}

TEST_F(Probes, GiveUpInTime) {
  const auto before = clock_.now();
  EXPECT_EQ(ask("", {}, false, 80ms).reason, "no answer within 80 ms");
  EXPECT_EQ(ask("HTTP/1.1 200 OK\r\n", {}, false, 80ms).reason, "no answer within 80 ms");
  const Pattern any("x");
  EXPECT_EQ(ask("HTTP/1.1 200 OK\r\n\r\n", HttpExpectation("/", std::nullopt, &any), false, 80ms).reason,
            "no answer within 80 ms");
  EXPECT_GE(clock_.now() - before, 240ms);
}

TEST_F(Probes, TellARefusedConnection) {
  const ProbeAddress nobody("127.0.0.1", unused_port());
  EXPECT_EQ(run(probe_http(clock_, nobody, HttpExpectation())).reason, "connection refused");
  EXPECT_EQ(run(probe_connect(clock_, nobody)).reason, "connection refused");
  EXPECT_EQ(run(probe_connect(clock_, ProbeAddress("example.org", 80))).reason,
            "`example.org` is not a numeric address");
  EXPECT_EQ(run(probe_connect(clock_, ProbeAddress(folder_.file("socket")))).reason, "no such file or directory");
  EXPECT_EQ(run(probe_connect(clock_, ProbeAddress(std::string(200, '/')))).reason, "the socket's path is too long");
}

TEST_F(Probes, ConnectToPortsAndPaths) {
  const int port = unused_port();
  const auto tcp = listen_tcp("0.0.0.0", port);
  EXPECT_TRUE(run(probe_connect(clock_, ProbeAddress("0.0.0.0", port))).ok) << "all addresses: the loopback one";
  const auto unix_socket = listen_unix(folder_.file("socket"));
  EXPECT_TRUE(run(probe_connect(clock_, ProbeAddress(folder_.file("socket")))).ok);
}

TEST_F(Probes, RunCommands) {
  EXPECT_TRUE(run(probe_exec(clock_, launcher_, shell("exit 0"))).ok);
  EXPECT_EQ(run(probe_exec(clock_, launcher_, shell("exit 4"))).reason, "exit status 4");
  EXPECT_EQ(run(probe_exec(clock_, launcher_, shell("kill -9 $$"))).reason, "killed by SIGKILL");
  ProcessSpec missing = shell("");
  missing.program = "/nowhere/check";
  EXPECT_EQ(run(probe_exec(clock_, launcher_, missing)).reason,
            "cannot execute `/nowhere/check`: No such file or directory");
}

TEST_F(Probes, LeaveNothingOfACommandThatHangs) {
  const ProbeResult result = run(probe_exec(clock_, launcher_, shell("trap '' TERM; sleep 60 & sleep 60"), 100ms));
  EXPECT_EQ(result.reason, "not finished within 100 ms");
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST_F(Probes, LeaveNothingOfACommandWhoseChildStays) {
  EXPECT_TRUE(run(probe_exec(clock_, launcher_, shell("sleep 60 & exit 0"))).ok);
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST_F(Probes, LeaveNothingOfACommandWhenTheyAreCancelled) {
  const auto soon = clock_.now() + 50ms;
  const std::size_t winner = run(
      [](Clock& clock, ProcessLauncher& launcher, ProcessSpec spec, Clock::TimePoint when) -> Awaitable<std::size_t> {
        const auto first = co_await (probe_exec(clock, launcher, std::move(spec)) || clock.sleep_until(when));
        co_return first.index();
      }(clock_, launcher_, shell("sleep 60 & sleep 60"), soon));
  EXPECT_EQ(winner, 1U);
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST_F(Probes, FindALine) {
  LogProbe log(context_.get_executor(), "ready on port \\d+");
  EXPECT_EQ(log.error(), "");
  log.feed("not yet");
  EXPECT_EQ(run(probe_log(clock_, log, 20ms)).reason, "no matching line within 20 ms");
  log.feed("INFO ready on port 80.");
  log.feed("more");
  EXPECT_TRUE(run(probe_log(clock_, log)).ok);
  log.reset();
  EXPECT_FALSE(log.matched());
}

TEST_F(Probes, TellABadPattern) {
  LogProbe log(context_.get_executor(), "(");
  EXPECT_THAT(log.error(), HasSubstr("missing )"));
  log.feed("(");
  EXPECT_FALSE(log.matched());
}

TEST_F(Probes, TellTimesInWords) {
  EXPECT_EQ(seconds_words(10s), "10 s");
  EXPECT_EQ(seconds_words(1500ms), "1.5 s");
  EXPECT_EQ(seconds_words(250ms), "250 ms");
}

class Notify : public test::KernelTest {
 protected:
  void send(const std::string& text) {
    const FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(::sendto(socket.get(), text.data(), text.size(), 0,
                       static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address),
              static_cast<ssize_t>(text.size()));
  }
  std::string path_ = folder_.file("notify");
};

TEST_F(Notify, HearsThatAWorkerIsReady) {
  auto socket = NotifySocket::open(context_.get_executor(), path_);
  ASSERT_TRUE(socket) << socket.error().message();
  send("STATUS=loading weights\n");
  send("WATCHDOG=1\nREADY=0");
  EXPECT_TRUE(loop_while_waiting_for([&] { return (*socket)->status() == "loading weights"; }));
  EXPECT_FALSE((*socket)->ready());
  send("MAINPID=1\nREADY=1\nSTATUS=serving");
  run((*socket)->wait_ready());
  EXPECT_EQ((*socket)->status(), "serving");
  EXPECT_FALSE((*socket)->stopping());
  send("STOPPING=1");
  EXPECT_TRUE(loop_while_waiting_for([&] { return (*socket)->stopping(); }));
  socket->reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Notify, HearsAShortLivedSender) {
  auto socket = NotifySocket::open(context_.get_executor(), path_);
  ASSERT_TRUE(socket);
  ProcessSpec spec = shell(R"(exec python3 -c 'import os, socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])')");
  spec.environment = {"PATH=" + std::string(std::getenv("PATH")), "NOTIFY_SOCKET=" + path_};
  auto process = start(spec);
  EXPECT_TRUE(run(process->wait()).success());
  run(process->kill_tree());
  run((*socket)->wait_ready());
}

TEST_F(Notify, TellsAPathThatIsTooLong) {
  const auto socket = NotifySocket::open(context_.get_executor(), folder_.path() / std::string(120, 'x'));
  ASSERT_FALSE(socket);
  EXPECT_THAT(socket.error().message(), HasSubstr("File name too long"));
}

}  // namespace
}  // namespace dynamo
