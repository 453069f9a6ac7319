#include "cli/lsp/ranges.h"

#include "cli/lsp/rpc.h"

#include <algorithm>
#include <cstdint>

namespace dynamo::lsp {

boost::json::object position_json(TextPosition position) {
  return {{"line", position.line}, {"character", position.character}};
}

TextPosition read_position(const boost::json::value& value) {
  // The protocol's numbers end at 2^31 - 1; editors that mean "the end" send that, or more.
  constexpr std::int64_t largest = 0x7FFFFFFF;
  const auto number = [&](const char* key) {
    const std::int64_t typed = number_member(value, key);
    if (typed < 0) throw RequestError(ErrorCode::InvalidParams, "a position has no negative numbers");
    return static_cast<std::uint32_t>(std::min(typed, largest));
  };
  return {number("line"), number("character")};
}

boost::json::object Ranges::range(const Span& span) {
  const auto place = files_.try_emplace(span.file, span.file->text(), encoding_).first;
  return {{"start", position_json(place->second.position(span.begin))},
          {"end", position_json(place->second.position(span.end))}};
}

}  // namespace dynamo::lsp
