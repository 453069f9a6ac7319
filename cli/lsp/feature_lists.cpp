// The answers of Features that are long lists: what may be typed, and what a file defines.

#include "cli/lsp/features.h"
#include "cli/lsp/ranges.h"
#include "cli/lsp/rpc.h"
#include "cli/text/json_text.h"
#include "graph_loader/language/file_symbols.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <functional>
#include <utility>

namespace dynamo::lsp {
namespace {

namespace json = boost::json;

/// Numbers of CompletionItemKind.
int number_of(Completion::Kind kind) {
  switch (kind) {
    case Completion::Kind::Key: return 10;       // Property
    case Completion::Kind::Word: return 12;      // Value
    case Completion::Kind::Interface: return 8;  // Interface
    case Completion::Kind::Component: return 7;  // Class
    case Completion::Kind::Spec: return 22;      // Struct
    case Completion::Kind::Graph: return 9;      // Module
    case Completion::Kind::Slot: return 5;       // Field
    case Completion::Kind::Param: return 6;      // Variable
    case Completion::Kind::Client: return 18;    // Reference
    case Completion::Kind::Endpoint: return 2;   // Method
    case Completion::Kind::Scope: return 14;     // Keyword
    case Completion::Kind::File: return 17;      // File
  }
  return 1;
}

/// Numbers of SymbolKind.
int number_of(std::optional<SymbolKind> kind) {
  if (!kind) return 3;  // Namespace
  switch (*kind) {
    case SymbolKind::Interface: return 11;  // Interface
    case SymbolKind::Component: return 5;   // Class
    case SymbolKind::Spec: return 23;       // Struct
    case SymbolKind::Graph: return 2;       // Module
    case SymbolKind::Endpoint: return 6;    // Method
    case SymbolKind::Client: return 7;      // Property
    case SymbolKind::Param: return 13;      // Variable
    case SymbolKind::Port: return 14;       // Constant
    case SymbolKind::Slot:
    case SymbolKind::Sidecar: return 8;  // Field
    case SymbolKind::Alias: return 4;    // Package
    case SymbolKind::File: return 1;     // File
  }
  return 13;
}

}  // namespace

json::value Features::completion(const json::value& params) {
  constexpr int snippet_format = 2;
  const Place here = place(params);
  const Document& open = *here.document;
  if (open.is_foreign()) return json::object{{"isIncomplete", false}, {"items", json::array()}};
  const Project& project = projects_.of(open.path);
  const TextPositions positions(open.text, client_.encoding);
  json::array items;
  for (const Completion& one : complete(*project.analysis, open.path, open.text, here.byte, folders_)) {
    const bool snippet = client_.snippets && !one.snippet.empty();
    json::object edit{{"range", json::object{{"start", position_json(positions.position(one.begin))},
                                             {"end", position_json(positions.position(one.end))}}},
                      {"newText", json_string(snippet ? one.snippet : one.insert)}};
    json::object item;
    item["label"] = json_string(one.label);
    item["kind"] = number_of(one.kind);
    if (!one.detail.empty()) item["detail"] = json_string(one.detail);
    if (!one.doc.empty() && client_.markdown_completion) {
      item["documentation"] = json::object{{"kind", "markdown"}, {"value", json_string(one.doc)}};
    } else if (!one.doc.empty()) {
      item["documentation"] = json_string(one.doc);
    }
    item["sortText"] = fmt::format("{:04}", items.size());
    if (snippet) item["insertTextFormat"] = snippet_format;
    item["textEdit"] = std::move(edit);
    items.push_back(std::move(item));
  }
  return json::object{{"isIncomplete", false}, {"items", std::move(items)}};
}

json::value Features::symbols(const json::value& params) {
  const Document& open = document(params);
  json::array result;
  if (open.is_foreign()) return result;
  const SyntaxTree* tree = nullptr;
  for (const SyntaxTree& one : projects_.of(open.path).analysis->spec().trees) {
    if (one.root != nullptr && one.root->where.file->name() == open.path) tree = &one;
  }
  if (tree == nullptr) return result;
  FileRanges places = ranges();
  const auto range_of = [&](const Span& span) { return places.range({open.path, span.begin, span.end}); };
  const std::function<void(const std::vector<FileSymbol>&, json::array&)> nested =
      [&](const std::vector<FileSymbol>& list, json::array& into) {
        for (const FileSymbol& one : list) {
          auto whole = range_of(one.range);
          auto name = range_of(one.name_range);
          if (!whole || !name) continue;
          json::object item{{"name", json_string(one.name)}, {"kind", number_of(one.kind)}};
          if (!one.detail.empty()) item["detail"] = json_string(one.detail);
          item["range"] = std::move(*whole);
          item["selectionRange"] = std::move(*name);
          json::array children;
          nested(one.children, children);
          if (!children.empty()) item["children"] = std::move(children);
          into.push_back(std::move(item));
        }
      };
  const std::function<void(const std::vector<FileSymbol>&, const std::string&)> flat =
      [&](const std::vector<FileSymbol>& list, const std::string& container) {
        for (const FileSymbol& one : list) {
          auto where = places.location(FileRange{open.path, one.name_range.begin, one.name_range.end});
          if (!where) continue;
          json::object item{{"name", json_string(one.name)}, {"kind", number_of(one.kind)}};
          item["location"] = std::move(*where);
          if (!container.empty()) item["containerName"] = json_string(container);
          result.push_back(std::move(item));
          flat(one.children, one.name);
        }
      };
  if (client_.symbol_trees) {
    nested(file_symbols(*tree), result);
  } else {
    flat(file_symbols(*tree), "");
  }
  return result;
}

}  // namespace dynamo::lsp
