#pragma once
// The language server: one client, one thread, messages served in the order in which they come. It sleeps until a
// message comes; mistakes are looked for only when no further message is waiting, so that fast typing never queues up.
// Where that takes long, it waits for a pause in the typing first: a request that comes meanwhile would wait for it.
//
// To add a request: its answer in features.h, its line in the table of server.cpp, and its promise in capabilities().

#include "cli/lsp/client.h"
#include "cli/lsp/diagnostic_feed.h"
#include "cli/lsp/documents.h"
#include "cli/lsp/features.h"
#include "cli/lsp/inbox.h"
#include "cli/lsp/projects.h"
#include "cli/output.h"
#include "graph_loader/spec/file_reader.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dynamo::lsp {

class Server {
 public:
  /// `input`: the descriptor of the client's messages. All objects must outlive the server.
  Server(int input, Output& output, FileReader& disk, std::string version);

  /// Serves until the client says `exit` or goes away. True if it had said `shutdown` before, as it should.
  bool run();

 private:
  enum class State { Fresh, Running, ShutDown };

  void receive(const Message& message);
  void receive(const boost::json::value& message, bool cancelled);
  void answer(const boost::json::value& id, std::string_view method, const boost::json::value& params);
  void notice(std::string_view method, const boost::json::value& params);
  boost::json::value serve(std::string_view method, const boost::json::value& params);
  boost::json::value initialize(const boost::json::value& params);
  [[nodiscard]] boost::json::object capabilities() const;
  void watch_files();
  void change(const boost::json::value& params);
  void changed(const std::string& path);
  void publish();
  void publish_in_a_pause();
  void send(const boost::json::object& message);

  using Clock = std::chrono::steady_clock;

  Inbox inbox_;
  Output& output_;
  std::string version_;
  State state_ = State::Fresh;
  bool ended_ = false;
  std::int64_t next_id_ = 1;
  Clock::time_point first_change_;  ///< that was not looked at yet
  Clock::time_point last_change_;
  Clock::duration last_check_{};  ///< how long it took
  Client client_;
  Documents documents_;
  Projects projects_;
  DiagnosticFeed feed_;
  Features features_;
};

}  // namespace dynamo::lsp
