#include "graph_loader/deployment/manifest.h"

#include "graph_loader/spec/shape.h"
#include "graph_loader/spec/spelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace dynamo::deployment {
namespace {

constexpr std::string_view wanted_kind = "DynamoGraphDeployment";
constexpr std::string_view group = "nvidia.com/";
constexpr std::size_t max_nodes = 500'000;
constexpr std::size_t max_depth = 50;  // what is kept stands deeper in the graph file than here

/// Anchors make small texts large: how many nodes a tree has when every alias is written out.
class Measure {
 public:
  [[nodiscard]] bool too_large(const Node& node) { return size(node, 0) > max_nodes; }

 private:
  std::size_t size(const Node& node, std::size_t depth) {
    if (node.is_scalar()) return 1;
    if (depth > max_depth) return max_nodes + 1;
    // A node that was measured further out may be too deep here, and the other way round.
    const auto known = sizes_.find(&node);
    if (known != sizes_.end() && known->second.depth >= depth) return known->second.nodes;
    std::size_t nodes = 1;
    for (const Entry& entry : node.entries) nodes += size(*entry.value, depth + 1);
    for (const Node* item : node.items) {
      nodes += size(*item, depth + 1);
      if (nodes > max_nodes) break;
    }
    sizes_[&node] = {depth, nodes};
    return nodes;
  }

  struct Known {
    std::size_t depth = 0;
    std::size_t nodes = 0;
  };
  std::unordered_map<const Node*, Known> sizes_;
};

std::string_view text_at(const Node& mapping, std::string_view key) {
  const Entry* entry = mapping.find(key);
  return entry != nullptr && entry->value->is_scalar() ? entry->value->text : std::string_view();
}

class Sorter {
 public:
  Sorter(const SourceFile& file, DiagnosticSink& sink) : file_(file), sink_(sink), shape_(sink) {}

  Manifests sort(const std::deque<SyntaxTree>& documents) {
    for (const SyntaxTree& tree : documents) {
      if (Measure().too_large(*tree.root)) {
        stopped_ = true;
        report(sink_, codes::too_large, tree.root->where,
               "this document is nested too deep, or its aliases make it too large")
            .note("a document has at most 500000 values in 50 levels when its aliases are written out");
      } else {
        add(*tree.root);
      }
    }
    if (result_.deployments.empty() && !stopped_) report_none();
    return std::move(result_);
  }

 private:
  void add(const Node& node) {
    const std::string_view kind = text_at(node, "kind");
    const std::string_view version = text_at(node, "apiVersion");
    if (kind == "List" || (kind.ends_with("List") && version.starts_with(group))) {
      add_items(node);
    } else if (kind == wanted_kind) {
      add_deployment(node, version);
    } else if (kind.empty()) {
      no_kind(node, version);
    } else {
      const auto name = name_of(node);
      report(sink_, codes::kept_for_cluster, node.find("kind")->value->where,
             fmt::format("a `{}`{} has no equivalent on one machine", kind,
                         name.empty() ? "" : fmt::format(" (`{}`)", name)))
          .label("kept under `x-kubernetes`");
      if (const auto near = nearest(kind, {wanted_kind}); near && kind.size() < wanted_kind.size() + 3)
        near_miss_ = kind;
      result_.others.push_back(value_of(node));
    }
  }

  void add_items(const Node& list) {
    const Entry* entry = list.find("items");
    const auto* items = entry != nullptr ? shape_.items(*entry->value, "`items`") : nullptr;
    if (items == nullptr) return;
    for (const Node* item : *items) {
      if (item->is_mapping()) {
        add(*item);
      } else {
        stopped_ = true;
        shape_.wrong_kind(item->where, "an item of a `List`", "a mapping", describe(*item)).emit();
      }
    }
  }

  void add_deployment(const Node& node, std::string_view version) {
    const auto known = from_word<ApiVersion>(version);
    if (known) {
      result_.deployments.push_back({*known, &node});
      return;
    }
    stopped_ = true;
    const Entry* entry = node.find("apiVersion");
    auto diagnostic = entry == nullptr
                          ? report(sink_, codes::deployment_version, node.find("kind")->key->where,
                                   fmt::format("a `{}` needs an `apiVersion`", wanted_kind))
                          : report(sink_, codes::deployment_version, entry->value->where,
                                   fmt::format("`apiVersion: {}` of a `{}` is not known", version, wanted_kind));
    diagnostic.help(fmt::format("`dynamo import` reads {}", one_of(Words<ApiVersion>::list)));
  }

  void no_kind(const Node& node, std::string_view version) {
    stopped_ = true;
    const Span place = node.entries.empty() ? node.where : node.entries.front().key->where;
    if (version.starts_with("dynamo/")) {
      report(sink_, codes::no_deployment, node.find("apiVersion")->value->where, "this is a graph file already")
          .help("`dynamo graph validate` checks it, `dynamo serve` serves it");
      return;
    }
    report(sink_, codes::missing_key, place, "a manifest needs a `kind`")
        .help(fmt::format("write `kind: {}`", wanted_kind));
  }

  static std::string name_of(const Node& node) {
    const Entry* metadata = node.find("metadata");
    return metadata != nullptr && metadata->value->is_mapping() ? std::string(text_at(*metadata->value, "name")) : "";
  }

  void report_none() {
    auto diagnostic =
        report(sink_, codes::no_deployment, {&file_, 0, 0}, fmt::format("there is no `{}` in this file", wanted_kind));
    if (!near_miss_.empty()) diagnostic.help(fmt::format("is `{}` a slip of the pen?", near_miss_));
    diagnostic.note("a graph is made of documents with `kind: DynamoGraphDeployment`; the others are only kept");
  }

  const SourceFile& file_;
  DiagnosticSink& sink_;
  Shape shape_;
  Manifests result_;
  std::string near_miss_;
  bool stopped_ = false;
};

}  // namespace

Manifests sort_manifests(const SourceFile& file, const std::deque<SyntaxTree>& documents, DiagnosticSink& sink) {
  return Sorter(file, sink).sort(documents);
}

}  // namespace dynamo::deployment
