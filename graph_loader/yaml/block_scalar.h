#pragma once
// Text behind `|` or `>`: its value, by the rules of YAML 1.2 for indentation, folding and chomping. The parser's own
// value is not used, because it is wrong for `>+` and for a file that ends in blanks.

#include <cstddef>
#include <string>
#include <string_view>

namespace dynamo {

struct BlockScalar {
  std::string value;
  std::size_t end = 0;        ///< behind the last line that holds more than blanks; none: behind the indicators
  std::size_t value_end = 0;  ///< behind the last line of the value, blank or not, in front of its line end
};

/// `at` is the byte of the indicator, `parent` the column of the mapping or sequence that holds the value.
BlockScalar read_block_scalar(std::string_view text, std::size_t at, std::size_t parent);

}  // namespace dynamo
