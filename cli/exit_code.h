#pragma once
// What the command says to the shell. The table is part of the language reference, so numbers never change.

namespace dynamo {

enum class ExitCode : int {
  Good = 0,
  SpecHasErrors = 1,  ///< with --strict also warnings
  Different = 1,      ///< `graph diff`, for which errors in a file are CouldNot
  WrongUsage = 2,
  CouldNot = 3,    ///< a file that cannot be read, an internal error
  NotReady = 4,    ///< the graph did not become ready, or ports or GPUs were missing at the start
  SlotFailed = 5,  ///< after the graph was ready
  Interrupted = 130,
  Terminated = 143,
};

}  // namespace dynamo
