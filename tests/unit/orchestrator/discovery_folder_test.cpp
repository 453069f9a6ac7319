#include "orchestrator/discovery_folder.h"

#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <sys/stat.h>

#include <set>
#include <string>

namespace dynamo {
namespace {

using boost::asio::ip::tcp;
using ::testing::ElementsAre;

/// A folder as two workers of Dynamo 1.6.1 leave it. Number 1 lives: its sockets are open as long as the test.
class DiscoveryFolder : public ::testing::Test {
 protected:
  DiscoveryFolder() : request_plane_(context_, {tcp::v4(), 0}), events_(context_, {tcp::v4(), 0}) {
    add_worker(1, request_plane_.local_endpoint().port(), events_.local_endpoint().port());
    add_worker(18446744073709551615U, unused_port(), unused_port());
  }

  void add_worker(std::uint64_t id, int request_port, int event_port) {
    const std::string hex = fmt::format("{:x}", id);
    folder_.write("v1/instances/space%2Fbackend%2Fgenerate%2F" + hex,
                  fmt::format(R"({{"type":"Endpoint","component":"backend","endpoint":"generate","instance_id":{},)"
                              R"("transport":{{"tcp":"127.0.0.1:{}/{}/space/backend/generate"}}}})",
                              id, request_port, hex));
    folder_.write("v1/mdc/space%2Fbackend%2Fgenerate%2F" + hex,
                  fmt::format(R"({{"type":"Model","instance_id":{},"card_json":{{"display_name":"m"}}}})", id));
    folder_.write(
        "v1/event_sources/" + hex,
        fmt::format(R"({{"type":"EventSource","metadata":{{"worker":{{"worker_id":{},"dp_rank":0}}}}}})", id));
    folder_.write("v1/event_channels/" + hex,
                  fmt::format(R"({{"type":"EventChannel","instance_id":7,"transport":{{"kind":"Zmq",)"
                              R"("config":{{"endpoint":"tcp://127.0.0.1:{}"}}}}}})",
                              event_port));
  }

  /// One that was free a moment ago, and of which we know that nobody listens on it.
  int unused_port() {
    tcp::acceptor probe(context_, {tcp::v4(), 0});
    return probe.local_endpoint().port();
  }

  std::set<std::string> names(const std::string& kind) const {
    std::set<std::string> result;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path() / "v1" / kind)) {
      result.insert(file.path().filename().string());
    }
    return result;
  }

  boost::asio::io_context context_;
  tcp::acceptor request_plane_;
  tcp::acceptor events_;
  test::TempDir folder_;
};

TEST_F(DiscoveryFolder, ForgetsTheDeadAndAllThatRefersToThem) {
  forget_the_dead(folder_.path(), ListeningSockets::read());
  EXPECT_THAT(names("instances"), ElementsAre("space%2Fbackend%2Fgenerate%2F1"));
  EXPECT_THAT(names("mdc"), ElementsAre("space%2Fbackend%2Fgenerate%2F1"));
  EXPECT_THAT(names("event_sources"), ElementsAre("1"));
  EXPECT_THAT(names("event_channels"), ElementsAre("1"));
}

TEST_F(DiscoveryFolder, LeavesWhatItDoesNotUnderstand) {
  const std::vector<std::pair<std::string, std::string>> strange = {
      {"half", R"({"instance_id":5,"transport":{"tcp":"127.0.0.1:)"},
      {"empty", ""},
      {"over_nats", R"({"instance_id":5,"transport":{"nats":"subject"}})"},
      {"no_port", R"({"instance_id":5,"transport":{"tcp":"127.0.0.1"}})"},
      {"no_number", R"({"instance_id":5,"transport":{"tcp":"127.0.0.1:x/y"}})"},
      {"list", "[1,2]"},
  };
  for (const auto& [name, text] : strange) folder_.write("v1/instances/" + name, text);
  // Opening it would wait for a writer who never comes.
  ASSERT_EQ(::mkfifo((folder_.path() / "v1/instances/fifo").c_str(), 0600), 0);
  forget_the_dead(folder_.path(), ListeningSockets::read());
  EXPECT_TRUE(names("instances").contains("fifo"));
  for (const auto& [name, text] : strange) EXPECT_TRUE(names("instances").contains(name)) << name;
}

TEST_F(DiscoveryFolder, IsNotNeeded) {
  forget_the_dead(folder_.path() / "nowhere", ListeningSockets::read());
  EXPECT_THAT(names("mdc"), ::testing::SizeIs(2));
}

}  // namespace
}  // namespace dynamo
