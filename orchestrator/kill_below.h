#pragma once
// Ends every descendant of this process. Complete because this process is a subreaper: nobody can leave its tree.
// System calls only, no allocation: it runs in the guardian, and in a signal handler of the supervisor.

namespace dynamo {

/// Stops everything below, kills everything below, reaps, and repeats until there is no child left. Returns the
/// number of children that are left all the same after `limit_milliseconds` (processes of another user, or held by
/// the kernel): nearly always 0.
int kill_everything_below(int limit_milliseconds = 10000) noexcept;

}  // namespace dynamo
