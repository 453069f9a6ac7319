#include "graph_loader/deployment/manifest_shape.h"

#include "graph_loader/spec/quantity.h"

#include <fmt/format.h>

namespace dynamo::deployment {

const std::vector<Entry>& ManifestShape::entries(const Node& node, std::string_view what) {
  static const std::vector<Entry> none;
  if (node.is_mapping()) return node.entries;
  if (node.kind != NodeKind::Null) shape_.wrong_kind(node.where, what, "a mapping", describe(node)).emit();
  return none;
}

const std::vector<const Node*>& ManifestShape::items(const Node& node, std::string_view what) {
  static const std::vector<const Node*> none;
  if (node.is_sequence()) return node.items;
  if (node.kind != NodeKind::Null) shape_.wrong_kind(node.where, what, "a list", describe(node)).emit();
  return none;
}

std::optional<Located<std::string>> ManifestShape::text(const Node& node, std::string_view what) {
  if (node.kind == NodeKind::Null) return Located<std::string>{"", node.where};
  if (node.is_scalar()) return Located<std::string>{std::string(node.text), node.where};
  shape_.wrong_kind(node.where, what, "text", describe(node)).emit();
  return std::nullopt;
}

std::vector<Located<std::string>> ManifestShape::texts(const Node& node, std::string_view what) {
  std::vector<Located<std::string>> result;
  for (const Node* item : items(node, what)) {
    if (auto word = text(*item, fmt::format("a word of {}", what))) result.push_back(std::move(*word));
  }
  return result;
}

std::optional<long long> ManifestShape::integer(const Node& node, std::string_view what, long long min, long long max) {
  const auto value = node.kind == NodeKind::Int ? parse_integer(node.text) : std::nullopt;
  if (!value) {
    shape_.wrong_kind(node.where, what, "a whole number", describe(node)).emit();
    return std::nullopt;
  }
  if (*value >= min && *value <= max) return value;
  report(sink(), codes::out_of_range, node.where, fmt::format("{} cannot be {}", what, node.text))
      .note(fmt::format("it is between {} and {}", min, max));
  return std::nullopt;
}

}  // namespace dynamo::deployment
