#include "graph_loader/deployment/importer.h"

#include "graph_loader/deployment/graph_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace dynamo::deployment {
namespace {

constexpr auto interface_order = std::to_array({ComponentType::Frontend, ComponentType::Worker, ComponentType::Prefill,
                                                ComponentType::Decode, ComponentType::Planner});

Value interface_body(ComponentType type) {
  Value body;
  const auto endpoint = [&](const std::string& name, const std::string& protocol) {
    body.mapping_at("endpoints").mapping_at(name).add("protocol", text_value(protocol));
  };
  if (type == ComponentType::Frontend) endpoint("chat", "http");
  if (type == ComponentType::Worker) endpoint("generate", "dyn");
  if (type == ComponentType::Prefill || type == ComponentType::Decode) {
    body.add("extends", texts_value({interface_of(ComponentType::Worker)}));
  }
  return body;
}

class Importer {
 public:
  Importer(std::vector<GraphParts> graphs, DiagnosticSink& sink) : graphs_(std::move(graphs)), sink_(sink) {}

  GraphFile import() {
    name_graphs();
    name_components();
    add_interfaces();
    for (const GraphParts& graph : graphs_) {
      for (const Part& part : graph.parts) {
        if (components_.insert(part.component).second) file_.components.push_back({part.component, part.body});
      }
    }
    for (const GraphParts& graph : graphs_) {
      file_.specs.push_back({graph.spec, spec_body(graph)});
      file_.graphs.push_back({graph.graph, graph_body(graph)});
    }
    return std::move(file_);
  }

 private:
  /// Deployments of several namespaces may have one name.
  void name_graphs() {
    std::set<std::string> targets;
    for (GraphParts& graph : graphs_) {
      const std::string name = unique_name(graph.graph, targets);
      if (name != graph.graph) {
        report(sink_, codes::changed_by_import, graph.where,
               fmt::format("another deployment is called `{}`, too: this one is called `{}` here", graph.graph, name))
            .emit();
      }
      graph.graph = name;
      graph.spec = unique_name(graph.spec, targets);
    }
  }

  void name_components() {
    std::vector<std::set<std::string>> clashing(graphs_.size());
    for (std::size_t later = 1; later < graphs_.size(); ++later) {
      for (std::size_t earlier = 0; earlier < later; ++earlier) {
        for (const Part& a : graphs_[earlier].parts) {
          for (const Part& b : graphs_[later].parts) {
            if (a.component != b.component || a.body == b.body) continue;
            clashing[earlier].insert(a.component);
            clashing[later].insert(b.component);
          }
        }
      }
    }
    std::set<std::string> taken;
    for (const GraphParts& graph : graphs_) {
      for (const Part& part : graph.parts) taken.insert(part.component);
    }
    for (std::size_t index = 0; index < graphs_.size(); ++index) {
      for (Part& part : graphs_[index].parts) {
        if (!clashing[index].contains(part.component)) continue;
        const std::string wanted = camel_case(fmt::format("{}-{}", graphs_[index].graph, part.component));
        part.component = unique_name(wanted, taken);
        report(sink_, codes::changed_by_import, part.origin.where,
               fmt::format("component `{}` is called `{}` here", part.origin.value, part.component))
            .note("another deployment of the file has a component of this name that is not the same");
      }
    }
  }

  void add_interfaces() {
    std::set<ComponentType> types;
    for (const GraphParts& graph : graphs_) {
      for (const Part& part : graph.parts) {
        types.insert(part.type);
        if (is_worker(part.type)) types.insert(ComponentType::Worker);
      }
    }
    for (const ComponentType type : interface_order) {
      if (types.contains(type)) file_.interfaces.push_back({interface_of(type), interface_body(type)});
    }
  }

  /// `AbstractDecode = VllmDecode`.
  static std::string slot_text(const Part& part) {
    const std::string interface = interface_of(part.type);
    return fmt::format("{} = {}", interface.empty() ? part.component : interface, part.component);
  }

  /// Whether the spec declares it; a container beside others belongs to this one graph.
  static bool is_declared(const Part& part) { return !part.is_sidecar || !part.extra; }

  static Value spec_body(const GraphParts& graph) {
    Value body;
    body.spread = true;
    Value slots;
    slots.spread = slots.aligned = true;
    Value sidecars;
    for (const Part& part : graph.parts) {
      if (part.is_sidecar && is_declared(part)) sidecars.add(part.place, text_value(slot_text(part)));
      if (!part.is_sidecar) slots.add(part.place, text_value(slot_text(part)));
    }
    body.add("entry", text_value(slots.names.empty() ? "" : slots.names.front()));
    body.add("slots", std::move(slots));
    body.add_if_any("sidecars", std::move(sidecars));
    return body;
  }

  static Value graph_body(const GraphParts& graph) {
    Value bind;
    Value sidecars;
    for (const Part& part : graph.parts) {
      Value tuned;
      if (part.is_sidecar && !is_declared(part)) {
        tuned.add("use", text_value(part.component));
        tuned.add("start", text_value("with"));
      }
      if (part.replicas != 1) tuned.add("replicas", number_value(part.replicas));
      if (part.only_deployed) tuned.add("where", texts_value({"deploy"}));
      (part.is_sidecar ? sidecars : bind).add_if_any(part.place, std::move(tuned));
    }
    Value body;
    body.spread = true;
    body.add("spec", text_value(graph.spec));
    if (!graph.dynamo_namespace.empty()) body.add("namespace", text_value(graph.dynamo_namespace));
    body.add_if_any("bind", std::move(bind));
    body.add_if_any("sidecars", std::move(sidecars));
    body.add_if_any("env", graph.env);
    body.add_if_any("x-kubernetes", graph.kept);
    return body;
  }

  std::vector<GraphParts> graphs_;
  DiagnosticSink& sink_;
  GraphFile file_;
  std::set<std::string> components_;
};

}  // namespace

GraphFile make_graph_file(std::vector<GraphParts> graphs, Value others, DiagnosticSink& sink) {
  GraphFile file = Importer(std::move(graphs), sink).import();
  file.kept = std::move(others);
  return file;
}

}  // namespace dynamo::deployment
