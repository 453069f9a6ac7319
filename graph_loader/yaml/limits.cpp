#include "graph_loader/yaml/limits.h"

namespace dynamo {

Finding too_many_values(std::size_t begin, std::size_t end) {
  return {codes::too_large, begin, end, "more than 1000000 values in one file",
          "an alias counts as all that it stands for"};
}

Finding too_many_aliases(std::size_t begin, std::size_t end) {
  return {codes::too_large, begin, end, "more than 1000 aliases in one file"};
}

Finding too_deep(std::size_t begin) {
  return {codes::too_large, begin, begin + 1, "collections are nested more than 64 deep"};
}

Finding too_long(std::size_t begin) { return {codes::too_large, begin, begin, "the file is larger than 32 MiB"}; }

}  // namespace dynamo
