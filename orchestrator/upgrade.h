#pragma once
// Upgrade in place: the supervisor replaces its own program by the one that is installed now, and no replica notices.
// The process stays the same, and with it the children, the pipes and the sockets; what the program knows about them
// goes through a file in memory (run_state.h).
//
//   old program: is the new one content with the state? ── no ──> a warning, and everything goes on
//                └ yes ─> block signals, write the state, exec ── fails ──> likewise
//   new program: resume_supervision() (guardian.h), read_run_state(), resume() (run.h), signals again
//
// After exec there is no way back, hence the question before: the new program is run once as
// `dynamo __check-state FD serve ...`, reads state and command line, and says by its exit status whether it will do.

#include "orchestrator/async.h"
#include "orchestrator/clock.h"
#include "orchestrator/launcher.h"
#include "orchestrator/run_state.h"
#include "proto/result.h"

#include <optional>
#include <string>

namespace dynamo {

/// Set for the new program only: the number of the descriptor with the state.
inline constexpr const char* resume_variable = "DYNAMO_RESUME_FD";
/// The hidden command; its first argument is such a number.
inline constexpr const char* check_state_command = "__check-state";

/// The path of the program that runs, as it was installed; to be asked before somebody replaces it.
std::string present_program();

/// Why the program at `state.options.program` will not go on with this state; empty if it will.
Awaitable<std::string> reason_against(Clock& clock, ProcessLauncher& launcher, const SavedRun& state);
/// Does not return if it succeeds; then every descriptor of the state is open in the new program, and all signals are
/// blocked. The reason if it fails, and nothing has changed.
std::string replace_program(const SavedRun& state);

/// Reads the state, and checks that it is whole and that this program understands it.
Result<SavedRun> read_run_state(FileDescriptor file);
/// The number in `resume_variable`, which is removed from the environment; none in an ordinary start.
std::optional<int> take_resume_descriptor();

}  // namespace dynamo
