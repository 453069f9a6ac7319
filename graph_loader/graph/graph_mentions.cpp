#include "graph_loader/graph/graph_mentions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace dynamo {
namespace {

bool holds(const Span& outer, const Span& inner) {
  return outer.file == inner.file && outer.begin <= inner.begin && inner.end <= outer.end;
}

/// Each node is looked at once: with aliases a small file can be a large tree.
bool holds(const Node& node, const Span& place, std::set<const Node*>& seen) {
  if (holds(node.where, place)) return true;
  if (node.is_scalar() || !seen.insert(&node).second) return false;
  return std::any_of(
             node.entries.begin(), node.entries.end(),
             [&](const Entry& entry) { return holds(entry.key->where, place) || holds(*entry.value, place, seen); }) ||
         std::any_of(node.items.begin(), node.items.end(), [&](const Node* item) { return holds(*item, place, seen); });
}

class Mentions {
 public:
  Mentions(const Spec& spec, const std::vector<std::string>& overlays) : spec_(spec), overlays_(overlays) {}

  [[nodiscard]] std::string words(const Diagnostic& diagnostic) const {
    if (!diagnostic.graph || !diagnostic.primary.where || diagnostic.primary.where.file->name() == "command line")
      return {};
    const auto target = spec_.targets.find(*diagnostic.graph);
    if (target == spec_.targets.end() || is_named(diagnostic)) return {};
    if (is_defined_around(*diagnostic.graph, diagnostic.primary.where)) return {};
    for (const std::string& graph : diagnostic.more_graphs) {
      if (is_defined_around(graph, diagnostic.primary.where)) return {};
    }
    std::string result = fmt::format("{} `{}`", word(target->second.kind), *diagnostic.graph);
    if (!diagnostic.more_graphs.empty()) result += fmt::format(" and {} more", diagnostic.more_graphs.size());
    return result;
  }

 private:
  /// What to do about it need not say whose it is.
  static bool is_named(const Diagnostic& diagnostic) {
    const std::string name = fmt::format("`{}`", *diagnostic.graph);
    const auto names_it = [&](std::string_view text) { return text.find(name) != std::string_view::npos; };
    return names_it(diagnostic.message) || names_it(diagnostic.primary.text) ||
           std::any_of(diagnostic.others.begin(), diagnostic.others.end(),
                       [&](const Label& label) { return names_it(label.text); }) ||
           std::any_of(diagnostic.notes.begin(), diagnostic.notes.end(), names_it);
  }

  [[nodiscard]] bool is_defined_around(const std::string& name, const Span& place) const {
    const auto target = spec_.targets.find(name);
    if (target == spec_.targets.end()) return false;
    const std::size_t index = target->second.index;
    const Node* node = target->second.kind == NameKind::Graph ? spec_.graphs[index].node : spec_.specs[index].node;
    const Span& key = target->second.where;
    if (holds(key, place)) return true;
    if (node == nullptr) return false;
    if (holds({key.file, key.begin, node->where.end}, place)) return true;
    if (std::find(overlays_.begin(), overlays_.end(), place.file->name()) == overlays_.end()) return false;
    std::set<const Node*> seen;
    return holds(*node, place, seen);
  }

  const Spec& spec_;
  const std::vector<std::string>& overlays_;
};

}  // namespace

void mention_graphs(std::vector<Diagnostic>& diagnostics, const Spec& spec, const std::vector<std::string>& overlays) {
  const Mentions mentions(spec, overlays);
  for (Diagnostic& diagnostic : diagnostics) diagnostic.graph_words = mentions.words(diagnostic);
}

}  // namespace dynamo
