#pragma once
// Ranges of files as the protocol wants them, for one answer: where the lines of a file begin is found out once,
// however many places of it the answer names.

#include "cli/lsp/documents.h"
#include "cli/lsp/text_positions.h"
#include "graph_loader/language/rename.h"

#include <boost/json/object.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace dynamo::lsp {

class FileRanges {
 public:
  FileRanges(const Documents& documents, FileReader& disk, PositionEncoding encoding)
      : documents_(documents), disk_(disk), encoding_(encoding) {}

  /// Of the text that the language features read; none if it is gone from the buffer.
  std::optional<boost::json::object> range(const FileRange& where);
  std::optional<boost::json::object> location(const FileRange& where);
  std::optional<boost::json::object> location(const Span& span);
  /// Of the text as it is.
  boost::json::object current_range(const FileRange& where);

 private:
  struct File {
    std::string text;  ///< of a file that is not open
    std::optional<TextPositions> positions;
    std::optional<PlaceMap> map;  ///< set if what is read stands elsewhere in the buffer
  };
  const File& file(const std::string& path);

  const Documents& documents_;
  FileReader& disk_;
  PositionEncoding encoding_;
  std::map<std::string, std::unique_ptr<File>> files_;
};

}  // namespace dynamo::lsp
