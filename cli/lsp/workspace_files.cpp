#include "cli/lsp/workspace_files.h"

#include "cli/graph_files.h"
#include "graph_loader/language/imports.h"
#include "graph_loader/spec/file_reader.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace dynamo::lsp {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 8;
constexpr std::size_t most_entries = 20'000;
constexpr std::size_t most_files = 500;
constexpr std::size_t most_names = 1000;  ///< of one folder, for completion
constexpr std::uintmax_t largest = std::uintmax_t{1} << 20U;

}  // namespace

std::map<std::string, std::vector<std::string>> find_graph_files(const std::vector<std::string>& folders) {
  std::map<std::string, std::vector<std::string>> result;
  SystemFileReader reader;
  std::size_t entries = 0;
  for (const std::string& folder : folders) {
    std::error_code error;
    fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
      if (++entries > most_entries || result.size() >= most_files) return result;
      std::error_code unknown;
      if (walk->is_directory(unknown)) {
        if (walk.depth() >= deepest || is_left_out(walk->path().filename().string())) walk.disable_recursion_pending();
        continue;
      }
      if (!is_yaml_path(walk->path()) || !walk->is_regular_file(unknown) || walk->file_size(unknown) > largest)
        continue;
      const std::string path = walk->path().lexically_normal().string();
      const auto text = reader.read(path);
      if (text.has_value() && text->find("dynamo/v1") != std::string::npos) result[path] = imports_of(path, *text);
    }
  }
  return result;
}

std::vector<std::string> DiskFolders::list(const std::string& folder) {
  std::vector<std::string> result;
  std::error_code error;
  fs::directory_iterator walk(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::directory_iterator() && result.size() < most_names; walk.increment(error)) {
    std::string name = walk->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code unknown;
    if (walk->is_directory(unknown)) name += '/';
    result.push_back(std::move(name));
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace dynamo::lsp
