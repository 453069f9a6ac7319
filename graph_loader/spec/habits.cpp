#include "graph_loader/spec/habits.h"

#include "graph_loader/spec/binding_reader.h"
#include "graph_loader/spec/spelling.h"
#include "graph_loader/spec/text.h"
#include "graph_loader/yaml/scalar_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace dynamo {
namespace {

struct Habit {
  std::string_view mappings;  ///< ids, separated by blanks
  std::string_view words;     ///< keys of other tools, separated by blanks
  std::string_view key;
  std::string_view advice;
};

constexpr std::string_view process = "component binding sidecar";
constexpr std::string_view tuning = "binding sidecar";
constexpr std::string_view probe = "ready live";

constexpr auto habits = std::to_array<Habit>({
    {"component", "depends_on dependencies depends requires require needs uses after wait_for waits_for links",
     "clients", "say what it needs under `clients`, by type; the order of the start follows from that"},
    {"component", "image container containers dockerfile build volumes volumeMounts", "",
     "a component is a program of this machine: `command` starts it"},
    {"component", "entrypoint cmd args arguments exec run script program executable binary ExecStart", "command",
     "the program and its arguments are one list: `command: [PROGRAM, ARGUMENT]`"},
    {"component", "working_dir workdir work_dir workingDir directory WorkingDirectory", "cwd", ""},
    {"component", "inherits inherit parent base", "extends", ""},
    {"component", "interface interfaces provides provide kind class", "implements", ""},
    {"component", "listens listen expose serves", "endpoints", ""},
    {"file", "services service programs processes", "components", ""},
    {"file", "version schema schemaVersion api_version apiversion", "apiVersion", ""},
    {"file", "include includes using uses", "imports", ""},
    {"file", "classes templates", "specs", ""},
    {"file", "types protocols", "interfaces", ""},
    {"file", "metadata kind", "", "definitions stand under `interfaces`, `components`, `specs` and `graphs`"},
    {"overlay", "imports", "", "an overlay changes definitions that the graph file has imported already"},
    {"spec", "components roles places parts", "slots", ""},
    {"spec", "entrypoint entry_point main root", "entry", ""},
    {"graph", "bindings binding components slots use with overrides", "bind",
     "components are bound to the slots under `bind`: `bind: {SLOT: COMPONENT}`"},
    {"graph", "class template base type kind of", "spec", ""},
    {tuning, "component implementation impl with", "use", ""},
    {process, "environment enviroment environments envs variables vars env_vars", "env", ""},
    {process, "instances count copies scale num_replicas", "replicas", ""},
    {process, "min_replicas max_replicas minReplicas maxReplicas autoscaling autoscale", "replicas",
     "`replicas` says both: `replicas: 1..4`"},
    {process, "healthcheck health readinessProbe readiness readiness_probe startupProbe wait_until", "ready", ""},
    {process, "livenessProbe liveness liveness_probe watchdog", "live", ""},
    {process, "restart_policy restartPolicy Restart", "restart", ""},
    {process, "shutdown terminate stop_signal stop_grace_period terminationGracePeriodSeconds", "stop",
     "`stop` says both: `stop: {signal: SIGTERM, grace: 10s}`"},
    {process, "settings options config configuration parameters arguments", "params", ""},
    {process, "limits requests", "resources", ""},
    {process, "gpu num_gpus n_gpus devices", "", "GPUs are given under `resources`: `resources: {gpus: 1}`"},
    {process, "cpu cores", "", "processors are given under `resources`: `resources: {cpus: 4}`"},
    {process, "mem mem_limit ram", "", "memory is given under `resources`: `resources: {memory: 32Gi}`"},
    {process, "ulimit rlimits", "", "limits are given under `resources`: `resources: {ulimits: {nofile: 65536}}`"},
    {process, "name", "", "its name is the key above it"},
    {"spec graph interface", "name", "", "its name is the key above it"},
    {"spec graph", "parameters options settings variables", "params", ""},
    {"spec graph", "inherits inherit parent", "extends", ""},
    {"spec graph", "addons extras helpers", "sidecars", ""},
    {"graph", "environment variables", "env", ""},
    {"spec graph", "connections edges links wires wiring", "wire",
     "connections follow from the clients of the components; `wire` decides where that is ambiguous"},
    {"component interface spec graph", "description summary help comment", "doc", ""},
    {"interface", "methods functions rpcs routes operations", "endpoints", ""},
    {"interface", "inherits implements parent", "extends", ""},
    {"endpoint interface_endpoint", "signature type", "sig", ""},
    {"endpoint interface_endpoint", "scheme transport", "protocol", ""},
    {"endpoint binding_endpoint", "url route uri", "path", ""},
    {"client", "interface kind", "type", ""},
    {"resources", "gpu num_gpus devices nvidia.com/gpu", "gpus", ""},
    {"resources", "cpu cores", "cpus", ""},
    {"resources", "mem ram", "memory", ""},
    {"resources", "limits requests", "", "what it gets stands here at once: `resources: {gpus: 1, memory: 32Gi}`"},
    {probe, "httpGet get url", "http", ""},
    {probe, "tcpSocket port socket", "tcp", ""},
    {probe, "command cmd test script", "exec", ""},
    {probe, "period periodSeconds every", "interval", ""},
    {"live", "retries failureThreshold attempts max_failures", "failures", ""},
    {"ready", "timeoutSeconds initialDelaySeconds start_period startup_timeout", "timeout", ""},
    {"ready", "stdout output pattern regex", "log", ""},
    {"http_probe", "url uri endpoint", "path", ""},
    {"http_probe", "code expect", "status", ""},
    {"restart", "condition when mode", "policy", ""},
    {"restart", "attempts max_attempts retries limit max_restarts", "max", ""},
    {"restart", "delay wait", "backoff", ""},
    {"stop", "timeout grace_period period kill_after", "grace", ""},
    {"import", "path from url name", "file", ""},
    {"import", "alias prefix namespace", "as", ""},
});

bool holds(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

using grammar::Mapping;
using grammar::Value;

/// How a key of the user is called in an example.
std::string_view placeholder(std::string_view table) {
  if (table == "interfaces") return "INTERFACE";
  if (table == "components") return "COMPONENT";
  if (table == "specs") return "SPEC";
  if (table == "graphs") return "GRAPH";
  if (table == "bind" || table == "slots") return "SLOT";
  if (table == "sidecars") return "SIDECAR";
  if (table == "clients") return "CLIENT";
  if (table == "endpoints") return "ENDPOINT";
  return "NAME";
}

/// The keys from a mapping down to one that has `key`, the way there as long as `depth` steps: `bind: {SLOT: {...}}`.
std::optional<std::string> way_down(const Mapping& mapping, std::string_view key, int depth) {
  if (depth == 0) return std::nullopt;
  for (const grammar::Key& one : mapping.keys) {
    const Value* below = grammar::as_mapping(one.value);
    if (below == nullptr) continue;
    std::string inside = std::string(one.name) + ": ";
    std::string_view close = "}";
    if (below->kind == Value::Kind::Table) {
      below = grammar::as_mapping(*below->item);
      if (below == nullptr || below->kind != Value::Kind::Mapping) continue;
      inside += fmt::format("{{{}: ", placeholder(one.name));
      close = "}}";
    }
    if (below->mapping == &mapping) continue;
    if (below->mapping->find(key) != nullptr) return fmt::format("{}{{{}: ...{}", inside, key, close);
  }
  for (const grammar::Key& one : mapping.keys) {
    const Value* below = grammar::as_mapping(one.value);
    if (below == nullptr || below->kind != Value::Kind::Mapping) continue;
    if (const auto way = way_down(*below->mapping, key, depth - 1)) return fmt::format("{}: {{{}}}", one.name, *way);
  }
  return std::nullopt;
}

/// "a component, a binding or a sidecar": whoever has the key.
std::string owners(std::string_view key) {
  std::vector<std::string_view> titles;
  for (const Mapping* one : grammar::mappings()) {
    if (one == &grammar::overlay || one == &grammar::tuned_live || one->find(key) == nullptr) continue;
    if (std::find(titles.begin(), titles.end(), one->title) == titles.end()) titles.push_back(one->title);
  }
  std::string result;
  for (std::size_t index = 0; index < titles.size(); ++index) {
    if (index > 0) result += index + 1 == titles.size() ? " or " : ", ";
    result += titles[index];
  }
  return result;
}

}  // namespace

std::optional<MeantKey> meant_key(const Mapping& mapping, std::string_view key) {
  for (const Habit& one : habits) {
    if (holds(one.mappings, mapping.id) && holds(one.words, key)) return MeantKey{one.key, one.advice};
  }
  return std::nullopt;
}

std::optional<std::string> right_place(const Mapping& mapping, std::string_view key) {
  if (const auto way = way_down(mapping, key, 2)) {
    return fmt::format("write it under `{}`: `{}`", way->substr(0, way->find(':')), *way);
  }
  const std::string who = owners(key);
  if (who.empty()) return std::nullopt;
  return fmt::format("it is a key of {}: check where it stands, and its indentation", who);
}

std::optional<KindByKeys> kind_by_keys(const Node& node, const Mapping& mapping) {
  // What only one kind of definition has, and what each kind must have.
  static constexpr std::array signs = {
      std::pair(std::string_view("bind"), &grammar::graph), std::pair(std::string_view("spec"), &grammar::graph),
      std::pair(std::string_view("slots"), &grammar::spec), std::pair(std::string_view("command"), &grammar::component),
      std::pair(std::string_view("implements"), &grammar::component)};
  const bool definition = &mapping == &grammar::graph || &mapping == &grammar::spec ||
                          &mapping == &grammar::component || &mapping == &grammar::interface;
  if (!definition) return std::nullopt;
  for (const auto& [key, kind] : signs) {
    if (kind == &mapping && node.find(key) != nullptr) return std::nullopt;  // it is what it should be, and more
  }
  for (const Entry& entry : node.entries) {
    for (const auto& [key, kind] : signs) {
      if (entry.key->text != key || mapping.find(key) != nullptr) continue;
      const bool all_fit = std::all_of(node.entries.begin(), node.entries.end(), [&known = *kind](const Entry& one) {
        return known.find(one.key->text) != nullptr || one.key->text.starts_with("x-");
      });
      if (!all_fit) continue;
      return KindByKeys{kind,
                        kind == &grammar::graph  ? "graphs"
                        : kind == &grammar::spec ? "specs"
                                                 : "components",
                        entry.key};
    }
  }
  return std::nullopt;
}

std::optional<std::string> mapping_with(const Mapping& mapping, const Node& value) {
  if (value.kind != NodeKind::String) return std::nullopt;
  if (&mapping == &grammar::graph) return fmt::format("{{spec: {}}}", scalar_text(value.text, true));
  if (&mapping == &grammar::component) {
    return fmt::format("{{command: {}}}", argument_list(value.text).value_or("[PROGRAM]"));
  }
  return std::nullopt;
}

std::optional<std::string_view> meant_word(std::string_view word) {
  static constexpr auto words = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"unless-stopped", "always"},
      {"no", "never"},
      {"none", "never"},
      {"term", "SIGTERM"},
      {"int", "SIGINT"},
      {"quit", "SIGQUIT"},
      {"hup", "SIGHUP"},
      {"usr1", "SIGUSR1"},
      {"usr2", "SIGUSR2"},
      {"https", "http"},
      {"socket", "fd"},
      {"inherit", "fd"},
  });
  const std::string lower = lower_case(word);
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.first == lower; });
  if (found == words.end()) return std::nullopt;
  return found->second;
}

