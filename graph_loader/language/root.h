#pragma once
// What is loaded as one: a graph file with all that it imports, and perhaps an overlay that is laid over it.

#include <compare>
#include <string>

namespace dynamo {

struct Root {
  std::string file;
  std::string overlay = {};  ///< empty: none
  friend auto operator<=>(const Root&, const Root&) = default;
};

}  // namespace dynamo
