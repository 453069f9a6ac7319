#include "cli/folder_words.h"

#include "cli/graph_files.h"
#include "graph_loader/spec/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace dynamo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_entries = 1000;
constexpr std::size_t most_told = 6;

/// Their paths as they would be typed, sorted.
std::vector<std::string> graph_files_in(const std::string& folder, const Environment& environment) {
  std::vector<std::string> result;
  std::error_code error;
  fs::directory_iterator walk(environment.current_dir / folder, fs::directory_options::skip_permission_denied, error);
  for (std::size_t seen = 0; !error && walk != fs::directory_iterator() && seen < most_entries; ++seen) {
    if (is_graph_file(walk->path(), *environment.files)) {
      result.push_back((fs::path(folder) / walk->path().filename()).string());
    }
    walk.increment(error);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

std::optional<std::string> folder_words(const std::string& path, const Environment& environment) {
  std::error_code error;
  if (path.empty() || !fs::is_directory(environment.current_dir / path, error)) return std::nullopt;
  const std::vector<std::string> files = graph_files_in(path, environment);
  const std::string what = fmt::format("`{}` is a folder", path);
  if (files.empty()) return what + ", and no graph file is in it";
  if (files.size() > most_told) return fmt::format("{}; name one of the {} graph files in it", what, files.size());
  const std::vector<std::string_view> names(files.begin(), files.end());
  return fmt::format("{}; {} {}", what, files.size() == 1 ? "the graph file in it is" : "the graph files in it are",
                     quoted(names));
}

}  // namespace dynamo
