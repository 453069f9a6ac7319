#pragma once
// Writing a user's file anew: all of it or nothing, whatever happens in between.

#include "proto/result.h"

#include <string>
#include <string_view>

namespace dynamo {

/// Puts `text` in the place of a regular file that exists: through a temporary file in the same folder, so that a
/// reader sees the old text or the new one. Symbolic links are followed and stay; owner and mode are kept.
Result<void> replace_file(const std::string& path, std::string_view text);

}  // namespace dynamo
