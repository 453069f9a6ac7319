#include "graph_loader/deployment/container_reader.h"

#include "graph_loader/deployment/cluster_quantity.h"
#include "graph_loader/deployment/probe_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dynamo::deployment {
namespace {

constexpr std::string_view inherit_help = "processes inherit it";
constexpr long long most_ports = 65535;

/// "the secret `hf-token`": where a value comes from.
std::string source_words(const Node& source) {
  if (!source.is_mapping() || source.entries.empty()) return "the cluster";
  const Entry& first = source.entries.front();
  const std::string_view kind = first.key->text;
  const Entry* name = first.value->is_mapping() ? first.value->find("name") : nullptr;
  const std::string named = name != nullptr && name->value->is_scalar() ? fmt::format(" `{}`", name->value->text) : "";
  if (kind == "secretKeyRef" || kind == "secretRef") return "the secret" + named;
  if (kind == "configMapKeyRef" || kind == "configMapRef") return "the config map" + named;
  if (kind == "fieldRef" || kind == "resourceFieldRef") return "the pod";
  return "the cluster";
}

std::optional<Variable> read_variable(const Node& node, Value& kept, const std::string& owner, ManifestShape& shape) {
  Variable variable;
  const Entry* source = nullptr;
  bool unknown = false;
  Value leftovers;
  for (const Entry& entry : shape.entries(node, "a variable")) {
    const std::string_view key = entry.key->text;
    if (key == "name") {
      if (auto name = shape.text(*entry.value, "the name of a variable")) variable.name = std::move(*name);
    } else if (key == "value") {
      if (auto value = shape.text(*entry.value, "the value of a variable")) variable.value = std::move(value->value);
    } else if (key == "valueFrom") {
      source = &entry;
    } else {
      unknown = true;
      shape.keeper().keep(leftovers, entry, "a variable", manifest_keys::variable);
    }
  }
  variable.written = value_of(node);
  if (!node.is_mapping()) return std::nullopt;
  if (variable.name.value.empty()) {
    report(shape.sink(), codes::missing_key, node.where, fmt::format("a variable of {} has no `name`", owner)).emit();
    return std::nullopt;
  }
  if (!is_variable(variable.name.value)) {
    shape.keeper().tell(variable.name.where, fmt::format("the variable `{}`", variable.name.value),
                        "the graph language names variables by letters, digits and `_`, as shells do");
    kept.list_at("env").items.push_back(variable.written);
    return std::nullopt;
  }
  if (source != nullptr && !variable.value) {
    report(shape.sink(), codes::value_in_cluster, source->key->where,
           fmt::format("`{}` of {} comes from {}", variable.name.value, owner, source_words(*source->value)))
        .label("kept under `x-kubernetes`")
        .help(fmt::format("set {} in the environment of `dynamo`: {}", variable.name.value, inherit_help));
    kept.list_at("env").items.push_back(variable.written);
    return variable;
  }
  if (unknown) kept.list_at("env").items.push_back(variable.written);
  if (!variable.value) variable.value.emplace();
  return variable;
}

std::vector<ContainerPort> read_ports(const Entry& entry, DeployedContainer& container, const std::string& owner,
                                      ManifestShape& shape) {
  std::vector<ContainerPort> ports;
  Value written = value_of(*entry.value);
  for (const Node* item : shape.items(*entry.value, "`ports`")) {
    ContainerPort port;
    for (const Entry& one : shape.entries(*item, "a port")) {
      if (one.key->text == "name") {
        if (auto name = shape.text(*one.value, "the name of a port")) port.name = std::move(name->value);
      } else if (one.key->text == "containerPort") {
        port.number = shape.integer(*one.value, "`containerPort`", 1, most_ports).value_or(0);
      }
    }
    if (port.number > 0) ports.push_back(std::move(port));
  }
  // They only tell other pods what to expect: nothing listens because of them.
  container.kept.add("ports", std::move(written));
  shape.keeper().tell(entry.key->where, fmt::format("`ports` of {}", owner),
                      "a process listens where its command says; probes have found their ports here");
  return ports;
}

/// The amount of one resource, if `entry` is one that the language knows and can be read.
bool read_amount(const Entry& entry, std::string_view gpu_key, DeployedContainer& amounts, ManifestShape& shape) {
  const std::string_view key = entry.key->text;
  if (key != "cpu" && key != "memory" && key != gpu_key) return false;
  const auto text = shape.text(*entry.value, fmt::format("`{}`", key));
  if (!text) return true;
  const auto unreadable = [&](std::string_view help) {
    report(shape.sink(), codes::not_a_quantity, entry.value->where,
           fmt::format("`{}` cannot be `{}`", key, text->value))
        .help(std::string(help));
  };
  if (key == "cpu") {
    amounts.cpus = cpus_of(text->value);
    if (!amounts.cpus && count_of(text->value) != 0) unreadable("write a number of cores, `4` or `500m`");
  } else if (key == "memory") {
    amounts.memory = memory_of(text->value);
    if (!amounts.memory && count_of(text->value) != 0)
      unreadable("write a number of bytes with its unit, `512Mi` or `32Gi`");
  } else {
    amounts.gpus = count_of(text->value);
    if (!amounts.gpus) unreadable("write a whole number of GPUs");
  }
  return true;
}

template <class Amount>
bool take_request(const std::optional<Amount>& request, std::optional<Amount>& limit) {
  if (!limit) limit = request;
  return !request || limit == request;
}

}  // namespace

