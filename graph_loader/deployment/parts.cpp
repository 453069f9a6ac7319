#include "graph_loader/deployment/parts.h"

#include "graph_loader/deployment/graph_names.h"
#include "graph_loader/deployment/probe_import.h"
#include "graph_loader/deployment/process_import.h"
#include "graph_loader/spec/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace dynamo::deployment {
namespace {

constexpr std::string_view kept_here = "kept under `x-kubernetes`";
constexpr long long dynamo_grace = 60;  // seconds, what the language grants by itself
constexpr long long plain_grace = 10;

class PartMaker {
 public:
  PartMaker(const Deployment& deployment, Keeper& keeper) : deployment_(deployment), keeper_(keeper) {}

  GraphParts make() {
    result_.kept = deployment_.kept;
    result_.where = deployment_.name.where;
    result_.graph = renamed(deployment_.name, "graph", "graph");
    result_.spec = camel_case(result_.graph);
    if (result_.spec == result_.graph) result_.spec = graph_name(result_.spec + "Spec", "graph");
    result_.env = import_graph_env(deployment_, result_.kept, keeper_);
    choose_namespace();
    // Names of components come first: those of further containers have to give way.
    std::vector<std::string> names;
    for (const DeployedComponent& component : deployment_.components) {
      names.push_back(component.type == ComponentType::Epp
                          ? std::string()
                          : unique_name(renamed(component.name, "component", "component"), components_));
    }
    for (std::size_t index = 0; index < names.size(); ++index) {
      add_component(deployment_.components[index], names[index]);
    }
    if (result_.parts.empty() && good_) {
      report(keeper_.sink(), codes::nothing_to_start, deployment_.name.where,
             fmt::format("`{}` has no component that can be started", deployment_.name.value))
          .help("a component of the type `frontend`, `worker`, `prefill` or `decode` makes a graph");
    }
    choose_places();
    return std::move(result_);
  }

 private:
  /// The name that the graph file has for a name of the deployment; another one is told.
  std::string renamed(const Located<std::string>& name, std::string_view what, std::string_view prefix) {
    std::string result = graph_name(name.value, prefix);
    const bool taken = result == "Any" || result == "none" || result.starts_with("Abstract");
    if (taken && what != "graph") result = graph_name(fmt::format("{}-{}", prefix, result), prefix);
    if (result != name.value) {
      report(keeper_.sink(), codes::changed_by_import, name.where,
             fmt::format("{} `{}` is called `{}` here", what, name.value, result))
          .note("a name is a letter and up to 62 letters, digits, `_` and `-`, and some words have a meaning");
    }
    return result;
  }

  /// One graph has one namespace: the one that all its components ask for.
  void choose_namespace() {
    const std::string* common = nullptr;
    bool all = true;
    for (const DeployedComponent& one : deployment_.components) {
      if (one.type == ComponentType::Epp) continue;
      if (one.dynamo_namespace && common == nullptr) common = &one.dynamo_namespace->value;
      all = all && one.dynamo_namespace && common != nullptr && one.dynamo_namespace->value == *common;
    }
    one_namespace_ = common != nullptr && all && is_name(*common);
    if (one_namespace_ && *common != result_.graph) result_.dynamo_namespace = *common;
  }

