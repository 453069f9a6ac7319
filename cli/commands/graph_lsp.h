#pragma once
// `dynamo graph lsp`: the graph language for editors, over the Language Server Protocol on stdin and stdout.

#include "cli/environment.h"
#include "cli/exit_code.h"

#include <string>

namespace dynamo {

struct LspOptions {
  std::string version;  ///< of this program
  int input = 0;        ///< the descriptor of the editor's messages: standard input
  bool stdio = true;    ///< editors say so; there is no other way
};

/// Good after `shutdown` and `exit`; 1, as the protocol wants it, if the client went away without.
ExitCode run_lsp(const LspOptions& options, Environment& environment);

}  // namespace dynamo
