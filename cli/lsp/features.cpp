#include "cli/lsp/features.h"

#include "cli/lsp/ranges.h"
#include "cli/lsp/rpc.h"
#include "cli/lsp/uris.h"
#include "cli/text/json_text.h"
#include "graph_loader/format.h"
#include "graph_loader/language/hover.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace dynamo::lsp {

namespace json = boost::json;

const Document& Features::document(const json::value& params) {
  documents_.settle();
  const std::string uri = text_member(member(params, "textDocument"), "uri");
  const Document* found = documents_.find(Documents::path(uri));
  if (found == nullptr) throw RequestError(ErrorCode::InvalidParams, fmt::format("`{}` is not open", uri));
  return *found;
}

Features::Place Features::place(const json::value& params) {
  Place result;
  result.document = &document(params);
  const Document& found = *result.document;
  result.byte = TextPositions(found.text, client_.encoding).byte(read_position(member(params, "position")));
  if (found.is_foreign()) return result;
  result.readable = result.byte;
  if (!found.readable.same_places) result.readable = PlaceMap(found.text, found.readable.text).forward(result.byte);
  return result;
}

FileRanges Features::ranges() const { return {documents_, disk_, client_.encoding}; }

json::value Features::hover(const json::value& params) {
  const Place here = place(params);
  if (!here.readable) return nullptr;
  const Document& open = *here.document;
  auto found = dynamo::hover(projects_.of(open.path), open.path, open.readable.text, *here.readable);
  if (!found) return nullptr;
  if (!client_.markdown_hover) {
    for (std::size_t at = 0; (at = found->text.find("**", at)) != std::string::npos;) found->text.erase(at, 2);
  }
  json::object contents{{"kind", client_.markdown_hover ? "markdown" : "plaintext"},
                        {"value", json_string(found->text)}};
  json::object result{{"contents", std::move(contents)}};
  if (auto where = ranges().range(found->where)) result["range"] = std::move(*where);
  return result;
}

json::value Features::definition(const json::value& params) {
  const Place here = place(params);
  json::array result;
  if (!here.readable) return result;
  const Symbols& symbols = *projects_.of(here.document->path).symbols;
  const Occurrence* found = symbols.at(here.document->path, *here.readable);
  if (found == nullptr) return result;
  FileRanges places = ranges();
  for (const Span& span : symbols.definitions(*found)) {
    if (auto one = places.location(span)) result.push_back(std::move(*one));
  }
  return result;
}

json::value Features::references(const json::value& params) {
  const Place here = place(params);
  json::array result;
  if (!here.readable) return result;
  const bool with_declaration = is_true(params, "context", "includeDeclaration");
  FileRanges places = ranges();
  for (const Use& use : find_uses(projects_.all(here.document->path), here.document->path, *here.readable)) {
    if (!with_declaration && use.role == Role::Definition) continue;
    if (auto one = places.location(use.where)) result.push_back(std::move(*one));
  }
  return result;
}

json::value Features::highlights(const json::value& params) {
  constexpr int read = 2;
  constexpr int write = 3;
  const Place here = place(params);
  json::array result;
  if (!here.readable) return result;
  const Symbols& symbols = *projects_.of(here.document->path).symbols;
  const Occurrence* found = symbols.at(here.document->path, *here.readable);
  if (found == nullptr) return result;
  FileRanges places = ranges();
  for (const Occurrence& one : symbols.family(found->symbol)) {
    if (one.where.file->name() != here.document->path) continue;
    auto where = places.range({one.where.file->name(), one.where.begin, one.where.end});
    if (!where) continue;
    result.push_back(json::object{{"range", std::move(*where)}, {"kind", one.role == Role::Reference ? read : write}});
  }
  return result;
}

// ---- changes ------------------------------------------------------------------------------------------------

json::object Features::workspace_edit(const std::map<std::string, json::array>& edits) const {
  if (!client_.versioned_edits) {
    json::object changes;
    for (const auto& [path, list] : edits) changes[documents_.uri(path)] = list;
    return {{"changes", std::move(changes)}};
  }
  json::array changes;
  for (const auto& [path, list] : edits) {
    const Document* open = documents_.find(path);
    json::object named{{"uri", json_string(documents_.uri(path))}, {"version", nullptr}};
    if (open != nullptr && open->version) named["version"] = *open->version;
    changes.push_back(json::object{{"textDocument", std::move(named)}, {"edits", list}});
  }
  return {{"documentChanges", std::move(changes)}};
}

json::value Features::prepare_rename(const json::value& params) {
  const Place here = place(params);
  if (!here.readable) return nullptr;
  const Project& project = projects_.of(here.document->path);
  const Occurrence* found = project.symbols->at(here.document->path, *here.readable);
  if (found == nullptr) return nullptr;
  if (const auto why = why_fixed(project, *found)) throw RequestError(ErrorCode::RequestFailed, *why);
  auto where = ranges().range({here.document->path, found->where.begin, found->where.end});
  if (!where) return nullptr;
  return json::object{{"range", std::move(*where)},
                      {"placeholder", json_string((*project.symbols)[found->symbol].name)}};
}