  void add_component(const DeployedComponent& component, const std::string& name) {
    if (component.type == ComponentType::Epp) {
      keep_whole(component);
      return;
    }
    const long long replicas = component.replicas ? component.replicas->value : 1;
    const Span where = component.replicas ? component.replicas->where : component.name.where;
    const std::string owner = fmt::format("`{}`", component.name.value);
    if (component.main.command.empty() && component.type != ComponentType::Frontend) {
      report_no_command(component);
      return;
    }
    Process process =
        import_process(component.main, {deployment_, component.type, false, replicas, where, ports_, owner}, keeper_);
    Value kept = component.kept;
    keep_namespace(component, kept);
    std::vector<Part> others;
    for (const DeployedContainer& container : component.others) {
      if (auto part = make_extra(container, component, replicas, where, kept)) others.push_back(std::move(*part));
    }
    kept.add_if_any("container", std::move(process.kept));
    process.kept = std::move(kept);
    Part part;
    part.origin = component.name;
    part.component = name;
    part.type = component.type;
    part.replicas = replicas;
    part.is_sidecar = component.type == ComponentType::Planner;
    part.only_deployed = part.is_sidecar && process.asks_kubernetes;
    if (part.only_deployed) {
      report(keeper_.sink(), codes::not_started_here, component.name.where,
             fmt::format("the planner {} scales through Kubernetes", owner))
          .label("kept with `where: [deploy]`")
          .help("`replicas` under `bind` says how many of each are served here");
    }
    // What is no program of the Dynamo runtime is not found by it: nothing in the graph leads there.
    const bool lonely = component.type == ComponentType::None && !process.dynamo;
    if (lonely) part.is_sidecar = part.extra = true;
    for (Part& other : others) other.only_deployed = part.only_deployed;
    part.body = body_of(std::move(process), component, false);
    result_.parts.push_back(std::move(part));
    for (Part& other : others) result_.parts.push_back(std::move(other));
  }

  void report_no_command(const DeployedComponent& component) {
    good_ = false;
    if (component.unclear || component.main.command_reported) return;
    report(keeper_.sink(), codes::command_in_image, component.main.name.where,
           fmt::format("`{}` has no `command`: only its image knows what to start", component.name.value))
        .help(
            "write the entry point of the image as `command` of the container; "
            "`docker image inspect --format '{{.Config.Entrypoint}} {{.Config.Cmd}}' IMAGE` tells it");
  }

  /// A container beside the main one: a sidecar, or kept if only its image knows what to start.
  std::optional<Part> make_extra(const DeployedContainer& container, const DeployedComponent& component,
                                 long long replicas, Span where, Value& kept) {
    if (container.command.empty()) {
      report(keeper_.sink(), codes::not_started_here, container.name.where,
             fmt::format("container `{}` of `{}` has no `command`: only its image knows what to start",
                         container.name.value, component.name.value))
          .label(std::string(kept_here))
          .help("write its `command` to have it as a sidecar");
      kept.mapping_at("pod").list_at("containers").items.push_back(container.written);
      return std::nullopt;
    }
    const std::string owner = fmt::format("`{}` of `{}`", container.name.value, component.name.value);
    Process process =
        import_process(container, {deployment_, component.type, true, replicas, where, ports_, owner}, keeper_);
    Value whole;
    whole.add("containerOf", text_value(component.name.value));
    whole.add_if_any("container", std::move(process.kept));
    process.kept = std::move(whole);
    Part part;
    part.origin = container.name;
    part.extra = part.is_sidecar = true;
    part.replicas = replicas;
    part.component = camel_case(graph_name(container.name.value, "sidecar"));
    if (components_.contains(part.component)) part.component = camel_case(component.name.value) + part.component;
    part.component = unique_name(graph_name(part.component, "sidecar"), components_);
    part.body = body_of(std::move(process), component, true);
    return part;
  }

  void keep_whole(const DeployedComponent& component) {
    report(keeper_.sink(), codes::not_started_here, component.name.where,
           fmt::format("the endpoint picker `{}` is a part of a gateway of Kubernetes", component.name.value))
        .label(std::string(kept_here));
    if (deployment_.version == ApiVersion::Beta) {
      result_.kept.list_at("components").items.push_back(component.written);
    } else {
      result_.kept.mapping_at("services").add(component.name.value, component.written.items.front());
    }
  }

  void keep_namespace(const DeployedComponent& component, Value& kept) {
    if (!component.dynamo_namespace || one_namespace_) return;
    keeper_.tell(component.dynamo_namespace->where,
                 fmt::format("a Dynamo namespace of its own for `{}`", component.name.value),
                 "all processes of one graph share its `namespace`");
    kept.add("dynamoNamespace", text_value(component.dynamo_namespace->value));
  }

