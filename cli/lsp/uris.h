#pragma once
// The URIs of an editor and the paths of the loader.

#include <string>
#include <string_view>

namespace dynamo::lsp {

/// The normalised path of a `file:` URI; any other URI (an unsaved buffer) is its own path.
std::string path_of(std::string_view uri);
/// The one path of a file that can be reached through symbolic links.
std::string real_path(const std::string& path);
/// The `file:` URI of an absolute path; what is no absolute path is a URI already.
std::string uri_of(std::string_view path);

}  // namespace dynamo::lsp
