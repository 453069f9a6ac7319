#pragma once
// A YAML text piece by piece, for what the parser cannot read: brackets need not match, quotes need not end. It knows
// less than the parser, and never gives up.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace dynamo::yaml_text {

struct Piece {
  enum class Kind { Open, Close, Comma, Colon, Dash, Plain, Quoted, Block, End };
  Kind kind = Kind::End;
  std::size_t begin = 0;
  std::size_t end = 0;
  /// Of a Plain in brackets: the first `{` that stands in the middle of it, as in `${x}`. YAML takes it for a bracket.
  std::optional<std::size_t> brace;
  std::optional<std::size_t> partner;  ///< of a Close: the bracket that was open
  bool closed = true;                  ///< of a Quoted
};

class Pieces {
 public:
  /// `at` is outside of brackets and quotes.
  Pieces(std::string_view text, std::size_t at) : text_(text), at_(at) {}
  Piece next();
  /// The brackets that are open, from the outermost.
  [[nodiscard]] const std::vector<std::size_t>& open() const { return open_; }

 private:
  Piece plain(std::size_t begin);
  Piece block(std::size_t begin);
  [[nodiscard]] bool ends_colon(std::size_t at) const;
  [[nodiscard]] std::optional<std::size_t> closing_brace(std::size_t at) const;

  std::string_view text_;
  std::size_t at_;
  bool behind_quotes_ = false;
  std::vector<std::size_t> open_;
};

}  // namespace dynamo::yaml_text
