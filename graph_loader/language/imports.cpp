#include "graph_loader/language/imports.h"

#include "graph_loader/language/cursor.h"
#include "graph_loader/spec/grammar.h"
#include "graph_loader/yaml/parse.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>

namespace dynamo {
namespace {

class Unheard final : public DiagnosticSink {
 public:
  void report(Diagnostic /*diagnostic*/) override {}
};

}  // namespace

bool may_be_graph_file(std::string_view text) {
  constexpr std::string_view version = "dynamo/";
  constexpr auto nowhere = std::numeric_limits<std::uint32_t>::max();
  for (std::size_t line = 0; line < text.size();) {
    const std::size_t end = std::min(text.find('\n', line), text.size());
    std::string_view here = text.substr(line, end - line);
    line = end + 1;
    if (!here.starts_with("apiVersion:")) continue;
    here.remove_prefix(std::string_view("apiVersion:").size());
    while (!here.empty() && std::string_view(" '\"").find(here.front()) != std::string_view::npos)
      here.remove_prefix(1);
    while (!here.empty() && std::string_view(" '\"\r").find(here.back()) != std::string_view::npos)
      here.remove_suffix(1);
    return version.starts_with(here) || here.starts_with(version);
  }
  const std::vector<std::string> keys = keys_at(text, {}, nowhere);
  return std::all_of(keys.begin(), keys.end(), [](const std::string& key) {
    return key.starts_with("x-") || grammar::file.find(key) != nullptr;
  });
}

std::vector<std::string> imports_of(const std::string& path, std::string_view text) {
  std::vector<std::string> result;
  if (text.find("imports") == std::string_view::npos) return result;
  Unheard sink;
  const SourceFile file(path, std::string(text));
  const auto tree = parse_yaml(file, sink);
  if (!tree) return result;
  const Entry* imports = tree->root->find("imports");
  if (imports == nullptr) return result;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (const Node* item : imports->value->items) {
    const Entry* named = item->find("file");
    const Node* written = named == nullptr ? item : named->value;
    if (written->kind == NodeKind::String) {
      result.push_back((folder / std::string(written->text)).lexically_normal().string());
    }
  }
  return result;
}

}  // namespace dynamo
