#include "graph_loader/format/layout.h"

#include "graph_loader/yaml/yaml_text.h"

namespace dynamo::format {

std::string_view Piece::name_with(char mark) const {
  if (name == 0) return {};
  const std::string_view text = node->where.file->text();
  const std::size_t begin = name - 1;
  if (text[begin] != mark) return {};
  return text.substr(begin, yaml_text::name_end(text, begin) - begin);
}

}  // namespace dynamo::format