bool is_one_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
  });
}

std::optional<std::string> argument_list(std::string_view line) {
  if (line.empty() || line.find_first_of("\n\r") != std::string_view::npos) return std::nullopt;
  if (line.find_first_of("|&;<>`*?\"'\\~") != std::string_view::npos || line.find("$(") != std::string_view::npos) {
    return fmt::format("[sh, -c, {}]", scalar_text(line, true));
  }
  std::string result;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    result += fmt::format("{}{}", result.empty() ? "" : ", ", scalar_text(line.substr(0, end), true));
    line.remove_prefix(end);
  }
  return fmt::format("[{}]", result);
}

std::optional<Fix> variables_as_mapping(const Node& list) {
  if (!list.is_sequence() || list.items.empty()) return std::nullopt;
  std::set<std::string_view> names;
  for (const Node* item : list.items) {
    const std::size_t equals = item->text.find('=');
    if (item->kind != NodeKind::String || equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = item->text.substr(0, equals);
    if (!is_variable(name) || !names.insert(name).second) return std::nullopt;
    // What an alias stands for is written elsewhere.
    const bool inside = item->where.file == list.where.file && item->where.begin >= list.where.begin &&
                        item->where.end <= list.where.end;
    if (!inside) return std::nullopt;
  }
  Fix fix{"write `NAME: value`", Applicability::Machine, {}};
  if (list.flow) {
    // What is between the items stays, comments too.
    const auto edge = [&](std::uint32_t at, std::string bracket) {
      fix.edits.push_back({{list.where.file, at, at + 1}, std::move(bracket)});
    };
    edge(list.where.begin, "{");
    for (const Node* item : list.items) {
      const std::size_t equals = item->text.find('=');
      fix.edits.push_back({item->where, fmt::format("{}: {}", item->text.substr(0, equals),
                                                    scalar_text(item->text.substr(equals + 1), true))});
    }
    edge(list.where.end - 1, "}");
    return fix;
  }
  const std::string_view source = list.where.file->text();
  for (const Node* item : list.items) {
    const std::size_t dash = source.rfind('-', item->where.begin - 1);
    if (dash == std::string_view::npos ||
        source.substr(dash + 1, item->where.begin - dash - 1).find_first_not_of(' ') != std::string_view::npos) {
      return std::nullopt;
    }
    const std::size_t equals = item->text.find('=');
    // A list may begin in the column of its key, a mapping may not.
    fix.edits.push_back(
        {{list.where.file, static_cast<std::uint32_t>(dash), item->where.end},
         fmt::format("  {}: {}", item->text.substr(0, equals), scalar_text(item->text.substr(equals + 1), false))});
  }
  return fix;
}

std::optional<std::string> named_values_as_mapping(const Node& list) {
  if (!list.is_sequence() || list.items.empty()) return std::nullopt;
  std::string result;
  for (const Node* item : list.items) {
    const Entry* name = item->find("name");
    const Entry* value = item->find("value");
    const bool plain = item->entries.size() == 2 && name != nullptr && value != nullptr && value->value->is_scalar();
    if (!plain || !is_variable(name->value->text)) return std::nullopt;
    result +=
        fmt::format("{}{}: {}", result.empty() ? "" : ", ", name->value->text, scalar_text(value->value->text, true));
  }
  return fmt::format("{{{}}}", result);
}

std::optional<std::string> clients_as_mapping(const Node& list) {
  if (!list.is_sequence() || list.items.empty()) return std::nullopt;
  std::string result;
  std::set<std::string> names;
  for (const Node* item : list.items) {
    if (item->kind != NodeKind::String) return std::nullopt;
    const std::size_t blank = item->text.rfind(' ');
    const std::string_view type = item->text.substr(blank == std::string_view::npos ? 0 : blank + 1);
    const std::string name = sidecar_name(type);  // a client is called as a sidecar of its type would be
    if (!is_name(name) || !names.insert(name).second) return std::nullopt;
    result += fmt::format("{}{}: {}", result.empty() ? "" : ", ", name, scalar_text(item->text, true));
  }
  return fmt::format("{{{}}}", result);
}

std::optional<std::string> typed_default(const Node& value) {
  switch (value.kind) {
    case NodeKind::Bool: return fmt::format("bool = {}", value.text);
    case NodeKind::Int: return fmt::format("int = {}", value.text);
    case NodeKind::Float: return fmt::format("number = {}", value.text);
    default: return std::nullopt;
  }
}

std::optional<std::string> compact_form(const Node& mapping) {
  if (!mapping.is_mapping()) return std::nullopt;
  std::string arity;
  std::string type;
  std::string defaults;
  std::string choices;
  for (const Entry& entry : mapping.entries) {
    const std::string_view key = entry.key->text;
    const Node& value = *entry.value;
    const bool yes = value.kind == NodeKind::Bool && (value.text == "true" || value.text == "True");
    if (key == "type" || key == "interface") {
      if (value.kind != NodeKind::String) return std::nullopt;
      type = value.text;
    } else if (key == "default" || key == "component" || key == "use" || key == "value") {
      const std::vector<const Node*> single = {&value};
      for (const Node* one : value.is_sequence() ? value.items : single) {
        if (!one->is_scalar()) return std::nullopt;
        defaults += fmt::format("{}{}", defaults.empty() ? "" : ", ", one->text);
      }
    } else if ((key == "optional" || key == "many") && value.kind == NodeKind::Bool) {
      if (yes) arity = key == "optional" ? fmt::format("optional {}", arity) : fmt::format("{}many ", arity);
    } else if (key == "required" && value.kind == NodeKind::Bool) {
      if (!yes) arity = fmt::format("optional {}", arity);
    } else if ((key == "enum" || key == "choices" || key == "values") && value.is_sequence()) {
      for (const Node* one : value.items) {
        if (!one->is_scalar()) return std::nullopt;
        choices += fmt::format("{}{}", choices.empty() ? "" : "|", one->text);
      }
    } else if (key != "doc" && key != "description") {
      return std::nullopt;
    }
  }
  if (!choices.empty()) type = fmt::format("enum({})", choices);
  if (type.empty()) return std::nullopt;
  return fmt::format("{}{}{}{}", arity, type, defaults.empty() ? "" : " = ", defaults);
}

}  // namespace dynamo