/// What cannot be read, or was not found, may hold names that would be forgotten.
void Features::refuse_unknown_uses(const std::vector<FileRange>& edits) {
  std::set<std::string> paths;
  for (const FileRange& one : edits) paths.insert(one.path);
  if (const auto broken = projects_.broken_user_of(paths)) {
    throw RequestError(ErrorCode::RequestFailed, fmt::format("`{}` is not YAML at the moment; mend it first", *broken));
  }
  if (const auto& why = projects_.search_ended_early()) {
    throw RequestError(ErrorCode::RequestFailed,
                       fmt::format("files that use this name may be missing: {}; open a smaller folder", *why));
  }
}

json::value Features::rename(const json::value& params) {
  const Place here = place(params);
  const std::string new_name = text_member(params, "newName");
  if (!here.readable) throw RequestError(ErrorCode::RequestFailed, "there is no name here");
  const ProjectList projects = projects_.all(here.document->path);
  refuse_unknown_uses({{here.document->path}});
  DocumentReader reader(documents_, disk_, DocumentReader::Text::Readable);
  const Renaming renaming = dynamo::rename(projects, here.document->path, here.byte, new_name, reader);
  if (renaming.refused) throw RequestError(ErrorCode::RequestFailed, *renaming.refused);
  refuse_unknown_uses(renaming.edits);
  std::map<std::string, json::array> edits;
  FileRanges places = ranges();
  for (const FileRange& one : renaming.edits) {
    if (auto where = places.range(one)) {
      edits[one.path].push_back(json::object{{"range", std::move(*where)}, {"newText", json_string(new_name)}});
    }
  }
  return workspace_edit(edits);
}

json::value Features::actions(const json::value& params) {
  const Document& open = document(params);
  json::array result;
  if (!client_.literal_actions) return result;
  const json::value& wanted = member(params, "range");
  const TextPositions positions(open.text, client_.encoding);
  const std::uint32_t begin = positions.byte(read_position(member(wanted, "start")));
  const std::uint32_t end = positions.byte(read_position(member(wanted, "end")));
  const json::value* only = find(params, "context", "only");
  if (only != nullptr && only->is_array() && !only->get_array().empty()) {
    const json::array& kinds = only->get_array();
    if (std::find(kinds.begin(), kinds.end(), json::value("quickfix")) == kinds.end()) return result;
  }
  FileRanges places = ranges();
  for (const Diagnostic* one : feed_.told(open.path)) {
    const Span& where = one->primary.where;
    if (where.begin > end || begin > where.end) continue;
    for (const Fix& fix : one->fixes) {
      std::map<std::string, json::array> edits;
      for (const Edit& edit : fix.edits) {
        const FileRange place{edit.where.file->name(), edit.where.begin, edit.where.end};
        edits[place.path].push_back(
            json::object{{"range", places.current_range(place)}, {"newText", json_string(edit.text)}});
      }
      json::object action;
      action["title"] = json_string(fmt::format("{} ({})", fix.title, one->code.text()));
      action["kind"] = "quickfix";
      if (client_.preferred_actions && fix.applicability == Applicability::Machine) action["isPreferred"] = true;
      action["edit"] = workspace_edit(edits);
      result.push_back(std::move(action));
    }
  }
  return result;
}

namespace {

class FirstSentence final : public DiagnosticSink {
 public:
  void report(Diagnostic diagnostic) override {
    if (text.empty()) text = std::move(diagnostic.message);
  }
  std::string text;
};

}  // namespace

json::value Features::formatting(const json::value& params) {
  const Document& open = document(params);
  if (open.facts.kind != FileFacts::Kind::Graph) return nullptr;
  FirstSentence sink;
  const SourceFile file(open.path, open.text);
  const auto text = format_text(file, sink);
  if (!text) throw RequestError(ErrorCode::RequestFailed, fmt::format("it cannot be formatted: {}", sink.text));
  json::array result;
  if (*text == open.text) return result;
  // From the first line that differs on, so that a cursor above stays where it is.
  const auto size = static_cast<std::uint32_t>(open.text.size());
  const auto same = std::mismatch(open.text.begin(), open.text.end(), text->begin(), text->end()).first;
  const auto line_end = std::find(std::make_reverse_iterator(same), open.text.rend(), '\n');
  const auto begin = static_cast<std::uint32_t>(line_end.base() - open.text.begin());
  const TextPositions positions(open.text, client_.encoding);
  json::object range{{"start", position_json(positions.position(begin))},
                     {"end", position_json(positions.position(size))}};
  result.push_back(json::object{{"range", std::move(range)}, {"newText", json_string(text->substr(begin))}});
  return result;
}

}  // namespace dynamo::lsp
