#include "graph_loader/language/file_symbols.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dynamo {
namespace {

struct Part {
  std::string_view key;
  SymbolKind kind;
};

struct Section {
  std::string_view key;
  SymbolKind kind;
  std::vector<Part> parts;
};

const std::vector<Section>& sections() {
  using Kind = SymbolKind;
  static const std::vector<Section> list = {
      {"interfaces", Kind::Interface, {{"endpoints", Kind::Endpoint}}},
      {"components",
       Kind::Component,
       {{"params", Kind::Param}, {"clients", Kind::Client}, {"endpoints", Kind::Endpoint}, {"ports", Kind::Port}}},
      {"specs", Kind::Spec, {{"params", Kind::Param}, {"slots", Kind::Slot}, {"sidecars", Kind::Sidecar}}},
      {"graphs", Kind::Graph, {{"params", Kind::Param}, {"bind", Kind::Slot}, {"sidecars", Kind::Sidecar}}},
  };
  return list;
}

std::string detail_of(const Node& value) {
  constexpr std::size_t longest = 60;
  if (value.kind == NodeKind::Null || !value.is_scalar() || value.text.size() > longest ||
      value.text.find('\n') != std::string_view::npos) {
    return {};
  }
  return std::string(value.text);
}

FileSymbol item_of(const Entry& entry, std::optional<SymbolKind> kind) {
  FileSymbol item;
  item.name = entry.key->text;
  item.kind = kind;
  item.name_range = entry.key->where;
  item.range = entry.key->where;
  // A value that stands elsewhere, behind an anchor, is no part of it.
  if (entry.value->where.file == item.range.file && entry.value->where.begin >= item.range.begin) {
    item.range.end = std::max(item.range.end, entry.value->where.end);
  }
  item.detail = detail_of(*entry.value);
  return item;
}

/// An empty name cannot be shown, and what stands behind an alias is no part of what the alias is in.
void add(std::vector<FileSymbol>& list, FileSymbol item, const Span& parent) {
  if (item.name.find_first_not_of(" \t\r\n") == std::string::npos) return;
  if (item.range.begin < parent.begin || parent.end < item.range.end) return;
  list.push_back(std::move(item));
}

std::vector<FileSymbol> parts_of(const Node& definition, const std::vector<Part>& parts, const Span& parent) {
  std::vector<FileSymbol> result;
  for (const Entry& entry : definition.entries) {
    const auto part =
        std::find_if(parts.begin(), parts.end(), [&](const Part& one) { return one.key == entry.key->text; });
    if (part == parts.end()) continue;
    for (const Entry& member : entry.value->entries) add(result, item_of(member, part->kind), parent);
    for (const Node* member : entry.value->items) {
      if (!member->is_scalar()) continue;
      add(result, {std::string(member->text), {}, part->kind, member->where, member->where, {}}, parent);
    }
  }
  return result;
}

}  // namespace

std::vector<FileSymbol> file_symbols(const SyntaxTree& tree) {
  std::vector<FileSymbol> result;
  for (const Entry& entry : tree.root->entries) {
    const auto section = std::find_if(sections().begin(), sections().end(),
                                      [&](const Section& one) { return one.key == entry.key->text; });
    if (section == sections().end()) continue;
    FileSymbol& top = result.emplace_back(item_of(entry, std::nullopt));
    for (const Entry& definition : entry.value->entries) {
      FileSymbol item = item_of(definition, section->kind);
      item.children = parts_of(*definition.value, section->parts, item.range);
      add(top.children, std::move(item), top.range);
    }
  }
  return result;
}

}  // namespace dynamo
