#pragma once
// The guardian: the process that the user started. It is a subreaper of a few dozen KiB whose only child is
// the supervisor; whichever of the two dies by SIGKILL, the other kills every descendant.

namespace dynamo {

/// Forks. The parent becomes the guardian and never returns: it forwards signals to the supervisor, and when that
/// has ended it kills what is left below and exits with the supervisor's code. Returns in the child, which is
/// then a subreaper in a session of its own. Call it first thing in main(), before anything is allocated.
///
/// From then on the child has a handler for one private signal (a real-time one) by which the kernel tells that the
/// guardian is dead: it kills everything below and ends the process at once, whatever the program is doing. Nothing
/// else needs to know about it. Forwarded are SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH and, unless the
/// program was started with SIGHUP ignored (nohup), SIGHUP. Ctrl-Z stops the guardian only: the run goes on.
void guard_this_process();

/// In the place of guard_this_process() when this program has replaced an earlier one in the supervisor's process
/// (upgrade.h): the guardian and the tree are there already. All signals stay blocked until the run lets them in.
void resume_supervision();

}  // namespace dynamo
