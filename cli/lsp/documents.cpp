#include "cli/lsp/documents.h"

#include "cli/lsp/uris.h"

#include <boost/system/errc.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace dynamo::lsp {

std::string Documents::path(const std::string& uri) { return real_path(path_of(uri)); }

Document& Documents::open(const std::string& uri, std::optional<std::int64_t> version, std::string text) {
  const std::string path = Documents::path(uri);
  note_spelling(uri);
  Document& document = by_path_[path];
  document = Document();
  document.uri = uri;
  document.path = path;
  document.version = version;
  document.text = std::move(text);
  return document;
}

Document* Documents::change(const std::string& uri, std::optional<std::int64_t> version,
                            const std::vector<TextChange>& changes, PositionEncoding encoding) {
  const auto found = by_path_.find(path(uri));
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
    const auto parsed = std::move(document.readable.parsed);
    document.readable.parsed = nullptr;
    FileFacts facts = facts_of(path, document.text, parsed == nullptr ? nullptr : &*parsed->tree);
    if (parsed == nullptr && document.readable.good) {
      // What cannot be read for a moment is what it was.
      if (facts.kind == FileFacts::Kind::Undecided) facts.kind = document.facts.kind;
      facts.imports = std::move(document.facts.imports);
      facts.changes = std::move(document.facts.changes);
    }
    make_real(facts);
    document.facts = std::move(facts);
    document.stale = false;
  }
}

void Documents::note_spelling(const std::string& uri) {
  std::filesystem::path spelled = path_of(uri);
  std::filesystem::path real = real_path(spelled.string());
  if (spelled == real) return;
  while (spelled.has_relative_path() && spelled.filename() == real.filename()) {
    spelled = spelled.parent_path();
    real = real.parent_path();
  }
  if (real != path_of(uri)) spellings_[real.string()] = spelled.string();
}

void Documents::close(const std::string& uri) { by_path_.erase(path(uri)); }

const Document* Documents::find(const std::string& path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &found->second;
}

std::string Documents::uri(const std::string& path) const {
  if (const Document* document = find(path)) return document->uri;
  for (const auto& [real, spelled] : spellings_) {
    if (path.starts_with(real + "/")) return uri_of(spelled + path.substr(real.size()));
  }
  return uri_of(path);
}

void make_real(FileFacts& facts) {
  for (std::string& path : facts.imports) path = real_path(path);
  if (!facts.overlay_of.empty()) facts.overlay_of = real_path(facts.overlay_of);
}

std::string DocumentReader::one_path(const std::string& path) const { return real_path(path); }

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
