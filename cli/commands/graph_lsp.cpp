#include "cli/commands/graph_lsp.h"

#include "cli/lsp/server.h"

namespace dynamo {
namespace {

constexpr auto left_without_goodbye = static_cast<ExitCode>(1);

}  // namespace

ExitCode run_lsp(const LspOptions& options, Environment& environment) {
  lsp::Server server(options.input, *environment.out.output, *environment.files, options.version);
  return server.run() ? ExitCode::Good : left_without_goodbye;
}

}  // namespace dynamo