  /// `/health` of a frontend says nothing of workers. It lists a model once it can answer for it, so that a graph which
  /// is ready answers.
  static void wait_for_a_model(Value& ready) {
    constexpr std::array<std::string_view, 3> probes{"http", "tcp", "exec"};
    if (std::ranges::any_of(probes, [&](std::string_view probe) { return ready.find(probe) != nullptr; })) return;
    Value whole;
    Value& http = whole.add("http", {});
    http.add("path", text_value("/v1/models"));
    http.add("port", text_value("chat"));
    http.add("body", text_value("\"id\""));
    for (std::size_t index = 0; index < ready.names.size(); ++index) whole.add(ready.names[index], ready.items[index]);
    ready = std::move(whole);
  }

  Value body_of(Process process, const DeployedComponent& component, bool extra) const {
    Value body;
    body.spread = true;
    if (process.dynamo) body.add("runtime", text_value("dynamo"));
    const std::string interface = extra ? std::string() : interface_of(component.type);
    if (!interface.empty()) body.add("implements", texts_value({interface}));
    body.add("command", texts_value(process.command));
    body.add_if_any("endpoints", std::move(process.endpoints));
    if (!extra && component.type == ComponentType::Frontend && has_workers()) {
      // Discovery finds the workers; this makes them start first and stop last.
      body.add("clients", {}).add("workers", text_value("many " + interface_of(ComponentType::Worker)));
      wait_for_a_model(process.ready);
    }
    body.add_if_any("ports", std::move(process.ports));
    body.add_if_any("env", std::move(process.env));
    body.add_if_any("resources", std::move(process.resources));
    body.add_if_any("ready", std::move(process.ready));
    body.add_if_any("live", std::move(process.live));
    if (component.restart) body.add("restart", text_value(*component.restart));
    if (component.grace && *component.grace != (process.dynamo ? dynamo_grace : plain_grace)) {
      body.add("stop", {}).add("grace", text_value(seconds_text(*component.grace)));
    }
    body.add_if_any("x-kubernetes", std::move(process.kept));
    return body;
  }

  [[nodiscard]] bool has_workers() const {
    return std::any_of(deployment_.components.begin(), deployment_.components.end(),
                       [](const DeployedComponent& one) { return is_worker(one.type); });
  }

  /// Slots are called by their role where it is the only one, else by their component.
  void choose_places() {
    auto& parts = result_.parts;
    std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
      return a.type == ComponentType::Frontend && b.type != ComponentType::Frontend;
    });
    const bool no_slot = std::all_of(parts.begin(), parts.end(), [](const Part& one) { return one.is_sidecar; });
    if (no_slot && !parts.empty()) parts.front().is_sidecar = parts.front().extra = parts.front().only_deployed = false;
    std::set<std::string> places;
    for (Part& part : parts) {
      if (part.extra) continue;
      const auto same = std::count_if(parts.begin(), parts.end(),
                                      [&](const Part& one) { return one.type == part.type && !one.extra; });
      const bool by_role = part.type != ComponentType::None && same == 1;
      part.place = unique_name(by_role ? std::string(word(part.type)) : lower_first(part.component), places);
    }
    for (Part& part : parts) {
      if (!part.extra) continue;
      part.place = unique_name(lower_first(part.component), places);
    }
  }

  const Deployment& deployment_;
  Keeper& keeper_;
  GraphParts result_;
  std::set<long long> ports_;
  std::set<std::string> components_;
  bool one_namespace_ = false;
  bool good_ = true;
};

}  // namespace

std::string interface_of(ComponentType type) {
  switch (type) {
    case ComponentType::Frontend: return "AbstractFrontend";
    case ComponentType::Worker: return "AbstractWorker";
    case ComponentType::Prefill: return "AbstractPrefill";
    case ComponentType::Decode: return "AbstractDecode";
    case ComponentType::Planner: return "AbstractPlanner";
    case ComponentType::None:
    case ComponentType::Epp: break;
  }
  return {};
}

bool is_worker(ComponentType type) {
  return type == ComponentType::Worker || type == ComponentType::Prefill || type == ComponentType::Decode;
}

GraphParts make_parts(const Deployment& deployment, Keeper& keeper) { return PartMaker(deployment, keeper).make(); }

}  // namespace dynamo::deployment
