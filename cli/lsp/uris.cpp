#include "cli/lsp/uris.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <filesystem>
#include <system_error>

namespace dynamo::lsp {
namespace {

constexpr std::string_view file_scheme = "file://";

std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned byte = 0;
    if (text[at] == '%' && at + 2 < text.size()) {
      const char* end = text.data() + at + 3;
      if (std::from_chars(text.data() + at + 1, end, byte, 16).ptr == end) {
        result += static_cast<char>(byte);
        at += 2;
        continue;
      }
    }
    result += text[at];
  }
  return result;
}

}  // namespace

std::string path_of(std::string_view uri) {
  if (!uri.starts_with(file_scheme)) return std::string(uri);
  uri.remove_prefix(file_scheme.size());
  uri = uri.substr(0, uri.find_first_of("?#"));
  const std::size_t slash = uri.find('/');  // behind a host, which is this one
  const std::string path = decoded(slash == std::string_view::npos ? uri : uri.substr(slash));
  return std::filesystem::path(path).lexically_normal().string();
}

std::string real_path(const std::string& path) {
  if (!path.starts_with('/')) return path;
  std::error_code error;
  const std::filesystem::path found = std::filesystem::weakly_canonical(path, error);
  return error ? path : found.string();
}

std::string uri_of(std::string_view path) {
  if (!path.starts_with('/')) return std::string(path);
  std::string result(file_scheme);
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || std::string_view("/-._~").find(c) != std::string_view::npos)) {
      result += c;
    } else {
      result += fmt::format("%{:02X}", byte);
    }
  }
  return result;
}

}  // namespace dynamo::lsp
