#include "cli/graph_files.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace dynamo {
namespace {

namespace fs = std::filesystem;

/// Looks at lines only: a file that is no YAML may be meant as a graph file all the same.
bool says_graph_file(std::string_view text) {
  constexpr std::string_view key = "apiVersion";
  constexpr std::string_view marks = " \t{}\"':";
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
    const std::size_t line_feed = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const std::size_t line = line_feed == std::string_view::npos ? 0 : line_feed + 1;
    const std::string_view before = text.substr(line, at - line);
    const bool is_key = before.find_first_not_of(line == 0 ? "\xEF\xBB\xBF{\"' " : "{\"' ") == std::string_view::npos;
    std::string_view value = text.substr(at + key.size());
    value.remove_prefix(std::min(value.find_first_not_of(marks), value.size()));
    if (is_key && !before.starts_with(' ')) return value.starts_with("dynamo/");
  }
  return false;
}

}  // namespace

bool is_yaml_path(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

bool is_graph_file(const fs::path& path, FileReader& files) {
  if (!is_yaml_path(path)) return false;
  const auto text = files.read(path.string());
  return text.has_value() && says_graph_file(*text);
}

bool is_left_out(const std::string& folder_name) {
  static constexpr auto made =
      std::to_array<std::string_view>({"build", "target", "node_modules", "venv", "site-packages", "__pycache__"});
  return folder_name.starts_with('.') || std::find(made.begin(), made.end(), folder_name) != made.end();
}

Result<std::vector<std::string>> graph_files_below(const std::string& folder, FileReader& files) {
  std::vector<std::string> result;
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    std::error_code unknown;
    const std::string name = walk->path().filename().string();
    if (walk->is_directory(unknown)) {
      if (is_left_out(name)) walk.disable_recursion_pending();
      continue;
    }
    if (!is_yaml_path(walk->path()) || name.starts_with('.') || !walk->is_regular_file(unknown)) continue;
    std::string path = walk->path().lexically_normal().string();
    // What cannot be read is told by whoever wants to read it.
    const auto text = files.read(path);
    if (text.has_error() || says_graph_file(*text)) result.push_back(std::move(path));
  }
  if (error) return Failure("read the folder `" + folder + "`", error);
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace dynamo
