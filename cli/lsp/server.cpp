#include "cli/lsp/server.h"

#include "cli/lsp/ranges.h"
#include "cli/lsp/rpc.h"
#include "cli/lsp/uris.h"
#include "cli/text/json_text.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <exception>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace dynamo::lsp {
namespace {

namespace json = boost::json;

const json::value nothing;

std::vector<TextChange> read_changes(const json::value& params) {
  const json::value& list = member(params, "contentChanges");
  if (!list.is_array()) throw RequestError(ErrorCode::InvalidParams, "`contentChanges` must be a list");
  std::vector<TextChange> result;
  for (const json::value& item : list.get_array()) {
    TextChange change{std::nullopt, text_member(item, "text")};
    if (const json::value* range = find(item, "range"); range != nullptr && !range->is_null()) {
      change.range.emplace(read_position(member(*range, "start")), read_position(member(*range, "end")));
    }
    result.push_back(std::move(change));
  }
  return result;
}

/// None: the client does not count versions.
std::optional<std::int64_t> version_of(const json::value& document) {
  const json::value* version = find(document, "version");
  if (version == nullptr || version->is_null()) return std::nullopt;
  return number_member(document, "version");
}

std::string document_uri(const json::value& params) { return text_member(member(params, "textDocument"), "uri"); }

}  // namespace

Server::Server(int input, Output& output, FileReader& disk, std::string version)
    : inbox_(input),
      output_(output),
      version_(std::move(version)),
      projects_(documents_, disk),
      feed_(documents_, projects_, disk),
      features_(documents_, projects_, feed_, disk, client_) {}

bool Server::run() {
  while (!ended_ && !output_.closed()) {
    publish_in_a_pause();
    receive(inbox_.next());
  }
  return state_ == State::ShutDown;
}

void Server::receive(const Message& message) {
  switch (message.kind) {
    case Frame::Kind::End: ended_ = true; break;
    case Frame::Kind::BadHeader:
      send(error_response(nullptr, ErrorCode::ParseError, "a message begins with `Content-Length: N`"));
      break;
    case Frame::Kind::TooLarge:
      send(error_response(
          nullptr, ErrorCode::InvalidRequest,
          fmt::format("a message of more than {} MiB is not read", FrameReader::largest_message >> 20U)));
      break;
    case Frame::Kind::Message:
      if (message.value) {
        receive(*message.value, message.cancelled);
      } else {
        send(error_response(nullptr, ErrorCode::ParseError, "the message is not JSON"));
      }
      break;
  }
}

void Server::receive(const json::value& message, bool cancelled) {
  const json::value* id = find(message, "id");
  const json::value* method = find(message, "method");
  const bool good_id = id == nullptr || id->is_string() || id->is_number();
  if (method == nullptr && good_id && id != nullptr && (find(message, "result") || find(message, "error"))) return;
  if (!good_id || method == nullptr || !method->is_string()) {
    send(error_response(good_id && id != nullptr ? *id : nothing, ErrorCode::InvalidRequest,
                        "a message is an object with a `method`, and a request has an `id`"));
    return;
  }
  if (cancelled) {
    send(error_response(*id, ErrorCode::RequestCancelled, "the client has cancelled it"));
    return;
  }
  const json::value* params = find(message, "params");
  const std::string_view name = method->get_string();
  if (id != nullptr) {
    answer(*id, name, params == nullptr ? nothing : *params);
  } else {
    notice(name, params == nullptr ? nothing : *params);
  }
}

void Server::answer(const json::value& id, std::string_view method, const json::value& params) {
  try {
    send(response(id, serve(method, params)));
  } catch (const RequestError& error) {
    send(error_response(id, error.code(), error.what()));
  } catch (const std::exception& error) {
    send(error_response(id, ErrorCode::InternalError,
                        fmt::format("internal error: {}; please report it", error.what())));
  }
}

json::value Server::serve(std::string_view method, const json::value& params) {
  if (method == "initialize") return initialize(params);
  if (state_ == State::Fresh) throw RequestError(ErrorCode::ServerNotInitialized, "the first request is `initialize`");
  if (state_ == State::ShutDown) throw RequestError(ErrorCode::InvalidRequest, "the server was asked to shut down");
  if (method == "shutdown") {
    state_ = State::ShutDown;
    return nullptr;
  }
  using Answer = json::value (Features::*)(const json::value&);
  static const std::map<std::string_view, Answer> answers = {
      {"textDocument/hover", &Features::hover},
      {"textDocument/definition", &Features::definition},
      {"textDocument/references", &Features::references},
      {"textDocument/documentHighlight", &Features::highlights},
      {"textDocument/documentSymbol", &Features::symbols},
      {"textDocument/completion", &Features::completion},
      {"textDocument/prepareRename", &Features::prepare_rename},
      {"textDocument/rename", &Features::rename},
      {"textDocument/codeAction", &Features::actions},
      {"textDocument/formatting", &Features::formatting},
  };
  if (method == "textDocument/codeAction") publish();  // fixes must be of the text as it is
  if (const auto found = answers.find(method); found != answers.end()) return (features_.*found->second)(params);
  throw RequestError(ErrorCode::MethodNotFound, fmt::format("there is no method `{}`", method));
}

