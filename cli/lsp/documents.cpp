#include "cli/lsp/documents.h"

#include "cli/lsp/uris.h"
#include "graph_loader/language/imports.h"

#include <boost/system/errc.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace dynamo::lsp {

Document& Documents::open(const std::string& uri, std::int64_t version, std::string text) {
  const std::string path = path_of(uri);
  Document& document = by_path_[path];
  document = Document();
  document.uri = uri;
  document.path = path;
  document.version = version;
  document.text = std::move(text);
  return document;
}

Document* Documents::change(const std::string& uri, std::int64_t version, const std::vector<TextChange>& changes,
                            PositionEncoding encoding) {
  const auto found = by_path_.find(path_of(uri));
  if (found == by_path_.end()) return nullptr;
  Document& document = found->second;
  for (const TextChange& change : changes) {
    if (!change.range) {
      document.edited = PlaceMap(document.text, change.text).changed_end();
      document.text = change.text;
      continue;
    }
    const TextPositions positions(document.text, encoding);
    const std::uint32_t begin = positions.byte(change.range->first);
    const std::uint32_t end = std::max(begin, positions.byte(change.range->second));
    document.text.replace(begin, end - begin, change.text);
    document.edited = begin + static_cast<std::uint32_t>(change.text.size());
  }
  document.version = version;
  document.stale = true;
  return &document;
}

void Documents::settle() {
  for (auto& [path, document] : by_path_) {
    if (!document.stale) continue;
    document.readable = make_readable(document.text, document.edited, std::move(document.readable));
    document.graph_file = may_be_graph_file(document.text);
    document.imports = imports_of(path, document.readable.text);
    document.stale = false;
  }
}

void Documents::close(const std::string& uri) { by_path_.erase(path_of(uri)); }

const Document* Documents::find(const std::string& path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &found->second;
}

std::string Documents::uri(const std::string& path) const {
  const Document* document = find(path);
  return document != nullptr ? document->uri : uri_of(path);
}

Result<std::string> DocumentReader::read(const std::string& path) {
  asked_.insert(path);
  if (const Document* document = documents_.find(path)) {
    return text_ == Text::Current ? document->text : document->readable.text;
  }
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  // Reading a pipe or a device would wait for somebody; standard input is the client's.
  if (!path.starts_with('/') || (!error && status.type() != std::filesystem::file_type::regular)) {
    const auto kind = std::filesystem::is_directory(status) ? boost::system::errc::is_a_directory
                      : std::filesystem::exists(status)     ? boost::system::errc::invalid_argument
                                                            : boost::system::errc::no_such_file_or_directory;
    return Failure("read `" + path + "`", make_error_code(kind));
  }
  auto text = disk_.read(path);
  if (text.has_value() && text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3);
  return text;
}

}  // namespace dynamo::lsp
