// The program `dynamo`. Everything is in the libraries.

#include "cli/app.h"
#include "orchestrator/guardian.h"
#include "orchestrator/upgrade.h"

#include <csignal>
#include <cstdlib>

int main(int argc, char** argv) {
  // The guardian is this process as it was before it allocated anything; the rest goes on in its child.
  if (dynamo::needs_guardian(argc, argv)) {
    // A program that has replaced an earlier one finds guardian and tree as they were.
    if (std::getenv(dynamo::resume_variable) != nullptr) {
      dynamo::resume_supervision();
    } else {
      dynamo::guard_this_process();
    }
  }
  // A reader that goes away is a write that fails (output.h), not a sudden death.
  std::signal(SIGPIPE, SIG_IGN);
  dynamo::Environment environment = dynamo::system_environment();
  return static_cast<int>(dynamo::run_cli({argv + 1, argv + argc}, environment));
}
