#pragma once
// What the editor is told about mistakes: every open buffer is checked with all that it imports. One that other files
// import is checked as their part, because names and types may come from there; as a root it is checked only while
// nobody who imports it can be read. An overlay is checked over its base, never alone.

#include "cli/lsp/client.h"
#include "cli/lsp/documents.h"
#include "cli/lsp/projects.h"
#include "graph_loader/language/check_file.h"

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dynamo::lsp {

class DiagnosticFeed {
 public:
  DiagnosticFeed(const Documents& documents, Projects& projects, FileReader& disk)
      : documents_(documents), projects_(projects), disk_(disk) {}

  /// A buffer was opened, changed or closed, or a file was written.
  void changed(const std::string& path);
  /// Whether publish() has something to do.
  [[nodiscard]] bool pending() const { return !changed_.empty(); }

  /// Checks what a change may concern, and hands over the parameters of `textDocument/publishDiagnostics`: for every
  /// buffer that changed, and for every file of which something else is to be told than before.
  void publish(const Client& client, const std::function<void(boost::json::object)>& send);

  /// What was told about a file last.
  [[nodiscard]] std::vector<const Diagnostic*> told(const std::string& path) const;

 private:
  struct Checked {
    FileCheck result;
    std::set<std::string> files;  ///< read, or looked for
  };

  void check();
  const Checked& check_root(const Root& root);
  void tell_missing_base(const Root& root, Loading& loading);
  [[nodiscard]] boost::json::array list(const std::string& path, const Client& client) const;

  const Documents& documents_;
  Projects& projects_;
  FileReader& disk_;
  std::map<Root, Checked> checked_;
  std::set<std::string> changed_;
  std::map<std::string, std::vector<const Diagnostic*>> by_file_;
  std::map<std::string, boost::json::array> sent_;
};

}  // namespace dynamo::lsp
