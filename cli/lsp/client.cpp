#include "cli/lsp/client.h"

#include "cli/lsp/rpc.h"
#include "cli/lsp/uris.h"

#include <algorithm>
#include <string_view>

namespace dynamo::lsp {
namespace {

namespace json = boost::json;

bool holds(const json::value* list, std::string_view wanted) {
  if (list == nullptr || !list->is_array()) return false;
  const json::array& items = list->get_array();
  return std::any_of(items.begin(), items.end(), [&](const json::value& item) {
    return item.is_string() && std::string_view(item.get_string()) == wanted;
  });
}

std::vector<std::string> read_folders(const json::value& initialize) {
  std::vector<std::string> result;
  const auto add = [&](const json::value* uri) {
    if (uri != nullptr && uri->is_string() && uri->get_string().starts_with("file:")) {
      result.push_back(path_of(std::string_view(uri->get_string())));
    }
  };
  const json::value* folders = find(initialize, "workspaceFolders");
  if (folders != nullptr && folders->is_array()) {
    for (const json::value& folder : folders->get_array()) add(find(folder, "uri"));
  }
  if (result.empty()) add(find(initialize, "rootUri"));
  return result;
}

}  // namespace

Client read_client(const json::value& initialize) {
  Client client;
  client.folders = read_folders(initialize);
  const json::value* capabilities = find(initialize, "capabilities");
  if (capabilities == nullptr) return client;
  if (holds(find(*capabilities, "general", "positionEncodings"), "utf-8")) client.encoding = PositionEncoding::Utf8;
  client.versioned_edits = is_true(*capabilities, "workspace", "workspaceEdit", "documentChanges");
  client.watches_files = is_true(*capabilities, "workspace", "didChangeWatchedFiles", "dynamicRegistration");
  const json::value* text = find(*capabilities, "textDocument");
  if (text == nullptr) return client;
  client.related_information = is_true(*text, "publishDiagnostics", "relatedInformation");
  client.markdown_hover = holds(find(*text, "hover", "contentFormat"), "markdown");
  client.markdown_completion = holds(find(*text, "completion", "completionItem", "documentationFormat"), "markdown");
  client.snippets = is_true(*text, "completion", "completionItem", "snippetSupport");
  client.symbol_trees = is_true(*text, "documentSymbol", "hierarchicalDocumentSymbolSupport");
  client.literal_actions = find(*text, "codeAction", "codeActionLiteralSupport") != nullptr;
  client.preferred_actions = is_true(*text, "codeAction", "isPreferredSupport");
  return client;
}

}  // namespace dynamo::lsp