json::value Server::initialize(const json::value& params) {
  if (state_ != State::Fresh) throw RequestError(ErrorCode::InvalidRequest, "`initialize` comes only once");
  client_ = read_client(params);
  projects_.set_folders(client_.folders);
  for (const std::string& folder : client_.folders) documents_.note_spelling(uri_of(folder));
  state_ = State::Running;
  return json::object{{"capabilities", capabilities()},
                      {"serverInfo", json::object{{"name", "dynamo"}, {"version", version_}}}};
}

json::object Server::capabilities() const {
  constexpr int incremental = 2;
  json::object result;
  result["positionEncoding"] = client_.encoding == PositionEncoding::Utf8 ? "utf-8" : "utf-16";
  result["textDocumentSync"] = json::object{{"openClose", true}, {"change", incremental}, {"save", true}};
  result["hoverProvider"] = true;
  result["definitionProvider"] = true;
  result["referencesProvider"] = true;
  result["documentHighlightProvider"] = true;
  result["documentSymbolProvider"] = true;
  result["completionProvider"] = json::object{{"triggerCharacters", json::array{" ", ".", "{", "[", ",", "="}}};
  result["renameProvider"] = json::object{{"prepareProvider", true}};
  result["codeActionProvider"] = json::object{{"codeActionKinds", json::array{"quickfix"}}};
  result["documentFormattingProvider"] = true;
  return result;
}

void Server::notice(std::string_view method, const json::value& params) {
  if (method == "exit") {
    ended_ = true;
    return;
  }
  if (state_ != State::Running) return;
  try {
    if (method == "initialized") {
      watch_files();
    } else if (method == "textDocument/didOpen") {
      const json::value& document = member(params, "textDocument");
      const std::string uri = text_member(document, "uri");
      documents_.open(uri, version_of(document), text_member(document, "text"));
      changed(Documents::path(uri));
    } else if (method == "textDocument/didChange") {
      change(params);
    } else if (method == "textDocument/didClose") {
      const std::string uri = document_uri(params);
      documents_.close(uri);
      changed(Documents::path(uri));
    } else if (method == "textDocument/didSave") {
      projects_.disk_changed();
      changed(Documents::path(document_uri(params)));
    } else if (method == "workspace/didChangeWatchedFiles") {
      const json::value& changes = member(params, "changes");
      if (!changes.is_array()) return;
      projects_.disk_changed();
      for (const json::value& one : changes.get_array()) changed(Documents::path(text_member(one, "uri")));
    }
  } catch (const std::exception& error) {
    // A notification has no answer; the editor shows this in its log.
    send(
        notification("window/logMessage",
                     json::object{{"type", 1}, {"message", json_string(fmt::format("{}: {}", method, error.what()))}}));
  }
}

void Server::change(const json::value& params) {
  const json::value& named = member(params, "textDocument");
  const Document* document =
      documents_.change(text_member(named, "uri"), version_of(named), read_changes(params), client_.encoding);
  if (document == nullptr) throw RequestError(ErrorCode::InvalidParams, "the document is not open");
  changed(document->path);
}

void Server::changed(const std::string& path) {
  last_change_ = Clock::now();
  if (!feed_.pending()) first_change_ = last_change_;
  projects_.changed(path);
  feed_.changed(path);
}

/// Imports may be edited by another program.
void Server::watch_files() {
  if (!client_.watches_files) return;
  json::object watcher{{"globPattern", "**/*.{yaml,yml}"}};
  json::object registration{{"id", "files"},
                            {"method", "workspace/didChangeWatchedFiles"},
                            {"registerOptions", json::object{{"watchers", json::array{std::move(watcher)}}}}};
  send(request(next_id_++, "client/registerCapability",
               json::object{{"registrations", json::array{std::move(registration)}}}));
}

/// Where a check takes no time that somebody could notice, there is nothing to wait for.
void Server::publish_in_a_pause() {
  using std::chrono::milliseconds;
  constexpr milliseconds unnoticed{50};
  constexpr milliseconds longest_pause{300};
  constexpr milliseconds longest_silence{2000};
  if (!feed_.pending()) return;
  milliseconds patience{0};
  if (last_check_ > unnoticed) {
    const auto pause = std::min<Clock::duration>(last_check_ / 3, longest_pause);
    const auto silence = std::max<Clock::duration>(last_check_ * 4, longest_silence);
    const auto due = std::min(last_change_ + pause, first_change_ + silence);
    patience = std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(due - Clock::now()));
  }
  if (!inbox_.waits(patience)) publish();
}

void Server::publish() {
  const bool pending = feed_.pending();
  const auto begin = Clock::now();
  feed_.publish(client_, [this](json::object params) {
    send(notification("textDocument/publishDiagnostics", std::move(params)));
  });
  if (pending) last_check_ = Clock::now() - begin;
}

void Server::send(const json::object& message) { output_.write(frame(json::serialize(message))); }

}  // namespace dynamo::lsp
