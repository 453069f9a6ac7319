#include "cli/lsp/file_ranges.h"

#include "cli/lsp/ranges.h"
#include "cli/text/json_text.h"

#include <utility>

namespace dynamo::lsp {

namespace json = boost::json;

const FileRanges::File& FileRanges::file(const std::string& path) {
  auto& place = files_[path];
  if (place != nullptr) return *place;
  place = std::make_unique<File>();
  if (const Document* open = documents_.find(path)) {
    place->positions.emplace(open->text, encoding_);
    if (!open->readable.same_places) place->map.emplace(open->readable.text, open->text);
    return *place;
  }
  DocumentReader reader(documents_, disk_, DocumentReader::Text::Current);
  auto bytes = reader.read(path);
  if (bytes.has_value()) place->text = std::move(*bytes);
  place->positions.emplace(place->text, encoding_);
  return *place;
}

json::object FileRanges::current_range(const FileRange& where) {
  const TextPositions& positions = *file(where.path).positions;
  return {{"start", position_json(positions.position(where.begin))},
          {"end", position_json(positions.position(where.end))}};
}

std::optional<json::object> FileRanges::range(const FileRange& where) {
  const File& found = file(where.path);
  if (!found.map) return current_range(where);
  const auto begin = found.map->forward(where.begin);
  const auto end = found.map->forward(where.end);
  if (!begin || !end || *end < *begin) return std::nullopt;
  return current_range({where.path, *begin, *end});
}

std::optional<json::object> FileRanges::location(const FileRange& where) {
  auto found = range(where);
  if (!found) return std::nullopt;
  return json::object{{"uri", json_string(documents_.uri(where.path))}, {"range", std::move(*found)}};
}

std::optional<json::object> FileRanges::location(const Span& span) {
  return location(FileRange{span.file->name(), span.begin, span.end});
}

}  // namespace dynamo::lsp
