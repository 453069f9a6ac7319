#include "cli/lsp/workspace_files.h"

#include "cli/graph_files.h"
#include "cli/lsp/documents.h"
#include "cli/lsp/uris.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

namespace dynamo::lsp {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_names = 1000;  ///< of one folder, for completion
/// Larger files are no graph files: the language ends there.
constexpr std::uintmax_t largest = std::uintmax_t{32} << 20U;

/// None: it is no graph file.
std::optional<DiskFile> read_file(const std::string& path) {
  SystemFileReader reader;
  auto text = reader.read(path);
  if (text.has_error() || text->find("dynamo") == std::string::npos) return std::nullopt;
  if (text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3);
  const ReadableText readable = make_readable(*text, std::nullopt, {});
  DiskFile file;
  file.facts = facts_of(path, *text, readable.parsed == nullptr ? nullptr : &*readable.parsed->tree);
  if (file.facts.kind != FileFacts::Kind::Graph) return std::nullopt;
  make_real(file.facts);
  file.broken = !readable.good || readable.text != *text;
  return file;
}

}  // namespace

const DiskFile* GraphFiles::look_at(const std::string& path) {
  std::error_code error;
  const auto time = fs::last_write_time(path, error);
  const auto size = error ? 0 : fs::file_size(path, error);
  if (error || size > largest || !fs::is_regular_file(path, error)) {
    known_.erase(path);
    return nullptr;
  }
  const auto [place, fresh] = known_.try_emplace(path);
  Known& known = place->second;
  if (fresh || known.time != time || known.size != size) known = {time, size, read_file(path)};
  return known.file ? &*known.file : nullptr;
}

void GraphFiles::search(const std::vector<std::string>& folders) {
  found_.clear();
  ended_early_.reset();
  std::size_t entries = 0;
  for (const std::string& folder : folders) search(folder, entries);
}

void GraphFiles::search(const std::string& folder, std::size_t& entries) {
  std::error_code error;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (++entries > limits_.entries) {
      ended_early_ = fmt::format("the search in `{}` ended after {} files and folders", folder, limits_.entries);
      return;
    }
    std::error_code unknown;
    const fs::path& path = walk->path();
    if (walk->is_directory(unknown)) {
      if (is_left_out(path.filename().string())) {
        walk.disable_recursion_pending();
      } else if (walk.depth() + 1 >= limits_.depth) {
        walk.disable_recursion_pending();
        ended_early_ = fmt::format("the search in `{}` went down {} folders and no further", folder, limits_.depth);
      }
      continue;
    }
    if (!is_yaml_path(path)) continue;
    const std::string real = walk->is_symlink(unknown) ? real_path(path.string()) : path.lexically_normal().string();
    if (const DiskFile* file = look_at(real)) found_[real] = file;
    if (found_.size() >= limits_.files) {
      ended_early_ = fmt::format("the search in `{}` ended after {} graph files", folder, limits_.files);
      return;
    }
  }
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
