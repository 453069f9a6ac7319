#include "tests/blackbox/graphs.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <sstream>

namespace dynamo::test {

namespace {

std::string component_name(std::string slot) {
  slot[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(slot[0])));
  return slot;
}

}  // namespace

std::string graph_of(const std::vector<std::pair<std::string, std::string>>& slots, std::string_view graph) {
  std::ostringstream text;
  text << "apiVersion: dynamo/v1\ncomponents:\n";
  for (const auto& [slot, component] : slots) text << "  " << component_name(slot) << ": {" << component << "}\n";
  text << "specs:\n  S:\n    entry: " << slots.front().first << "\n    slots:\n";
  for (const auto& [slot, component] : slots) {
    text << "      " << slot << ": " << component_name(slot) << " = " << component_name(slot) << "\n";
  }
  text << "graphs:\n  g: {spec: S" << (graph.empty() ? "" : ", ") << graph << "}\n";
  return text.str();
}

std::unique_ptr<RunDynamo> serve(const TempDir& folder, const std::string& graph, DynamoOptions options) {
  folder.write("graph.yaml", graph);
  std::vector<std::string> arguments{"serve", "graph.yaml:g"};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  options.arguments = std::move(arguments);
  return std::make_unique<RunDynamo>(folder, std::move(options));
}

std::unique_ptr<RunDynamo> serve_one(const TempDir& folder, const std::string& component, DynamoOptions options) {
  return serve(folder, graph_of({{"main", component}}), std::move(options));
}

std::function<bool(const Event&)> reaches(std::string_view worker, WorkerState state, int incarnation) {
  return [worker = std::string(worker), state, incarnation](const Event& event) {
    return event.kind == EventKind::Worker && event.worker == worker && event.state == state &&
           (incarnation == 0 || event.incarnation == incarnation);
  };
}

std::function<bool(const Event&)> is_kind(EventKind kind) {
  return [kind](const Event& event) { return event.kind == kind; };
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

int count_lines(const std::string& text, std::string_view line) {
  const std::vector<std::string> lines = lines_of(text);
  return static_cast<int>(std::count(lines.begin(), lines.end(), line));
}

Answer ask(const std::string& url) {
  Answer answer;
  const std::size_t colon = url.rfind(':');
  if (colon == std::string::npos) return answer;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1))));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{.tv_sec = 5, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  answer.connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (answer.connected) {
    const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    (void)::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
    char buffer[1024];
    for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      answer.text.append(buffer, static_cast<std::size_t>(n));
    }
  }
  ::close(fd);
  return answer;
}

std::string http_get(const std::string& url) {
  const std::string text = ask(url).text;
  const std::size_t body = text.find("\r\n\r\n");
  return body == std::string::npos ? std::string() : text.substr(body + 4);
}

void expect_clean_stop(RunDynamo& run) {
  run.send(SIGINT);
  EXPECT_EQ(run.wait(), (Ended{.status = 130})) << run.story();
  EXPECT_TRUE(run.nothing_left()) << run.story();
}

}  // namespace dynamo::test