std::vector<Variable> read_variables(const Entry& entry, Value& kept, const std::string& owner, ManifestShape& shape) {
  std::vector<Variable> result;
  for (const Node* item : shape.items(*entry.value, fmt::format("`{}`", entry.key->text))) {
    if (auto variable = read_variable(*item, kept, owner, shape)) result.push_back(std::move(*variable));
  }
  return result;
}

void keep_variable_set(const Entry& entry, Value& kept, ManifestShape& shape) {
  std::vector<std::string> sources;
  if (entry.value->is_sequence()) {
    for (const Node* item : entry.value->items) sources.push_back(source_words(*item));
  } else if (entry.value->is_scalar() && entry.value->kind != NodeKind::Null) {
    sources.push_back(fmt::format("the secret `{}`", entry.value->text));
  }
  const std::string from = sources.empty() ? "the cluster" : fmt::format("{}", fmt::join(sources, ", "));
  report(shape.sink(), codes::value_in_cluster, entry.key->where,
         fmt::format("all variables of {} are only in the cluster", from))
      .label("kept under `x-kubernetes`")
      .help("set those that are needed in the environment of `dynamo`: processes inherit it");
  kept.add(std::string(entry.key->text), value_of(*entry.value));
}

void read_resources(const Entry& entry, std::string_view gpu_key, DeployedContainer& container, Value& kept,
                    const std::string& owner, ManifestShape& shape) {
  Value left;
  const Entry* requests = nullptr;
  const auto keep_other = [&](const Entry& one, const std::string& group, std::string_view why) {
    left.mapping_at(group).add(std::string(one.key->text), value_of(*one.value));
    shape.keeper().tell(one.key->where, fmt::format("`{}` of the {} of {}", one.key->text, group, owner), why);
  };
  for (const Entry& one : shape.entries(*entry.value, "`resources`")) {
    if (one.key->text == "requests") {
      requests = &one;
    } else if (one.key->text == "limits") {
      for (const Entry& limit : shape.entries(*one.value, "`limits`")) {
        if (!read_amount(limit, gpu_key, container, shape)) keep_other(limit, "limits", {});
      }
    } else {
      shape.keeper().keep(left, one, owner, manifest_keys::resources);
    }
  }
  if (requests != nullptr) {
    for (const Entry& one : shape.entries(*requests->value, "`requests`")) {
      DeployedContainer request;
      const bool known = read_amount(one, gpu_key, request, shape);
      const bool taken = known && take_request(request.gpus, container.gpus) &&
                         take_request(request.cpus, container.cpus) && take_request(request.memory, container.memory);
      if (!taken) keep_other(one, "requests", known ? "the limit is what counts here" : "");
    }
  }
  kept.add_if_any("resources", std::move(left));
}

DeployedContainer read_container(const Node& node, const std::string& owner, ManifestShape& shape) {
  DeployedContainer container;
  container.name.where = node.where;
  container.written = value_of(node);
  for (const Entry& entry : shape.entries(node, "a container")) {
    const std::string_view key = entry.key->text;
    if (key == "name") {
      if (auto name = shape.text(*entry.value, "`name`")) container.name = std::move(*name);
    } else if (key == "command" || key == "args") {
      (key == "command" ? container.command : container.args) = shape.texts(*entry.value, fmt::format("`{}`", key));
      container.command_reported = container.command_reported || (key == "command" && !entry.value->is_sequence());
    } else if (key == "env") {
      container.env = read_variables(entry, container.kept, owner, shape);
    } else if (key == "envFrom") {
      container.env_from = true;
      keep_variable_set(entry, container.kept, shape);
    } else if (key == "ports") {
      container.ports = read_ports(entry, container, owner, shape);
    } else if (key == "resources") {
      read_resources(entry, "nvidia.com/gpu", container, container.kept, owner, shape);
    } else if (key == "readinessProbe") {
      container.ready = read_probe(entry, owner, shape);
    } else if (key == "livenessProbe") {
      container.live = read_probe(entry, owner, shape);
    } else if (key == "startupProbe") {
      container.startup = read_probe(entry, owner, shape);
    } else {
      shape.keeper().keep(container.kept, entry, owner, manifest_keys::container);
    }
  }
  return container;
}

}  // namespace dynamo::deployment
