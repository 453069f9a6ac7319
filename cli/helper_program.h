#pragma once
// Another program as a filter: text in, text out. Without a shell; for helpers such as Graphviz's `dot`, never for the
// processes of a graph, which belong to the orchestrator.

#include "cli/environment.h"
#include "proto/result.h"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dynamo {

struct ProgramEnd {
  std::string out;
  std::string err;
  int status = -1;  ///< -1 when a signal ended it
  int signal = 0;
};

/// What is done, once, if the program has not ended after a while.
struct Slow {
  std::chrono::milliseconds after{1000};
  std::function<void()> tell;
};

/// Runs `program` (an absolute path) to its end with `input` on its standard input and this process's environment.
/// The failure is that it could not be started. Ctrl-C reaches it as well as us.
Result<ProgramEnd> run_helper(const std::string& program, const std::vector<std::string>& arguments,
                              std::string_view input, const Environment& environment, const Slow& slow);

}  // namespace dynamo
