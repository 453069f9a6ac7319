#include "cli/lsp/server.h"

#include "cli/lsp/ranges.h"
#include "cli/lsp/rpc.h"
#include "cli/lsp/uris.h"
#include "cli/text/json_text.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <exception>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace dynamo::lsp {
namespace {

namespace json = boost::json;

const json::value nothing;

std::optional<json::value> read_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = 64;
  boost::system::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error) return std::nullopt;
  return value;
}

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

std::string document_uri(const json::value& params) { return text_member(member(params, "textDocument"), "uri"); }

}  // namespace

Server::Server(int input, Output& output, FileReader& disk, std::string version)
    : frames_(input),
      output_(output),
      version_(std::move(version)),
      projects_(documents_, disk),
      feed_(documents_, projects_, disk),
      features_(documents_, projects_, feed_, disk, client_) {}

bool Server::run() {
  while (!ended_ && !output_.closed()) {
    if (!frames_.ready()) publish();
    const Frame frame = frames_.next();
    switch (frame.kind) {
      case Frame::Kind::End: ended_ = true; break;
      case Frame::Kind::BadHeader:
        send(error_response(nullptr, ErrorCode::ParseError, "a message begins with `Content-Length: N`"));
        break;
      case Frame::Kind::TooLarge:
        send(error_response(
            nullptr, ErrorCode::InvalidRequest,
            fmt::format("a message of more than {} MiB is not read", FrameReader::largest_message >> 20U)));
        break;
      case Frame::Kind::Message: receive(frame.text); break;
    }
  }
  return state_ == State::ShutDown;
}

void Server::receive(std::string_view text) {
  const auto message = read_json(text);
  if (!message) {
    send(error_response(nullptr, ErrorCode::ParseError, "the message is not JSON"));
    return;
  }
  const json::value* id = find(*message, "id");
  const json::value* method = find(*message, "method");
  const bool good_id = id == nullptr || id->is_string() || id->is_number();
  if (method == nullptr && good_id && id != nullptr && (find(*message, "result") || find(*message, "error"))) return;
  if (!good_id || method == nullptr || !method->is_string()) {
    send(error_response(good_id && id != nullptr ? *id : nothing, ErrorCode::InvalidRequest,
                        "a message is an object with a `method`, and a request has an `id`"));
    return;
  }
  const json::value* params = find(*message, "params");
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
      documents_.open(uri, number_member(document, "version"), text_member(document, "text"));
      changed(path_of(uri));
    } else if (method == "textDocument/didChange") {
      change(params);
    } else if (method == "textDocument/didClose") {
      const std::string uri = document_uri(params);
      documents_.close(uri);
      changed(path_of(uri));
    } else if (method == "textDocument/didSave") {
      projects_.disk_changed();
      feed_.changed(path_of(document_uri(params)));
    } else if (method == "workspace/didChangeWatchedFiles") {
      const json::value& changes = member(params, "changes");
      if (!changes.is_array()) return;
      projects_.disk_changed();
      for (const json::value& one : changes.get_array()) feed_.changed(path_of(text_member(one, "uri")));
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
  const Document* document = documents_.change(text_member(named, "uri"), number_member(named, "version"),
                                               read_changes(params), client_.encoding);
  if (document == nullptr) throw RequestError(ErrorCode::InvalidParams, "the document is not open");
  changed(document->path);
}

void Server::changed(const std::string& path) {
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

void Server::publish() {
  feed_.publish(client_, [this](json::object params) {
    send(notification("textDocument/publishDiagnostics", std::move(params)));
  });
}

void Server::send(const json::object& message) { output_.write(frame(json::serialize(message))); }

}  // namespace dynamo::lsp
