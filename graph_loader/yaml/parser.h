#pragma once
// The parser, which is yaml-cpp's: a stream of bytes in, events out, and a sentence of ours where it gives up. The only
// file that includes yaml-cpp is parser.cpp.
//
// All offsets are bytes of the whole text.

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace dynamo {

/// The parser's number of an anchor, from 1.
using YamlAnchor = std::size_t;
inline constexpr YamlAnchor no_anchor = 0;

/// Hears what the parser reads, in the order of the text. `at` is where the parser says that a value begins: at its
/// anchor or tag, where it has one. What an implementation throws comes out of `parse_events`.
class YamlEvents {
 public:
  enum class Style { Block, Flow };

  virtual ~YamlEvents() = default;
  /// An empty value, or one of the words for it.
  virtual void null(std::size_t at, YamlAnchor anchor) = 0;
  virtual void scalar(std::size_t at, YamlAnchor anchor, const std::string& value) = 0;
  virtual void alias(std::size_t at, YamlAnchor anchor) = 0;
  /// Comes before the value that it belongs to.
  virtual void anchor(std::size_t at, const std::string& name) = 0;
  /// `properties`: it has an anchor or a tag.
  virtual void sequence_start(std::size_t at, bool properties, YamlAnchor anchor, Style style) = 0;
  virtual void mapping_start(std::size_t at, bool properties, YamlAnchor anchor, Style style) = 0;
  virtual void collection_end() = 0;
};

/// Why the parser gave up.
struct Complaint {
  /// What it did not expect there, or wanted: the next key or item, a comma or the end inside of brackets, an open
  /// bracket before the one that closes, the end of a text in quotes, the start of a value.
  enum class About { Colon, Key, Item, Inside, Close, Quote, Start, Escape, Else };
  About about = About::Else;
  std::optional<std::size_t> at;  ///< none: it does not say
  std::string_view message;
  std::string_view help;  ///< may be empty
};

/// Reads one document. The first byte of `stream` is byte `begin` of the text.
std::optional<Complaint> parse_events(std::istream& stream, std::size_t begin, YamlEvents& events);

}  // namespace dynamo
