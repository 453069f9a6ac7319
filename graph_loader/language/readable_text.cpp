#include "graph_loader/language/readable_text.h"

#include "graph_loader/language/cursor.h"
#include "graph_loader/yaml/parse.h"

#include <algorithm>
#include <utility>

namespace dynamo {
namespace {

/// Attempts to leave lines out, as long as each is quick.
constexpr int most_attempts = 6;
constexpr std::size_t quick_size = std::size_t{256} << 10U;

class FirstPlace final : public DiagnosticSink {
 public:
  void report(Diagnostic diagnostic) override {
    if (!place && diagnostic.primary.where) place = diagnostic.primary.where.begin;
  }
  std::optional<std::uint32_t> place;
};

struct Attempt {
  std::shared_ptr<const ParsedText> parsed;  ///< null: it cannot be read
  std::optional<std::uint32_t> stopped;      ///< where the parser did
};

Attempt try_to_read(const std::string& text) {
  FirstPlace sink;
  auto parsed = std::make_shared<ParsedText>(text);
  parsed->tree = parse_yaml(parsed->source, sink);
  Attempt result;
  if (parsed->tree) result.parsed = std::move(parsed);
  result.stopped = sink.place;
  return result;
}

/// Turns the line around a byte into blanks. False: it is blank already.
bool blank_line(std::string& text, std::uint32_t byte) {
  const std::size_t at = std::min<std::size_t>(byte, text.size());
  const std::size_t before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  bool changed = false;
  for (std::size_t index = begin; index < end; ++index) {
    if (text[index] == '\r') continue;
    changed = changed || text[index] != ' ';
    text[index] = ' ';
  }
  return changed;
}

/// The last line before the one around a byte that is not blank.
std::optional<std::uint32_t> line_before(std::string_view text, std::uint32_t byte) {
  const std::size_t at = std::min<std::size_t>(byte, text.size());
  if (at == 0) return std::nullopt;
  const std::size_t end = text.rfind('\n', at - 1);
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  const std::size_t last = text.find_last_not_of(" \r\n", end - 1);
  if (last == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(last);
}

/// The buffer with `filling` at the place of the last change, and with the brackets closed that its line leaves open.
std::optional<ReadableText> close_brackets(std::string_view buffer, std::uint32_t edited, std::string_view filling) {
  const std::size_t at = std::min<std::size_t>(edited, buffer.size());
  std::size_t end = std::min(buffer.find('\n', at), buffer.size());
  while (end > at && (buffer[end - 1] == ' ' || buffer[end - 1] == '\r')) --end;
  std::string begin(buffer.substr(0, at));
  begin += filling;
  begin += buffer.substr(at, end - at);
  const std::string ends = missing_ends(begin);
  if (ends.empty() && filling.empty()) return std::nullopt;
  ReadableText result{begin + ends, true, false};
  result.text += buffer.substr(end);
  result.parsed = try_to_read(result.text).parsed;
  if (result.parsed == nullptr) return std::nullopt;
  return result;
}

}  // namespace

ReadableText make_readable(std::string_view buffer, std::optional<std::uint32_t> edited, ReadableText before) {
  ReadableText result{std::string(buffer), true, true};
  Attempt attempt = try_to_read(result.text);
  const auto reads = [&] {
    result.parsed = attempt.parsed;
    return result.parsed != nullptr;
  };
  if (reads()) return result;
  if (edited) {
    if (auto closed = close_brackets(buffer, *edited, "")) return *closed;
    // Where a key is missing, one that means nothing takes its place.
    if (auto closed = close_brackets(buffer, *edited, "x-")) return *closed;
    if (blank_line(result.text, *edited)) attempt = try_to_read(result.text);
    if (reads()) return result;
  }
  for (int count = 0; count < most_attempts && buffer.size() <= quick_size && attempt.stopped; ++count) {
    if (!blank_line(result.text, *attempt.stopped)) {
      const auto above = line_before(result.text, *attempt.stopped);
      if (!above || !blank_line(result.text, *above)) break;
    }
    attempt = try_to_read(result.text);
    if (reads()) return result;
  }
  before.parsed.reset();
  if (before.good) {
    before.same_places = false;
    return before;
  }
  return {std::string(buffer), false, true};
}

PlaceMap::PlaceMap(std::string_view from, std::string_view to) {
  const std::size_t shorter = std::min(from.size(), to.size());
  const auto differ = std::mismatch(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(shorter), to.begin());
  const auto prefix = static_cast<std::size_t>(differ.first - from.begin());
  std::size_t suffix = 0;
  while (suffix < shorter - prefix && from[from.size() - 1 - suffix] == to[to.size() - 1 - suffix]) ++suffix;
  prefix_ = static_cast<std::uint32_t>(prefix);
  from_end_ = static_cast<std::uint32_t>(from.size() - suffix);
  to_end_ = static_cast<std::uint32_t>(to.size() - suffix);
}

std::optional<std::uint32_t> PlaceMap::forward(std::uint32_t byte) const {
  if (byte <= prefix_) return byte;
  if (byte >= from_end_) return byte - from_end_ + to_end_;
  return std::nullopt;
}

std::optional<std::uint32_t> PlaceMap::backward(std::uint32_t byte) const {
  if (byte <= prefix_) return byte;
  if (byte >= to_end_) return byte - to_end_ + from_end_;
  return std::nullopt;
}

}  // namespace dynamo
