#pragma once
// The buffers of the editor, which stand before the files of the disk, and the readers that look at them first.

#include "cli/lsp/text_positions.h"
#include "graph_loader/language/file_facts.h"
#include "graph_loader/language/readable_text.h"
#include "graph_loader/spec/file_reader.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dynamo::lsp {

/// An open buffer.
struct Document {
  std::string uri;  ///< as the client spells it
  std::string path;
  std::optional<std::int64_t> version;  ///< none: the client does not say
  std::string text;
  FileFacts facts;                      ///< up to date after Documents::settle()
  ReadableText readable;                ///< what the language features read; up to date after Documents::settle()
  std::optional<std::uint32_t> edited;  ///< the byte after the last change, if it is known
  bool stale = true;                    ///< `facts` and `readable` are of an earlier text

  [[nodiscard]] bool is_foreign() const { return facts.kind == FileFacts::Kind::Foreign; }
  /// It is no YAML: what is read of it is not all that it says.
  [[nodiscard]] bool is_broken() const { return !readable.good || readable.text != text; }
};

/// A piece of a change: without a range all of the text is replaced.
struct TextChange {
  std::optional<std::pair<TextPosition, TextPosition>> range;
  std::string text;
};

/// Paths of other files as they are kept here.
void make_real(FileFacts& facts);

class Documents {
 public:
  Document& open(const std::string& uri, std::optional<std::int64_t> version, std::string text);
  /// Applies changes in their order. Null: there is no such buffer.
  Document* change(const std::string& uri, std::optional<std::int64_t> version, const std::vector<TextChange>& changes,
                   PositionEncoding encoding);
  void close(const std::string& uri);
  /// Brings the rest of a Document up to date: once for many changes.
  void settle();
  /// A folder as the client spells it.
  void note_spelling(const std::string& uri);

  [[nodiscard]] const Document* find(const std::string& path) const;
  /// By path.
  [[nodiscard]] const std::map<std::string, Document>& all() const { return by_path_; }
  /// The path under which a document is kept.
  [[nodiscard]] static std::string path(const std::string& uri);
  /// The URI of a path as the client spells it, if that is known.
  [[nodiscard]] std::string uri(const std::string& path) const;

 private:
  std::map<std::string, Document> by_path_;
  std::map<std::string, std::string> spellings_;  ///< of folders that the client reaches through links, by real path
};

/// Buffers first, then plain files of the disk, without their byte order mark (editors hide it). Notes what it was
/// asked for.
class DocumentReader final : public FileReader {
 public:
  enum class Text {
    Current,   ///< of a buffer as it is
    Readable,  ///< of a buffer as the language features read it
  };

  DocumentReader(const Documents& documents, FileReader& disk, Text text)
      : documents_(documents), disk_(disk), text_(text) {}

  Result<std::string> read(const std::string& path) override;
  [[nodiscard]] std::string one_path(const std::string& path) const override;
  [[nodiscard]] const std::set<std::string>& asked() const { return asked_; }

 private:
  const Documents& documents_;
  FileReader& disk_;
  Text text_;
  std::set<std::string> asked_;
};

}  // namespace dynamo::lsp
