#pragma once
// What the editor said about itself in `initialize`.

#include "cli/lsp/text_positions.h"

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace dynamo::lsp {

struct Client {
  PositionEncoding encoding = PositionEncoding::Utf16;
  bool related_information = false;  ///< diagnostics may point to several places
  bool markdown_hover = false;
  bool markdown_completion = false;
  bool snippets = false;             ///< completions may hold places to fill in
  bool symbol_trees = false;         ///< document symbols may be nested
  bool versioned_edits = false;      ///< edits may name the version of a buffer
  bool literal_actions = false;      ///< code actions may be more than commands
  bool preferred_actions = false;    ///< one of several code actions may be the preferred one
  bool watches_files = false;        ///< it tells about changes of files if it is asked to
  std::vector<std::string> folders;  ///< paths of what it has open
};

Client read_client(const boost::json::value& initialize);

}  // namespace dynamo::lsp
