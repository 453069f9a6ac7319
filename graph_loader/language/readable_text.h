#pragma once
// A text that can be read as YAML for a buffer that, while somebody types, often cannot: with its brackets closed,
// without the lines that stand in the way, or as it was before. Names and types are looked up in it; diagnostics come
// from the buffer itself.

#include "graph_loader/yaml/syntax_tree.h"
#include "proto/source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace dynamo {

/// A text that was read as YAML.
struct ParsedText {
  explicit ParsedText(std::string text) : source("", std::move(text)) {}
  SourceFile source;
  std::optional<SyntaxTree> tree;
};

struct ReadableText {
  std::string text;
  bool good = false;        ///< it can be read
  bool same_places = true;  ///< every byte of it that is no blank stands where it stands in the buffer; else: PlaceMap
  std::shared_ptr<const ParsedText> parsed =
      {};  ///< what was made of `text` to find out; null: it is that of an earlier time
};

/// `edited`: the byte after the last change, if it is known. `before`: what this function said last time.
ReadableText make_readable(std::string_view buffer, std::optional<std::uint32_t> edited, ReadableText before);

/// Bytes of one text in another that came from it by one change.
class PlaceMap {
 public:
  PlaceMap(std::string_view from, std::string_view to);
  /// None: the byte stands in what was changed.
  [[nodiscard]] std::optional<std::uint32_t> forward(std::uint32_t byte) const;
  [[nodiscard]] std::optional<std::uint32_t> backward(std::uint32_t byte) const;
  /// Where what was changed ends in the new text.
  [[nodiscard]] std::uint32_t changed_end() const { return to_end_; }

 private:
  std::uint32_t prefix_ = 0;    ///< bytes that both begin with
  std::uint32_t from_end_ = 0;  ///< where the bytes begin that both end with
  std::uint32_t to_end_ = 0;
};

}  // namespace dynamo
