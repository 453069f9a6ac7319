#include "graph_loader/yaml/lookalikes.h"

#include "graph_loader/yaml/yaml_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dynamo {
namespace {

using Kind = Lookalike::Kind;

struct Row {
  std::uint32_t code;
  Kind kind;
  std::string_view like;
  std::string_view name;
};

// In the order of their codes.
constexpr std::array rows = std::to_array<Row>({
    {0x00A0, Kind::Blank, " ", "no-break space"},
    {0x00AD, Kind::Invisible, "", "soft hyphen"},
    {0x00B4, Kind::Mark, "'", "acute accent"},
    {0x037E, Kind::Mark, ";", "Greek question mark"},
    {0x0391, Kind::Letter, "A", "Greek letter"},
    {0x0392, Kind::Letter, "B", "Greek letter"},
    {0x0395, Kind::Letter, "E", "Greek letter"},
    {0x0396, Kind::Letter, "Z", "Greek letter"},
    {0x0397, Kind::Letter, "H", "Greek letter"},
    {0x0399, Kind::Letter, "I", "Greek letter"},
    {0x039A, Kind::Letter, "K", "Greek letter"},
    {0x039C, Kind::Letter, "M", "Greek letter"},
    {0x039D, Kind::Letter, "N", "Greek letter"},
    {0x039F, Kind::Letter, "O", "Greek letter"},
    {0x03A1, Kind::Letter, "P", "Greek letter"},
    {0x03A4, Kind::Letter, "T", "Greek letter"},
    {0x03A5, Kind::Letter, "Y", "Greek letter"},
    {0x03A7, Kind::Letter, "X", "Greek letter"},
    {0x03BD, Kind::Letter, "v", "Greek letter"},
    {0x03BF, Kind::Letter, "o", "Greek letter"},
    {0x0405, Kind::Letter, "S", "Cyrillic letter"},
    {0x0406, Kind::Letter, "I", "Cyrillic letter"},
    {0x0408, Kind::Letter, "J", "Cyrillic letter"},
    {0x0410, Kind::Letter, "A", "Cyrillic letter"},
    {0x0412, Kind::Letter, "B", "Cyrillic letter"},
    {0x0415, Kind::Letter, "E", "Cyrillic letter"},
    {0x041A, Kind::Letter, "K", "Cyrillic letter"},
    {0x041C, Kind::Letter, "M", "Cyrillic letter"},
    {0x041D, Kind::Letter, "H", "Cyrillic letter"},
    {0x041E, Kind::Letter, "O", "Cyrillic letter"},
    {0x0420, Kind::Letter, "P", "Cyrillic letter"},
    {0x0421, Kind::Letter, "C", "Cyrillic letter"},
    {0x0422, Kind::Letter, "T", "Cyrillic letter"},
    {0x0425, Kind::Letter, "X", "Cyrillic letter"},
    {0x0430, Kind::Letter, "a", "Cyrillic letter"},
    {0x0435, Kind::Letter, "e", "Cyrillic letter"},
    {0x043A, Kind::Letter, "k", "Cyrillic letter"},
    {0x043E, Kind::Letter, "o", "Cyrillic letter"},
    {0x0440, Kind::Letter, "p", "Cyrillic letter"},
    {0x0441, Kind::Letter, "c", "Cyrillic letter"},
    {0x0443, Kind::Letter, "y", "Cyrillic letter"},
    {0x0445, Kind::Letter, "x", "Cyrillic letter"},
    {0x0455, Kind::Letter, "s", "Cyrillic letter"},
    {0x0456, Kind::Letter, "i", "Cyrillic letter"},
    {0x0458, Kind::Letter, "j", "Cyrillic letter"},
    {0x04BB, Kind::Letter, "h", "Cyrillic letter"},
    {0x0501, Kind::Letter, "d", "Cyrillic letter"},
    {0x2002, Kind::Blank, " ", "en space"},
    {0x2003, Kind::Blank, " ", "em space"},
    {0x2007, Kind::Blank, " ", "figure space"},
    {0x2008, Kind::Blank, " ", "punctuation space"},
    {0x2009, Kind::Blank, " ", "thin space"},
    {0x200A, Kind::Blank, " ", "hair space"},
    {0x200B, Kind::Invisible, "", "zero-width space"},
    {0x200C, Kind::Invisible, "", "zero-width non-joiner"},
    {0x200D, Kind::Invisible, "", "zero-width joiner"},
    {0x200E, Kind::Invisible, "", "left-to-right mark"},
    {0x200F, Kind::Invisible, "", "right-to-left mark"},
    {0x2010, Kind::Mark, "-", "hyphen"},
    {0x2011, Kind::Mark, "-", "non-breaking hyphen"},
    {0x2012, Kind::Mark, "-", "figure dash"},
    {0x2013, Kind::Mark, "-", "en dash"},
    {0x2014, Kind::Mark, "-", "em dash"},
    {0x2018, Kind::Mark, "'", "left single quotation mark"},
    {0x2019, Kind::Mark, "'", "right single quotation mark"},
    {0x201A, Kind::Mark, "'", "low single quotation mark"},
    {0x201C, Kind::Mark, "\"", "left double quotation mark"},
    {0x201D, Kind::Mark, "\"", "right double quotation mark"},
    {0x201E, Kind::Mark, "\"", "low double quotation mark"},
    {0x2028, Kind::Blank, " ", "line separator"},
    {0x202A, Kind::Invisible, "", "left-to-right embedding"},
    {0x202B, Kind::Invisible, "", "right-to-left embedding"},
    {0x202C, Kind::Invisible, "", "end of embedding"},
    {0x202D, Kind::Invisible, "", "left-to-right override"},
    {0x202E, Kind::Invisible, "", "right-to-left override"},
    {0x202F, Kind::Blank, " ", "narrow no-break space"},
    {0x2032, Kind::Mark, "'", "prime"},
    {0x2033, Kind::Mark, "\"", "double prime"},
    {0x205F, Kind::Blank, " ", "mathematical space"},
    {0x2060, Kind::Invisible, "", "word joiner"},
    {0x2066, Kind::Invisible, "", "left-to-right isolate"},
    {0x2067, Kind::Invisible, "", "right-to-left isolate"},
    {0x2068, Kind::Invisible, "", "first strong isolate"},
    {0x2069, Kind::Invisible, "", "end of isolate"},
    {0x2212, Kind::Mark, "-", "minus sign"},
    {0x2236, Kind::Mark, ":", "ratio"},
    {0x3000, Kind::Blank, " ", "ideographic space"},
    {0x3001, Kind::Mark, ",", "ideographic comma"},
    {0x3010, Kind::Mark, "[", "left lenticular bracket"},
    {0x3011, Kind::Mark, "]", "right lenticular bracket"},
    {0xFEFF, Kind::Invisible, "", "byte order mark"},
});

/// Fullwidth forms stand in the order of ASCII.
constexpr std::uint32_t first_fullwidth = 0xFF01;
constexpr std::uint32_t last_fullwidth = 0xFF5E;
constexpr std::string_view ascii =
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

std::optional<Row> row_of(std::uint32_t code) {
  if (code >= first_fullwidth && code <= last_fullwidth) {
    const std::string_view like = ascii.substr(code - first_fullwidth, 1);
    const char letter = like.front();
    const bool word = (letter >= '0' && letter <= '9') || ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z');
    return Row{code, word ? Kind::Letter : Kind::Mark, like, "fullwidth form"};
  }
  const auto* found = std::lower_bound(rows.begin(), rows.end(), code,
                                       [](const Row& row, std::uint32_t wanted) { return row.code < wanted; });
  if (found == rows.end() || found->code != code) return std::nullopt;
  return *found;
}

}  // namespace

std::string Lookalike::words() const {
  if (kind == Kind::Invisible) return name + " cannot be seen";
  if (like.empty()) return name + " has no meaning here";
  return name + " looks like " + (kind == Kind::Blank ? "a blank" : "`" + std::string(like) + "`");
}

std::optional<Lookalike> find_lookalike(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size();) {
    const yaml_text::Character character = yaml_text::character_at(text, at);
    const std::size_t length = std::max<std::size_t>(character.length, 1);
    if (const auto row = character.code < 0x80 ? std::nullopt : row_of(character.code)) {
      return Lookalike{row->kind, at, at + length, row->like,
                       yaml_text::code_text(row->code) + " (" + std::string(row->name) + ")"};
    }
    at += length;
  }
  return std::nullopt;
}

std::string without_lookalikes(std::string_view text) {
  std::string result;
  std::size_t done = 0;
  while (const auto found = find_lookalike(text, done)) {
    result += text.substr(done, found->begin - done);
    result += found->like;
    done = found->end;
  }
  return result += text.substr(done);
}

}  // namespace dynamo
