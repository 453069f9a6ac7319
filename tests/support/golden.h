#pragma once
// Comparison with a text that was accepted before. DYNAMO_ACCEPT=1 writes the text anew and marks the test skipped,
// so that a run that accepts cannot be taken for one that checks; look at the difference before you commit it.

#include <filesystem>
#include <string>
#include <string_view>

namespace dynamo::test {

/// Replaces what differs between two runs: the given folder, ports that were chosen, process ids, run ids, durations.
std::string normalised(std::string text, const std::filesystem::path& folder);

/// Fails the test when `actual` is not what the file holds; an empty text has no file.
void expect_golden(const std::filesystem::path& file, std::string_view actual);

bool accepting();

}  // namespace dynamo::test
