#pragma once
// What is wrong at a place of a YAML text, before anybody is told: the cause may turn out to stand elsewhere.

#include "proto/diagnostic.h"
#include "proto/source.h"

#include <cstddef>
#include <string>
#include <vector>

namespace dynamo {

/// [begin, end) are bytes of the text.
struct Finding {
  Code code;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string message;
  std::string help = {};
  std::vector<Label> others = {};  ///< the other halves
  std::vector<Fix> fixes = {};
  std::string label = {};  ///< at the place itself
};

}  // namespace dynamo
