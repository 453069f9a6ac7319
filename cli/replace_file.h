#pragma once
// Writing a file anew without having half of it on disk, wherever that can be had.

#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

/// Gives the file the text `after`, at one stroke: a new file beside it takes its name, owner and mode. A symbolic link
/// stays, what it leads to is replaced. A file that has several names, or whose folder cannot be written, is written in
/// its place: the room for it is taken first, and a text that could only be written in part is taken back.
/// Without a change, and with a sentence that says why, if the file is not writable, not a plain file, or no longer
/// holds `before`.
std::optional<std::string> replace_file(const std::string& path, std::string_view before, std::string_view after);

}  // namespace dynamo
