#include "orchestrator/discovery_folder.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <charconv>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

namespace dynamo {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::uintmax_t largest_entry = std::uintmax_t{4}
                                         << 20U;  // model cards, with their templates, are the longest

/// None for what no process of Dynamo writes: the folder is open to all of them, and a FIFO would hold us up for good.
std::optional<json::value> read_json(const fs::directory_entry& file) {
  std::error_code unreadable;
  if (!file.is_regular_file(unreadable) || file.file_size(unreadable) > largest_entry) return std::nullopt;
  std::ifstream stream(file.path(), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  json::error_code error;
  json::value value = json::parse(text, error);
  if (error) return std::nullopt;
  return value;
}

/// The value at a path such as "/transport/tcp"; nullptr if there is none.
const json::value* at(const json::value& value, std::string_view pointer) {
  json::error_code error;
  return value.find_pointer(json::string_view(pointer.data(), pointer.size()), error);
}

/// The port in "127.0.0.1:39541/rest" or "tcp://127.0.0.1:46689".
std::optional<int> port_in(const json::value* address) {
  if (address == nullptr || !address->is_string()) return std::nullopt;
  std::string_view text(address->get_string().data(), address->get_string().size());
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find('/'));
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  text.remove_prefix(colon + 1);
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::optional<std::uint64_t> id_in(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  json::error_code error;
  const auto id = value->to_number<std::uint64_t>(error);
  if (error) return std::nullopt;
  return id;
}

/// Looks at every file of one kind, and removes those that `is_dead` says yes to.
void sift(const fs::path& folder, const std::function<bool(const json::value&)>& is_dead) {
  std::error_code error;
  for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
    const std::optional<json::value> entry = read_json(*file);
    if (!entry || !is_dead(*entry)) continue;
    std::error_code ignored;  // its owner, or another process of Dynamo, was quicker
    fs::remove(file->path(), ignored);
  }
}

}  // namespace

void forget_the_dead(const fs::path& folder, const ListeningSockets& sockets) {
  const auto nobody_at = [&](const json::value* address) {
    const std::optional<int> port = port_in(address);
    return port && sockets.tcp_inodes(*port).empty();
  };
  std::set<std::uint64_t> dead;
  const auto is_of_the_dead = [&](const json::value* id) {
    const auto number = id_in(id);
    return number && dead.contains(*number);
  };

  sift(folder / "v1" / "instances", [&](const json::value& entry) {
    if (!nobody_at(at(entry, "/transport/tcp"))) return false;
    if (const auto id = id_in(at(entry, "/instance_id"))) dead.insert(*id);
    return true;
  });
  sift(folder / "v1" / "event_channels",
       [&](const json::value& entry) { return nobody_at(at(entry, "/transport/config/endpoint")); });
  if (dead.empty()) return;
  sift(folder / "v1" / "mdc", [&](const json::value& entry) { return is_of_the_dead(at(entry, "/instance_id")); });
  sift(folder / "v1" / "event_sources",
       [&](const json::value& entry) { return is_of_the_dead(at(entry, "/metadata/worker/worker_id")); });
}

}  // namespace dynamo
