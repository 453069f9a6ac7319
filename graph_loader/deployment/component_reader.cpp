#include "graph_loader/deployment/component_reader.h"

#include "graph_loader/deployment/container_reader.h"
#include "graph_loader/deployment/probe_reader.h"

#include <fmt/format.h>

#include <array>

namespace dynamo::deployment {
namespace {

constexpr long long most_replicas = 100'000;
constexpr long long longest = 1'000'000'000;
constexpr auto beta_types =
    std::to_array<std::string_view>({"frontend", "worker", "prefill", "decode", "planner", "epp"});

std::string owner_of(const DeployedComponent& component) { return fmt::format("`{}`", component.name.value); }

void read_replicas(const Entry& entry, DeployedComponent& component, ManifestShape& shape) {
  if (const auto count = shape.integer(*entry.value, "`replicas`", 0, most_replicas)) {
    component.replicas = Located<long long>{*count, entry.key->where};
  }
}

/// `dynamo` is where the operator puts components of the global namespace.
void read_global_namespace(const Entry& entry, DeployedComponent& component, ManifestShape& shape) {
  const auto global = shape.boolean(*entry.value, "`globalDynamoNamespace`");
  if (global.value_or(false)) component.dynamo_namespace = Located<std::string>{"dynamo", entry.key->where};
}

/// The keys of a pod that both versions have; `kept` is the group `pod`.
void read_pod_key(const Entry& entry, DeployedComponent& component, Value& kept, ManifestShape& shape) {
  const std::string_view key = entry.key->text;
  const std::string owner = owner_of(component);
  if (key == "terminationGracePeriodSeconds") {
    component.grace = shape.integer(*entry.value, "`terminationGracePeriodSeconds`", 0, longest);
  } else if (key == "restartPolicy" && (entry.value->text == "Always" || entry.value->text == "Never")) {
    component.restart = entry.value->text == "Always" ? "always" : "never";
  } else if (key == "restartPolicy" && entry.value->text == "OnFailure") {
    return;  // what the graph language does by itself
  } else if (key == "initContainers" || key == "ephemeralContainers") {
    report(shape.sink(), codes::not_started_here, entry.key->where,
           fmt::format("the `{}` of {} are not started here", key, owner))
        .label("kept under `x-kubernetes`")
        .help("do by hand what they prepare, before the graph is served");
    kept.add(std::string(key), value_of(*entry.value));
  } else {
    shape.keeper().keep(kept, entry, owner, manifest_keys::pod);
  }
}

/// `containers`: the one named `main` in v1beta1, and those beside it.
void read_containers(const Entry& entry, DeployedComponent& component, bool with_main, ManifestShape& shape) {
  component.unclear = component.unclear || !(entry.value->is_sequence() || entry.value->kind == NodeKind::Null);
  for (const Node* item : shape.items(*entry.value, "`containers`")) {
    if (!item->is_mapping()) {
      shape.shape().wrong_kind(item->where, "a container", "a mapping", describe(*item)).emit();
      continue;
    }
    const Entry* name = item->find("name");
    const std::string written = name != nullptr ? std::string(name->value->text) : std::string();
    const bool main = with_main && written == "main";
    const std::string owner = main ? owner_of(component) : fmt::format("`{}` of {}", written, owner_of(component));
    DeployedContainer container = read_container(*item, owner, shape);
    if (main) {
      component.main = std::move(container);
    } else if (written.empty()) {
      report(shape.sink(), codes::missing_key, item->where,
             fmt::format("a container of {} has no `name`", owner_of(component)))
          .emit();
    } else {
      component.others.push_back(std::move(container));
    }
  }
}

void read_alpha_pod(const Entry& pod, DeployedComponent& component, ManifestShape& shape) {
  Value kept;
  for (const Entry& entry : shape.entries(*pod.value, "`extraPodSpec`")) {
    if (entry.key->text == "mainContainer") {
      if (entry.value->kind != NodeKind::Null) {
        component.main = read_container(*entry.value, owner_of(component), shape);
      }
    } else if (entry.key->text == "containers") {
      read_containers(entry, component, false, shape);
    } else {
      read_pod_key(entry, component, kept, shape);
    }
  }
  component.kept.add_if_any("pod", std::move(kept));
}

void read_beta_pod(const Entry& pod, DeployedComponent& component, ManifestShape& shape) {
  for (const Entry& entry : shape.entries(*pod.value, "`podTemplate`")) {
    const std::string_view key = entry.key->text;
    Value kept;
    if (key == "metadata") {
      for (const Entry& one : shape.entries(*entry.value, "`metadata`")) {
        if (one.value->kind == NodeKind::Null) continue;  // `creationTimestamp: null` of generated templates
        shape.keeper().keep(kept, one, fmt::format("the pods of {}", owner_of(component)), manifest_keys::metadata);
      }
      component.kept.add_if_any("podMetadata", std::move(kept));
    } else if (key == "spec") {
      for (const Entry& one : shape.entries(*entry.value, "`spec`")) {
        if (one.key->text == "containers") {
          read_containers(one, component, true, shape);
        } else {
          read_pod_key(one, component, kept, shape);
        }
      }
      component.kept.add_if_any("pod", std::move(kept));
    } else {
      shape.keeper().keep(component.kept, entry, "`podTemplate`", manifest_keys::pod_template);
    }
  }
}

void read_beta_type(const Entry& entry, DeployedComponent& component, ManifestShape& shape) {
  const auto text = shape.text(*entry.value, "`type`");
  if (!text || text->value.empty()) return;
  const auto type = from_word<ComponentType>(text->value);
  if (type && *type != ComponentType::None) {
    component.type = *type;
  } else {
    shape.shape().not_allowed(*entry.value, text->value, "`type`", beta_types);
    component.unclear = true;
  }
}

/// v1alpha1 has roles of workers in a second key, and lets any word stand in the first.
void read_alpha_type(const Node& service, DeployedComponent& component, ManifestShape& shape) {
  const Entry* type = service.find("componentType");
  const Entry* role = service.find("subComponentType");
  if (type != nullptr && shape.text(*type->value, "`componentType`") && !type->value->text.empty()) {
    const auto known = from_word<ComponentType>(type->value->text);
    if (known && *known != ComponentType::None) {
      component.type = *known;
    } else {
      shape.keeper().keep(component.kept, *type,
                          fmt::format("{} with the type `{}`", owner_of(component), type->value->text),
                          manifest_keys::alpha_component);
    }
  }
  if (role == nullptr) return;
  const bool worker = component.type == ComponentType::Worker;
  if (worker && role->value->text == "prefill") {
    component.type = ComponentType::Prefill;
  } else if (worker && role->value->text == "decode") {
    component.type = ComponentType::Decode;
  } else {
    shape.keeper().keep(component.kept, *role, owner_of(component), manifest_keys::alpha_component);
  }
}

/// What the main container says of something that is said outside of it, too.
void keep_inner(const std::string& key, const Entry& outer, DeployedComponent& component, ManifestShape& shape) {
  const Value* inner = component.main.written.find(key);
  if (inner == nullptr) return;
  shape.keeper().tell(outer.key->where,
                      fmt::format("a second `{}` of {}, in its `mainContainer`,", key, owner_of(component)),
                      "the one of the component counts");
  component.kept.mapping_at("mainContainer").add(key, *inner);
}

/// What v1alpha1 says of the container outside of it wins over what it says inside.
void read_alpha_key(const Entry& entry, DeployedComponent& component, std::vector<Variable>& outer_env,
                    ManifestShape& shape) {
  const std::string_view key = entry.key->text;
  const std::string owner = owner_of(component);
  DeployedContainer& main = component.main;
  if (key == "replicas") {
    read_replicas(entry, component, shape);
  } else if (key == "envs") {
    outer_env = read_variables(entry, main.kept, owner, shape);
  } else if (key == "envFromSecret") {
    main.env_from = true;
    keep_variable_set(entry, component.kept, shape);
  } else if (key == "resources") {
    DeployedContainer outer;
    read_resources(entry, "gpu", outer, component.kept, owner, shape);
    const bool wins = (outer.gpus && main.gpus) || (outer.cpus && main.cpus) || (outer.memory && main.memory);
    if (wins) keep_inner("resources", entry, component, shape);
    if (outer.gpus) main.gpus = outer.gpus;
    if (outer.cpus) main.cpus = outer.cpus;
    if (outer.memory) main.memory = outer.memory;
  } else if (key == "readinessProbe" || key == "livenessProbe") {
    auto& inner = key == "readinessProbe" ? main.ready : main.live;
    auto probe = read_probe(entry, owner, shape);
    if (probe && inner) keep_inner(inner->name, entry, component, shape);
    if (probe) inner = std::move(probe);
  } else if (key == "dynamoNamespace") {
    if (auto text = shape.text(*entry.value, "`dynamoNamespace`"); text && !component.dynamo_namespace) {
      component.dynamo_namespace = Located<std::string>{std::move(text->value), entry.key->where};
    }
  } else if (key == "globalDynamoNamespace") {
    read_global_namespace(entry, component, shape);
  } else if (key == "frontendSidecar" && entry.value->is_mapping()) {
    report(shape.sink(), codes::not_started_here, entry.key->where,
           fmt::format("the `frontendSidecar` of {} is not started here", owner))
        .label("kept under `x-kubernetes`");
    component.kept.add(std::string(key), value_of(*entry.value));
  } else if (key != "componentType" && key != "subComponentType" && key != "extraPodSpec") {
    shape.keeper().keep(component.kept, entry, owner, manifest_keys::alpha_component);
  }
}

}  // namespace

DeployedComponent read_alpha_component(const Entry& service, ManifestShape& shape) {
  DeployedComponent component;
  component.name = {std::string(service.key->text), service.key->where};
  component.main.name = {"main", service.key->where};
  component.written.add(component.name.value, value_of(*service.value));
  const std::vector<Entry>& entries = shape.entries(*service.value, owner_of(component));
  if (!service.value->is_mapping()) return component;
  read_alpha_type(*service.value, component, shape);
  if (component.type == ComponentType::Epp) return component;
  if (const Entry* pod = service.value->find("extraPodSpec")) read_alpha_pod(*pod, component, shape);
  std::vector<Variable> outer_env;
  for (const Entry& entry : entries) read_alpha_key(entry, component, outer_env, shape);
  component.main.env.insert(component.main.env.begin(), outer_env.begin(), outer_env.end());
  return component;
}

std::optional<DeployedComponent> read_beta_component(const Node& node, ManifestShape& shape) {
  if (!node.is_mapping()) {
    shape.shape().wrong_kind(node.where, "a component", "a mapping", describe(node)).emit();
    return std::nullopt;
  }
  DeployedComponent component;
  component.written = value_of(node);
  component.name.where = node.where;
  if (const Entry* name = node.find("name")) {
    if (auto text = shape.text(*name->value, "`name`")) component.name = std::move(*text);
  }
  if (component.name.value.empty()) {
    report(shape.sink(), codes::missing_key, node.where, "a component needs a `name`").emit();
    return std::nullopt;
  }
  component.main.name = {"main", component.name.where};
  if (const Entry* type = node.find("type")) read_beta_type(*type, component, shape);
  if (component.type == ComponentType::Epp) return component;
  for (const Entry& entry : node.entries) {
    const std::string_view key = entry.key->text;
    if (key == "replicas") {
      read_replicas(entry, component, shape);
    } else if (key == "globalDynamoNamespace") {
      read_global_namespace(entry, component, shape);
    } else if (key == "podTemplate") {
      read_beta_pod(entry, component, shape);
    } else if (key != "name" && key != "type") {
      shape.keeper().keep(component.kept, entry, owner_of(component), manifest_keys::beta_component);
    }
  }
  return component;
}

}  // namespace dynamo::deployment
