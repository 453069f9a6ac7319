#pragma once
// The questions of an editor about a place in a buffer, answered by graph_loader/language and put into the words of the
// protocol. Each takes the parameters of the request and returns its result, or throws a RequestError.

#include "cli/lsp/client.h"
#include "cli/lsp/diagnostic_feed.h"
#include "cli/lsp/documents.h"
#include "cli/lsp/file_ranges.h"
#include "cli/lsp/projects.h"
#include "cli/lsp/workspace_files.h"

#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dynamo::lsp {

class Features {
 public:
  Features(Documents& documents, Projects& projects, const DiagnosticFeed& feed, FileReader& disk, const Client& client)
      : documents_(documents), projects_(projects), feed_(feed), disk_(disk), client_(client) {}

  boost::json::value hover(const boost::json::value& params);
  boost::json::value definition(const boost::json::value& params);
  boost::json::value references(const boost::json::value& params);
  boost::json::value highlights(const boost::json::value& params);
  boost::json::value symbols(const boost::json::value& params);
  boost::json::value completion(const boost::json::value& params);
  boost::json::value prepare_rename(const boost::json::value& params);
  boost::json::value rename(const boost::json::value& params);
  boost::json::value actions(const boost::json::value& params);
  boost::json::value formatting(const boost::json::value& params);

 private:
  /// A place in a buffer, and the same in what the language features read of it.
  struct Place {
    const Document* document = nullptr;
    std::uint32_t byte = 0;
    std::optional<std::uint32_t> readable;  ///< none: what stands there is new since the text could be read
  };

  const Document& document(const boost::json::value& params);
  Place place(const boost::json::value& params);
  [[nodiscard]] FileRanges ranges() const;
  void refuse_unknown_uses(const std::vector<FileRange>& edits);
  boost::json::object workspace_edit(const std::map<std::string, boost::json::array>& edits) const;

  Documents& documents_;
  Projects& projects_;
  const DiagnosticFeed& feed_;
  FileReader& disk_;
  const Client& client_;
  DiskFolders folders_;
};

}  // namespace dynamo::lsp
